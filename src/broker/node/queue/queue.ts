import type { Clock } from "../../clock.ts";
import type { Outcome, TargetLink } from "../../protocol/nodes.ts";
import type { Tally } from "../../tally.ts";
import type { StoredMessage } from "../stored-message.ts";
import { Alarm } from "./alarm.ts";
import { BackPressure } from "./back-pressure.ts";
import type { DeadLetter, TakeDeadLetter } from "./dead-letter.ts";
import { Deadlines } from "./deadlines.ts";
import type { Arrival, Entry } from "./entry.ts";
import { Lanes } from "./lanes.ts";
import type { LaneReader } from "./lanes.ts";
import type { QueueOptions } from "./queue-options.ts";
import { Turns } from "./turns.ts";

/** What a queue needs of its broker. */
export interface QueueContext {
  /** Names it in messages for people, such as `queue "jobs"`. */
  readonly name: string;
  readonly options: QueueOptions;
  readonly clock: Clock;
  readonly tally: Tally;
  /** Undefined: what is given up is gone, and counted. */
  readonly onDeadLetter?: TakeDeadLetter | undefined;
  /** Nothing is in it any more. */
  readonly onEmpty?: (() => void) | undefined;
}

/** A message that has no special wishes. */
export const PLAIN_ARRIVAL: Arrival = Object.freeze({ priority: 4, expiresAt: undefined, deliverAt: undefined });

/**
 * Messages in the order of priority and arrival, which compete for consumers or consumers for them. What consumers have and
 * did not settle counts for its limits, so that a consumer cannot make the broker keep more by not answering.
 */
export class Queue {
  readonly name: string;
  /** Whose turn it is among the consumers. */
  readonly turns: Turns = new Turns();
  readonly #context: QueueContext;
  readonly #lanes = new Lanes();
  readonly #shared: LaneReader = this.#lanes.reader(true);
  readonly #expiries = new Deadlines<Entry>((entry) => entry.state !== "gone");
  readonly #delays = new Deadlines<Entry>((entry) => entry.state === "delayed");
  readonly #delayed = new Set<Entry>();
  readonly #alarm: Alarm;
  readonly #pressure: BackPressure;
  #messages = 0;
  #acquired = 0;
  #bytes = 0;
  #sequence = 0;
  #closed = false;

  constructor(context: QueueContext) {
    this.name = context.name;
    this.#context = context;
    this.#alarm = new Alarm(context.clock, () => this.#onAlarm());
    this.#pressure = new BackPressure(context.options);
  }

  /** Messages, those with consumers and those that wait for their time included. */
  get messages(): number {
    return this.#messages;
  }

  /** Messages that consumers have and did not settle. */
  get unsettled(): number {
    return this.#acquired;
  }

