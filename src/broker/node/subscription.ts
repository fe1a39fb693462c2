import type { BrokerLimits } from "../limits.ts";
import type { Outcome } from "../protocol/nodes.ts";
import type { Tally } from "../tally.ts";
import type { StoredMessage } from "./stored-message.ts";

/** One subscription's copy of a message. */
export interface Copy {
  readonly message: StoredMessage;
  /** Grows in the order in which copies came in. */
  readonly sequence: number;
  /** Attempts that failed so far. */
  failures: number;
  /** Whether it was sent before. */
  sent: boolean;
  /** The copy behind it in the queue. */
  next: Copy | undefined;
}

/**
 * The queue of one subscription: copies that wait, and copies that a consumer has and did not settle yet. Both count
 * for its limits, so that a consumer cannot make the broker keep more by not answering.
 */
export class Subscription {
  /** Names it in messages for people: `"alarms" of container "desk-7" on "org.clacks"`. */
  readonly name: string;
  /** Called after a copy came in or came back; the link then takes what it can send. */
  onReady: () => void = () => {};
  readonly #limits: BrokerLimits;
  readonly #tally: Tally;
  /** Never sent, oldest first: a list linked by `next`. */
  #head: Copy | undefined;
  #tail: Copy | undefined;
  /** Came back, oldest first; all of them are older than `#head`. */
  readonly #returned: Copy[] = [];
  readonly #unsettled = new Set<Copy>();
  #messages = 0;
  #bytes = 0;
  #sequence = 0;
  #closed = false;

  constructor(name: string, limits: BrokerLimits, tally: Tally) {
    this.name = name;
    this.#limits = limits;
    this.#tally = tally;
  }

  /** Why a message of that size cannot be taken; undefined when it can. */
  fullFor(bytes: number): string | undefined {
    const { maxQueueMessages, maxQueueBytes } = this.#limits;
    if (this.#messages >= maxQueueMessages) {
      return `subscription ${this.name} is full: it holds ${this.#messages} messages, the limit (maxQueueMessages)`;
    }
    if (this.#bytes + bytes > maxQueueBytes) {
      return (
        `subscription ${this.name} is full: it holds ${this.#bytes} bytes and ${bytes} more would exceed ` +
        `${maxQueueBytes} (maxQueueBytes)`
      );
    }
    return undefined;
  }

  /** Puts a copy at the end, without asking {@link fullFor} again. */
  add(message: StoredMessage): void {
    // A fault on another link can end this one while the message is being handed out.
    if (this.#closed) return message.releaseCopy();
    const copy: Copy = { message, sequence: this.#sequence++, failures: 0, sent: false, next: undefined };
    if (this.#tail === undefined) this.#head = copy;
    else this.#tail.next = copy;
    this.#tail = copy;
    this.#messages++;
    this.#bytes += message.bytes.length;
    this.onReady();
  }

  /** The copy that {@link take} would give. */
  peek(): Copy | undefined {
    return this.#returned[0] ?? this.#head;
  }

  /** The oldest waiting copy; it is unsettled from now on. */
  take(): Copy | undefined {
    const copy = this.#returned.shift() ?? this.#takeHead();
    if (copy === undefined) return undefined;
    this.#unsettled.add(copy);
    this.#tally.delivered++;
    if (copy.sent) this.#tally.redelivered++;
    copy.sent = true;
    return copy;
  }

  /** Ends an unsettled copy as its consumer said: it is done, or it waits again in its old place. */
  settle(copy: Copy, outcome: Outcome): void {
    this.#tally[outcome.kind]++;
    switch (outcome.kind) {
      case "accepted":
      case "rejected":
        return this.finish(copy);
      case "released":
        return this.#giveBack(copy);
      case "modified":
        if (outcome.deliveryFailed) copy.failures++;
        // Nobody else shares this queue, so what cannot be delivered here cannot be delivered.
        if (outcome.undeliverableHere || copy.failures >= this.#limits.maxDeliveryAttempts) {
          this.#tally.dropped++;
          return this.finish(copy);
        }
        return this.#giveBack(copy);
    }
  }

  /** Forgets an unsettled copy. */
  finish(copy: Copy): void {
    if (this.#unsettled.delete(copy)) this.#release(copy);
  }

  /** Gives back all memory; the subscription cannot be used afterwards. */
  close(): void {
    this.#closed = true;
    this.onReady = () => {};
    for (const copy of [...this.#unsettled, ...this.#returned]) this.#release(copy);
    for (let copy = this.#takeHead(); copy !== undefined; copy = this.#takeHead()) this.#release(copy);
    this.#unsettled.clear();
    this.#returned.length = 0;
  }

  #takeHead(): Copy | undefined {
    const copy = this.#head;
    if (copy === undefined) return undefined;
    this.#head = copy.next;
    if (this.#head === undefined) this.#tail = undefined;
    copy.next = undefined;
    return copy;
  }

  #giveBack(copy: Copy): void {
    if (!this.#unsettled.delete(copy)) return;
    // Mostly they come back in order, so the search from the end is short.
    let at = this.#returned.length;
    while (at > 0 && (this.#returned[at - 1]?.sequence ?? 0) > copy.sequence) at--;
    this.#returned.splice(at, 0, copy);
    this.onReady();
  }

  #release(copy: Copy): void {
    this.#messages--;
    this.#bytes -= copy.message.bytes.length;
    copy.message.releaseCopy();
  }
}
