import type { XqbusError } from "../../errors.ts";
import type { ConnectionEvents, ConnectionStatus } from "../connection-events.ts";
import { Deadline, type WaitLimits } from "../deadline.ts";
import { NotConnectedError } from "../errors.ts";
import { Listeners } from "../listeners.ts";
import { assertConnectOptions, CONNECT_DEFAULTS, withDefaults, type ConnectOptions } from "../options.ts";
import { ReceiveStallWatch } from "../receive-stall-watch.ts";
import type { IncomingDelivery } from "../incoming-delivery.ts";
import { ReceiverLink } from "../receiver-link.ts";
import { ReconnectingConnection } from "../reconnecting-connection.ts";
import { parseBusUrls } from "../url.ts";

/** Which messages come, and how many at a time. */
export interface MessageSourceOptions extends ConnectOptions {
  /** Name of the durable subscription. */
  readonly subscription: string;
  /** Whether several share it; otherwise the one that comes last has it. */
  readonly isShared: boolean;
  /** Messages without an outcome at the same time. */
  readonly prefetch: number;
  /** Of a larger message only the beginning comes. */
  readonly maxMessageBytes: number;
  /** Hears why the connection is lost, or cannot be made again; it is tried on. */
  readonly onProblem: (error: XqbusError) => void;
}

/** The messages of a durable subscription as they came, each with its outcome to be told; a lost connection is made again. */
export class MessageSource {
  readonly #connection: ReconnectingConnection<ReceiverLink>;
  readonly #watch: ReceiveStallWatch;
  readonly #timeoutMs: number;
  #link: ReceiverLink | undefined;
  #isStopped = false;

  /**
   * A source that is attached: what is sent from now on is there for it, now or later.
   *
   * @param take gets each message; those that are lost with a connection (`isLost`) come again
   * @throws NotConnectedError, AuthenticationError, CertificateError, RefusedError, TimeoutError, AbortedError
   */
  static async open(
    url: string | readonly string[],
    options: MessageSourceOptions,
    take: (incoming: IncomingDelivery) => void,
  ): Promise<MessageSource> {
    const source = new MessageSource(url, options, take);
    try {
      await source.#connection.start(options.signal);
    } catch (error) {
      await source.close();
      throw error;
    }
    return source;
  }

  private constructor(
    url: string | readonly string[],
    { subscription, isShared, prefetch, maxMessageBytes, onProblem, ...connect }: MessageSourceOptions,
    take: (incoming: IncomingDelivery) => void,
  ) {
    const options = withDefaults(connect, CONNECT_DEFAULTS);
    assertConnectOptions(options);
    this.#timeoutMs = options.timeoutMs;
    this.#watch = new ReceiveStallWatch(options.stallTimeoutMs, (stall) => {
      if (stall.reason !== "callbacks") this.#connection.abandon(new NotConnectedError(stall.message));
    });
    const wanted = { durable: subscription, ...(isShared ? { shared: subscription } : {}) };
    this.#connection = new ReconnectingConnection(
      parseBusUrls(url),
      isShared ? options : { ...options, containerId: `xqbus-${subscription}` },
      { prefetch, maxMessageBytes },
      {
        attach: (connection, deadline) => ReceiverLink.attach(connection, wanted, prefetch, deadline),
        up: (link) => {
          this.#link = link;
          if (this.#isStopped) return;
          link.start((incoming) => {
            if (!this.#isStopped) take(incoming);
            // Of one that is not shared, what comes again must not overtake what is under way.
            else if (isShared) incoming.release();
          });
          this.#watch.start(link);
        },
        down: (error) => {
          this.#watch.stop();
          this.#link = undefined;
          onProblem(error);
        },
        fault: onProblem,
        ended: onProblem,
      },
      new Listeners<ConnectionEvents>(),
    );
  }

  get status(): ConnectionStatus {
    return this.#connection.status;
  }

  /** No more messages are wanted; outcomes of those that came can still be told. */
  stop(): void {
    this.#isStopped = true;
    this.#watch.stop();
    this.#link?.stop();
  }

  /**
   * Ends the subscription: the broker keeps nothing for it any more.
   *
   * @throws NotConnectedError, RefusedError, TimeoutError, AbortedError: it is still there
   */
  async unsubscribe({ timeoutMs = this.#timeoutMs, signal }: WaitLimits = {}): Promise<void> {
    const link = this.#link;
    if (link === undefined) throw new NotConnectedError("the subscription was not ended: there is no connection now");
    const deadline = new Deadline("ending the subscription", { timeoutMs, signal, option: "timeoutMs" });
    try {
      this.stop();
      await link.unsubscribe(deadline);
    } finally {
      deadline.stop();
      await this.close();
    }
  }

  /** Disconnects: the broker delivers again what has no outcome. Always ends. Idempotent. */
  async close(): Promise<void> {
    this.#isStopped = true;
    this.#watch.stop();
    await this.#connection.close();
  }
}