  /** Messages that wait for their time. */
  get delayed(): number {
    return this.#delayed.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** When the message came that has waited longest, ms since 1970. */
  get oldestArrival(): number | undefined {
    return this.#lanes.oldestWaiting()?.arrivedAt;
  }

  /** Why a message of that size cannot be taken; undefined when it can. */
  fullFor(bytes: number): string | undefined {
    const { maxMessages, maxBytes, whenFull } = this.#context.options;
    const fits = this.#messages < maxMessages && this.#bytes + bytes <= maxBytes;
    const canMakeRoom = whenFull === "drop-oldest" && bytes <= maxBytes && this.#acquired < this.#messages;
    if (fits || canMakeRoom) return undefined;
    if (this.#messages >= maxMessages) {
      return `${this.name} is full: it holds ${this.#messages} messages, the limit (maxQueueMessages)`;
    }
    return (
      `${this.name} is full: it holds ${this.#bytes} bytes and ${bytes} more would exceed ` +
      `${maxBytes} (maxQueueBytes)`
    );
  }

  /** Puts a message into its place, without asking {@link fullFor} again. */
  add(message: StoredMessage, { priority, expiresAt, deliverAt }: Arrival = PLAIN_ARRIVAL): void {
    // A fault on another link can end this queue while the message is being handed out.
    if (this.#closed) return message.releaseCopy();
    const { clock, options } = this.#context;
    const arrivedAt = clock.now();
    const oldest = options.maxAgeMs === undefined ? undefined : arrivedAt + options.maxAgeMs;
    const entry: Entry = {
      ...{ message, priority, arrivedAt, expiresAt: earlier(expiresAt, oldest), sequence: 0, state: "delayed" },
      ...{ failures: 0, sent: false, previous: undefined, next: undefined },
    };
    this.#messages++;
    this.#bytes += message.bytes.length;
    if (entry.expiresAt !== undefined) this.#expiries.add(entry.expiresAt, entry);
    if (deliverAt !== undefined && deliverAt > arrivedAt) {
      this.#delayed.add(entry);
      this.#delays.add(deliverAt, entry);
    } else this.#makeAvailable(entry);
    this.#setAlarm();
    this.#makeRoom();
    this.#pressure.update(this.#messages, this.#bytes);
  }

  /** A reader for a consumer that does not want everything, or for a browser. */
  reader(rewinds: boolean): LaneReader {
    return this.#lanes.reader(rewinds);
  }

  forget(reader: LaneReader): void {
    this.#lanes.forget(reader);
  }

  /** The next message for a consumer; it is unsettled from now on. */
  acquire(reader: LaneReader = this.#shared, wanted: (entry: Entry) => boolean = everything): Entry | undefined {
    const entry = this.look(reader, wanted);
    if (entry === undefined) return undefined;
    const { tally } = this.#context;
    entry.state = "acquired";
    this.#acquired++;
    tally.delivered++;
    if (entry.sent) tally.redelivered++;
    entry.sent = true;
    return entry;
  }

  /** The next message, which stays. */
  look(reader: LaneReader, wanted: (entry: Entry) => boolean): Entry | undefined {
    for (;;) {
      const entry = reader.next(wanted);
      if (entry?.expiresAt === undefined || entry.expiresAt > this.#context.clock.now()) return entry;
      this.#giveUp(entry, { reason: "expired", failures: entry.failures });
    }
  }

  /** Ends an unsettled message as its consumer said: it is done, given up, or it waits again in its old place. */
  settle(entry: Entry, outcome: Outcome): void {
    this.#context.tally[outcome.kind]++;
    if (entry.state !== "acquired") return;
    switch (outcome.kind) {
      case "accepted":
        return this.finish(entry);
      case "rejected":
        return this.#giveUp(entry, {
          ...{ reason: "rejected", failures: entry.failures },
          description: outcome.error && `${outcome.error.condition}: ${outcome.error.description}`,
        });
      case "released":
        return this.giveBack(entry);
      case "modified":
        if (outcome.deliveryFailed) entry.failures++;
        if (outcome.undeliverableHere) {
          return this.#giveUp(entry, { reason: "undeliverable", failures: entry.failures });
        }
        if (entry.failures >= this.#context.options.maxDeliveryAttempts) {
          return this.#giveUp(entry, { reason: "delivery-attempts", failures: entry.failures });
        }
        return this.giveBack(entry);
    }
  }

  /** Forgets a message. */
  finish(entry: Entry): void {
    if (entry.state === "gone") return;
    this.#takeOut(entry);
    entry.message.releaseCopy();
    if (this.#messages === 0 && !this.#closed) this.#context.onEmpty?.();
  }

  /** An unsettled message waits again. */
  giveBack(entry: Entry): void {
    if (entry.state !== "acquired") return;
    if (entry.expiresAt !== undefined && entry.expiresAt <= this.#context.clock.now()) {
      return this.#giveUp(entry, { reason: "expired", failures: entry.failures });
    }
    entry.state = "waiting";
    this.#acquired--;
    this.#lanes.rewind(entry);
    this.turns.wake();
  }

  /** Messages that wait, in the order in which they would be delivered. */
  *waiting(): IterableIterator<Entry> {
    for (const entry of this.#lanes) if (entry.state === "waiting") yield entry;
  }

  /** Takes away all messages that no consumer has; gives how many. */
  purge(): number {
    const purged = [...this.waiting(), ...this.#delayed];
    for (const entry of purged) this.finish(entry);
    return purged.length;
  }

  /** The link of a publisher gets no credit while the queue is nearly full and refuses what is too much. */
  addPublisher(link: TargetLink): void {
    this.#pressure.add(link);
  }

  removePublisher(link: TargetLink): void {
    this.#pressure.remove(link);
  }

  /** Gives back all memory; the queue cannot be used afterwards. What is left is given up only with `deadLetters`. */
  close(deadLetters = false): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#alarm.stop();
    this.turns.end();
    for (const entry of [...this.#lanes, ...this.#delayed]) {
      if (deadLetters) this.#giveUp(entry, { reason: "deleted", failures: entry.failures });
      else {
        this.#takeOut(entry);
        entry.message.releaseCopy();
      }
    }
  }

  #makeAvailable(entry: Entry): void {
    entry.state = "waiting";
    entry.sequence = this.#sequence++;
    this.#lanes.append(entry);
    this.turns.wake();
  }

  #makeRoom(): void {
    const { maxMessages, maxBytes, whenFull } = this.#context.options;
    while (whenFull === "drop-oldest" && (this.#messages > maxMessages || this.#bytes > maxBytes)) {
      const oldest = this.#lanes.oldestWaiting() ?? this.#delayed.values().next().value;
      if (oldest === undefined) return;
      this.#giveUp(oldest, { reason: "dropped-oldest", failures: oldest.failures });
    }
  }

  #giveUp(entry: Entry, letter: DeadLetter): void {
    const { onDeadLetter, tally } = this.#context;
    if (letter.reason === "expired") tally.expired++;
    this.#takeOut(entry);
    if (onDeadLetter !== undefined) onDeadLetter(entry.message, letter);
    // What its only consumer has rejected is not lost: somebody has seen it.
    else if (letter.reason !== "rejected" && letter.reason !== "expired") tally.dropped++;
    entry.message.releaseCopy();
    if (this.#messages === 0 && !this.#closed) this.#context.onEmpty?.();
  }

  #takeOut(entry: Entry): void {
    if (entry.state === "acquired") this.#acquired--;
    if (entry.state === "delayed") {
      this.#delayed.delete(entry);
      this.#delays.drop();
    } else this.#lanes.remove(entry);
    if (entry.expiresAt !== undefined) this.#expiries.drop();
    entry.state = "gone";
    this.#messages--;
    this.#bytes -= entry.message.bytes.length;
    this.#pressure.update(this.#messages, this.#bytes);
  }

  #setAlarm(): void {
    this.#alarm.set(this.#delays.first);
    this.#alarm.set(this.#expiries.first);
  }

  #onAlarm(): void {
    const now = this.#context.clock.now();
    for (const entry of this.#delays.due(now)) {
      this.#delayed.delete(entry);
      this.#makeAvailable(entry);
    }
    for (const entry of this.#expiries.due(now)) {
      // What a consumer has is not taken from it; it is looked at again when it comes back.
      if (entry.state !== "acquired") this.#giveUp(entry, { reason: "expired", failures: entry.failures });
    }
    if (!this.#closed) this.#setAlarm();
  }
}

function everything(): boolean {
  return true;
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}
