import { withDeliveryCount } from "../../protocol/message-sections.ts";
import type { Outcome, OutgoingMessage } from "../../protocol/nodes.ts";
import type { Entry } from "./entry.ts";
import { everything } from "./lanes.ts";
import type { LaneReader, Wanted } from "./lanes.ts";
import type { Queue } from "./queue.ts";
import type { Waiter } from "./turns.ts";

const STANDARD_FORMAT = 0;
/** What a consumer may look at in one turn of the event loop: others have their turns, however much it does not want. */
const TURN_BYTES: number = 256 * 1024;
/** What looking at a message costs besides its bytes. */
const BYTES_OF_A_LOOK = 4096;

/** What a consumer wants of a queue. */
export interface QueueConsumerOptions {
  /** Undefined for a consumer that wants every message. */
  readonly wanted?: ((bytes: Buffer) => boolean) | undefined;
  /** Whether the consumer must not have a message that was meant for it; it is removed then. Undefined: there is no such. */
  readonly withholds?: ((entry: Entry) => boolean) | undefined;
  /** Whether it only looks: messages stay for others, and each is seen once. */
  readonly browses: boolean;
  /** There may be a message. */
  readonly onReady: () => void;
}

/** A message that is on its way to its consumer. */
export class SentMessage implements OutgoingMessage {
  readonly entry: Entry;
  readonly bytes: Buffer;
  readonly format: number = STANDARD_FORMAT;

  constructor(entry: Entry) {
    const { message, failures } = entry;
    this.entry = entry;
    this.bytes = failures === 0 ? message.bytes : withDeliveryCount(message.bytes, failures);
  }
}

/** One of the consumers of a queue, or somebody who browses it. */
export class QueueConsumer {
  readonly #queue: Queue;
  readonly #options: QueueConsumerOptions;
  readonly #wanted: Wanted | undefined;
  readonly #reader: LaneReader | undefined;
  readonly #unsettled = new Set<Entry>();
  readonly #waiter: Waiter;
  /** What it passed and must not have. */
  #withheld: Entry[] = [];
  /** What of {@link TURN_BYTES} is left. */
  #left = TURN_BYTES;
  #closed = false;

  constructor(queue: Queue, options: QueueConsumerOptions) {
    const { wanted, withholds, browses, onReady } = options;
    this.#queue = queue;
    this.#options = options;
    this.#wanted = wanted === undefined && withholds === undefined ? undefined : (entry) => this.#decide(entry);
    this.#reader = browses || wanted !== undefined ? queue.reader(!browses) : undefined;
    this.#waiter = { wake: onReady, servedAt: 0, wokenIn: 0, yieldedIn: 0 };
  }

  /** `later`: it is another consumer's turn, or the message has to be read from the disk, or looked for. */
  next(): SentMessage | "empty" | "later" {
    if (this.#options.browses) return this.#browse();
    const { turns } = this.#queue;
    if (!turns.mayTake(this.#waiter)) return "later";
    const entry = this.#queue.acquire(this.#reader, this.#wanted);
    this.#dropWithheld();
    if (entry === "pause") return this.#pause();
    if (entry === undefined || entry === "later") {
      turns.wait(this.#waiter);
      return entry ?? "empty";
    }
    turns.served(this.#waiter);
    this.#unsettled.add(entry);
    return new SentMessage(entry);
  }

  settle(message: OutgoingMessage, outcome: Outcome): void {
    if (message instanceof SentMessage && this.#unsettled.delete(message.entry)) {
      this.#queue.settle(message.entry, outcome);
    }
  }

  finish(message: OutgoingMessage): void {
    if (message instanceof SentMessage && this.#unsettled.delete(message.entry)) this.#queue.finish(message.entry);
  }

  /** Gives back what is unsettled. */
  close(): void {
    this.#closed = true;
    this.#queue.turns.leave(this.#waiter);
    if (this.#reader !== undefined) this.#queue.forget(this.#reader);
    for (const entry of this.#unsettled) this.#queue.giveBack(entry);
    this.#unsettled.clear();
  }

  #browse(): SentMessage | "empty" | "later" {
    const entry = this.#reader && this.#queue.look(this.#reader, this.#wanted ?? everything);
    if (entry === "pause") return this.#pause();
    if (entry !== undefined && entry !== "later") return new SentMessage(entry);
    this.#queue.turns.wait(this.#waiter);
    return entry ?? "empty";
  }

  #decide(entry: Entry): boolean | "pause" {
    const { wanted, withholds } = this.#options;
    if (withholds?.(entry) === true) {
      this.#withheld.push(entry);
      return this.#pays(entry) ? false : "pause";
    }
    if (wanted === undefined) return true;
    if (!this.#pays(entry)) return "pause";
    return wanted(entry.message.bytes);
  }

  /** Whether one more message may be looked at in this turn. */
  #pays({ message }: Entry): boolean {
    if (this.#left <= 0) return false;
    this.#left -= BYTES_OF_A_LOOK + message.bytes.length;
    return true;
  }

  /** Others have their turns first. */
  #pause(): "later" {
    setImmediate(() => {
      this.#left = TURN_BYTES;
      if (!this.#closed) this.#options.onReady();
    });
    return "later";
  }

  #dropWithheld(): void {
    if (this.#withheld.length === 0) return;
    const withheld = this.#withheld;
    this.#withheld = [];
    for (const entry of withheld) this.#queue.finish(entry);
  }
}
