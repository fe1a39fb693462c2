import { withDeliveryCount } from "../../protocol/message-sections.ts";
import type { Outcome, OutgoingMessage } from "../../protocol/nodes.ts";
import type { Entry } from "./entry.ts";
import type { LaneReader } from "./lanes.ts";
import type { Queue } from "./queue.ts";
import type { Waiter } from "./turns.ts";

const STANDARD_FORMAT = 0;

/** What a consumer wants of a queue. */
export interface QueueConsumerOptions {
  /** Undefined for a consumer that wants every message. */
  readonly wanted?: ((bytes: Buffer) => boolean) | undefined;
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
  readonly #browses: boolean;
  readonly #wanted: ((entry: Entry) => boolean) | undefined;
  readonly #reader: LaneReader | undefined;
  readonly #unsettled = new Set<Entry>();
  readonly #waiter: Waiter;

  constructor(queue: Queue, { wanted, browses, onReady }: QueueConsumerOptions) {
    this.#queue = queue;
    this.#browses = browses;
    this.#wanted = wanted === undefined ? undefined : ({ message }) => wanted(message.bytes);
    this.#reader = browses || wanted !== undefined ? queue.reader(!browses) : undefined;
    this.#waiter = { wake: onReady, servedAt: 0, wokenIn: 0, yieldedIn: 0 };
  }

  /** `later`: it is another consumer's turn, or the message has to be read from the disk. */
  next(): SentMessage | "empty" | "later" {
    if (this.#browses) return this.#browse();
    const { turns } = this.#queue;
    if (!turns.mayTake(this.#waiter)) return "later";
    const entry = this.#queue.acquire(this.#reader, this.#wanted);
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
    this.#queue.turns.leave(this.#waiter);
    if (this.#reader !== undefined) this.#queue.forget(this.#reader);
    for (const entry of this.#unsettled) this.#queue.giveBack(entry);
    this.#unsettled.clear();
  }

  #browse(): SentMessage | "empty" | "later" {
    const entry = this.#reader && this.#queue.look(this.#reader, this.#wanted ?? everything);
    if (entry !== undefined && entry !== "later") return new SentMessage(entry);
    this.#queue.turns.wait(this.#waiter);
    return entry ?? "empty";
  }
}

function everything(): boolean {
  return true;
}
