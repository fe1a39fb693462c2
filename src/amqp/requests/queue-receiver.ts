import { setTimeout as sleep } from "node:timers/promises";
import type { EventContext, Receiver, ReceiverOptions } from "rhea";
import { awaitAttach, type LinkPurpose } from "../attach.ts";
import type { BusConnection } from "../connection.ts";
import type { Deadline } from "../deadline.ts";
import type { ReceiverProgress } from "../receiver-link.ts";
import type { TransferFault } from "../incoming-delivery.ts";
import { askForFlow, onFlow, openCredit, roundTrip, withdrawCredit } from "../rhea-internals.ts";

/**
 * How long a broker that answers other things may take to answer how it sees a link, in ms: Artemis and ActiveMQ Classic never do, but have
 * read by then what was asked before.
 */
const GRACE_MS = 200;

/** Takes a message; the receiver gets another one for it after {@link QueueReceiver.done}. */
export type TakeMessage = (message: Uint8Array, fault: TransferFault | undefined) => void;

/** Where and how messages are received. */
export interface QueueSource {
  readonly source: NonNullable<ReceiverOptions["source"]>;
  readonly purpose: LinkPurpose;
  /** Messages that were taken and are not done, and those on their way, together. */
  readonly window: number;
}

/**
 * A receiver whose messages are settled when they arrive, by the broker already if it can: each comes once or never, whatever becomes of
 * the connection. A slot for another one is free when the work on it is done, which the broker does not wait for.
 */
export class QueueReceiver {
  readonly #connection: BusConnection;
  readonly #receiver: Receiver;
  readonly #window: number;
  #busy = 0;
  #received = 0;
  #answers = 0;
  #available: number | undefined;
  #stopped = false;
  readonly #onAnswer: Set<() => void> = new Set();

  /** @throws RefusedError; else as `connection.wait` */
  static async attach(
    connection: BusConnection,
    { source, purpose, window }: QueueSource,
    deadline: Deadline,
  ): Promise<QueueReceiver> {
    const receiver = connection.session.open_receiver({
      source,
      // Sent settled: nothing of it is delivered again.
      snd_settle_mode: 1,
      credit_window: 0,
      autoaccept: false,
    });
    await awaitAttach(connection, receiver, deadline, purpose);
    return new QueueReceiver(connection, receiver, window);
  }

  private constructor(connection: BusConnection, receiver: Receiver, window: number) {
    this.#connection = connection;
    this.#receiver = receiver;
    this.#window = window;
    onFlow(receiver, ({ available }) => {
      this.#answers++;
      this.#available = available;
      for (const tell of [...this.#onAnswer]) tell();
    });
  }

  /** The node's address; of one that the broker has made, the one that it gave it. */
  get address(): string {
    return this.#receiver.source.address;
  }

  /** What moves on the link, for who watches whether it does. */
  get progress(): ReceiverProgress {
    return {
      received: this.#received,
      settled: this.#received - this.#busy,
      unsettled: this.#busy,
      credit: openCredit(this.#receiver),
      answers: this.#answers,
      available: this.#available,
    };
  }

  /** Asks the broker how it sees the link; its answer shows in {@link QueueReceiver.progress}. */
  ask(): void {
    if (!this.#stopped) this.#ask();
  }

  /** Gives the first credit and hands every message over as it comes. */
  start(take: TakeMessage): void {
    this.#receiver.on("message", (context: EventContext) => {
      const { delivery } = context;
      const message: unknown = context.message;
      if (delivery === undefined) return;
      this.#received++;
      this.#busy++;
      const fault = this.#connection.faultOf(this.#receiver);
      delivery.accept();
      take(message instanceof Uint8Array ? message : new Uint8Array(), fault);
    });
    this.#replenish();
  }

  /** The work on one message is done. */
  done(): void {
    this.#busy--;
    this.#replenish();
  }

  /** Asks the broker to send nothing more, and waits until it has heard so: what it sent before has arrived then. */
  async stop(deadline: Deadline): Promise<void> {
    if (this.#stopped || this.#connection.ended !== undefined) return;
    this.#stopped = true;
    let forget = (): void => undefined;
    const heard = new Promise<void>((resolve) => {
      this.#onAnswer.add(resolve);
      forget = this.#connection.onLost(() => resolve());
    });
    withdrawCredit(this.#receiver);
    const answersOthers = roundTrip(this.#receiver).then(() => sleep(GRACE_MS, undefined, { ref: false }));
    await deadline.race(Promise.race([heard, answersOthers])).catch(() => undefined);
    forget();
  }

  #ask(): void {
    if (this.#connection.ended === undefined) askForFlow(this.#receiver);
  }

  /** Credit is given in portions: a flow frame for every message would be half of the traffic. */
  #replenish(): void {
    if (this.#stopped || this.#connection.ended !== undefined) return;
    const missing = this.#window - this.#busy - openCredit(this.#receiver);
    if (missing >= Math.ceil(this.#window / 4)) this.#receiver.add_credit(missing);
  }
}
