import type { Outcome, TargetLink } from "../../protocol/nodes.ts";
import type { LaneOnDisk, Place, StoredMessageRow } from "../../store/message-store.ts";
import { StoredMessage } from "../stored-message.ts";
import { BackPressure } from "./back-pressure.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { DiskTails } from "./disk-tails.ts";
import type { TailOwner } from "./disk-tails.ts";
import type { Arrival, Entry } from "./entry.ts";
import { everything, Lanes } from "./lanes.ts";
import type { LaneReader, Wanted } from "./lanes.ts";
import type { QueueDisk } from "./queue-disk.ts";
import type { DurableQueue, QueueContext } from "./queue-context.ts";
import { Timetable } from "./timetable.ts";
import { Turns } from "./turns.ts";
import { waitingMessages, type WaitingMessage } from "./waiting-messages.ts";

/** How long a consumer waits for memory before it is looked for again, in ms. */
const RETRY_MS = 100;

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
  /** Undefined: its messages are in memory only. */
  readonly disk: QueueDisk | undefined;
  readonly #context: QueueContext;
  readonly #lanes = new Lanes();
  readonly #shared: LaneReader = this.#lanes.reader(true);
  readonly #times: Timetable;
  readonly #pressure: BackPressure;
  /** What is on disk only. */
  readonly #tails: DiskTails | undefined;
  /** Messages that came, and that were sent to consumers, repeats included. */
  readonly totals: { received: number; delivered: number } = { received: 0, delivered: 0 };
  #messages = 0;
  #acquired = 0;
  #bytes = 0;
  #sequence = 0;
  #closed = false;

  constructor(context: QueueContext) {
    this.name = context.name;
    this.#context = context;
    this.#times = new Timetable(context.clock, {
      onAvailable: (entry) => this.#makeAvailable(entry),
      onExpired: (entry) => {
        // What a consumer has is not taken from it; it is looked at again when it comes back.
        if (entry.state !== "acquired") this.#giveUp(entry, { reason: "expired", failures: entry.failures });
      },
      onPassed: (now) => {
        void this.#tails?.expire(now);
        this.#setAlarm();
      },
    });
    this.#pressure = new BackPressure(context.options);
    this.disk = context.durable?.disk;
    this.#tails = context.durable && new DiskTails(context.durable.disk, this.#tailOwner(context.durable));
  }

  /** Messages, those included that consumers have, that wait for their time or that are being written to the disk. */
  get messages(): number {
    return this.#messages;
  }

  /** Messages that consumers have and did not settle. */
  get unsettled(): number {
    return this.#acquired;
  }

  /** Messages that wait for their time. */
  get delayed(): number {
    return this.#times.delayed.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** When the message came that has waited longest, ms since 1970. */
  get oldestArrival(): number | undefined {
    return this.#lanes.oldestWaiting()?.arrivedAt ?? this.#tails?.oldestArrival;
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
    return `${this.name} is full: it holds ${this.#bytes} bytes and ${bytes} more would exceed ${maxBytes} (maxQueueBytes)`;
  }

  /** Puts a message into its place in memory, without asking {@link fullFor} again. */
  add(message: StoredMessage, arrival: Arrival = PLAIN_ARRIVAL): void {
    this.expect(message.bytes.length);
    this.arrive(message, arrival, undefined);
  }

  /** Where a durable message will be on disk. */
  placeFor(size: number, arrival: Arrival = PLAIN_ARRIVAL): Place | undefined {
    if (this.disk === undefined) return undefined;
    const arrivedAt = this.#context.clock.now();
    return this.disk.placeFor(size, { ...arrival, expiresAt: this.#endOf(arrivedAt, arrival.expiresAt) }, arrivedAt);
  }

  /** A message is being written to the disk; it counts already. */
  expect(bytes: number): void {
    this.#messages++;
    this.#bytes += bytes;
  }

  /** What was expected could not be written. */
  cancel(bytes: number): void {
    this.#lose(1, bytes);
    this.#tellIfEmpty();
  }

  /** Puts what was expected into its place; `place`: where it is on disk. */
  arrive(message: StoredMessage, arrival: Arrival, place: Place | undefined): void {
    // A fault on another link can end this queue while the message is being handed out.
    if (this.#closed) return message.releaseCopy();
    this.totals.received++;
    if (place !== undefined && this.#tails?.keeps(place) === true) {
      message.releaseCopy();
      this.turns.wake();
    } else this.#enter(message, place ?? arrival, place);
    this.#setAlarm();
    this.#makeRoom();
    this.#pressure.update(this.#messages, this.#bytes);
  }

  /** Takes over what was on disk when the broker started; resolves when the first of it is in memory. */
  async recover(lanes: readonly LaneOnDisk[], delayed: readonly StoredMessageRow[]): Promise<void> {
    for (const { messages, bytes } of lanes) {
      this.#messages += messages;
      this.#bytes += bytes;
    }
    for (const { bytes } of delayed) this.expect(bytes.length);
    this.#tails?.recover(lanes, delayed);
    this.#setAlarm();
    await this.#tails?.load(false);
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
  acquire(reader: LaneReader = this.#shared, wanted: Wanted = everything): Entry | "later" | "pause" | undefined {
    const entry = this.look(reader, wanted);
    if (entry === undefined || typeof entry === "string") return entry;
    const { tally } = this.#context;
    entry.state = "acquired";
    this.totals.delivered++;
    this.#acquired++;
    tally.delivered++;
    if (entry.sent) tally.redelivered++;
    entry.sent = true;
    return entry;
  }

  /** The next message, which stays. `later`: it is being read from the disk; `pause`: see {@link LaneReader.next}. */
  look(reader: LaneReader, wanted: Wanted): Entry | "later" | "pause" | undefined {
    for (;;) {
      const entry = reader.next(wanted);
      if (entry === "later") {
        void this.#tails?.load(true);
        return entry;
      }
      if (entry === "pause") return entry;
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
        if (outcome.deliveryFailed && entry.place !== undefined) {
          this.disk?.countFailures(entry.place, entry.failures);
        }
        return this.giveBack(entry);
    }
  }

  /** Forgets a message. */
  finish(entry: Entry): void {
    if (entry.state === "gone") return;
    if (entry.place !== undefined) this.disk?.remove(entry.place);
    this.leave(entry);
  }

  /** Lets go of a message that is elsewhere now, also on disk. */
  leave(entry: Entry): void {
    this.#takeOut(entry);
    entry.message.releaseCopy();
    this.#tellIfEmpty();
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

  /** What waits, in that order, also what is on disk, which stays there. */
  allWaiting(): AsyncIterableIterator<WaitingMessage> {
    return waitingMessages(this.#lanes, this.#tails, (entry) => this.leave(entry));
  }

  /** Reads more of what is on disk only; false when nothing came. */
  readOn(): Promise<boolean> {
    return this.#tails?.readOn() ?? Promise.resolve(false);
  }

  /** Takes away all messages that no consumer has; gives how many. */
  purge(): number {
    const onDisk = this.#tails?.purge() ?? 0;
    if (onDisk > 0) this.turns.wake();
    const purged = [...this.waiting(), ...this.#times.delayed];
    for (const entry of purged) this.finish(entry);
    this.#tellIfEmpty();
    return purged.length + onDisk;
  }

  /** The link of a publisher gets no credit while the queue is nearly full and refuses what is too much. */
  addPublisher(link: TargetLink): void {
    this.#pressure.add(link);
  }

  removePublisher(link: TargetLink): void {
    this.#pressure.remove(link);
  }

  /** Gives back all memory and what is on disk; the queue cannot be used afterwards. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#tails?.close();
    this.#times.stop();
    this.turns.end();
    for (const entry of [...this.#lanes, ...this.#times.delayed]) {
      this.#takeOut(entry);
      entry.message.releaseCopy();
    }
    this.disk?.removeQueue();
  }

  /** Puts a message that counts into memory. */
  #enter(message: StoredMessage, { priority, expiresAt, deliverAt }: Arrival, place: Place | undefined): void {
    const now = this.#context.clock.now();
    const arrivedAt = place?.arrivedAt ?? now;
    // A plain literal: this is made for every copy of every message, and spreads cost.
    // prettier-ignore
    const entry: Entry = {
      message, place, priority, arrivedAt,
      expiresAt: place === undefined ? this.#endOf(now, expiresAt) : expiresAt,
      sequence: 0, state: "delayed", failures: place?.failures ?? 0, sent: false, previous: undefined, next: undefined,
    };
    if (place !== undefined) this.disk?.enter(place);
    if (!this.#times.add(entry, deliverAt)) this.#makeAvailable(entry);
  }

  /** When a message is given up that came at a time and says itself when it is over. */
  #endOf(arrivedAt: number, expiresAt: number | undefined): number | undefined {
    const { maxAgeMs } = this.#context.options;
    return earlier(expiresAt, maxAgeMs === undefined ? undefined : arrivedAt + maxAgeMs);
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
      const oldest = this.#lanes.oldestWaiting() ?? this.#times.delayed.values().next().value;
      // What is on disk is looked at when it is in memory.
      if (oldest === undefined) return void this.#tails?.load(false);
      this.#giveUp(oldest, { reason: "dropped-oldest", failures: oldest.failures });
    }
  }

  #giveUp(entry: Entry, letter: DeadLetter): void {
    this.#takeOut(entry);
    this.#passOn(entry.message.bytes, letter, entry.place);
    entry.message.releaseCopy();
    this.#tellIfEmpty();
  }

  #passOn(bytes: Buffer, letter: DeadLetter, place: Place | undefined): void {
    const { onDeadLetter, tally } = this.#context;
    if (letter.reason === "expired") tally.expired++;
    if (onDeadLetter !== undefined) return onDeadLetter(bytes, letter, place);
    // What its only consumer has rejected is not lost: somebody has seen it.
    if (letter.reason !== "rejected" && letter.reason !== "expired") tally.dropped++;
    if (place !== undefined) this.disk?.remove(place);
  }

  #takeOut(entry: Entry): void {
    if (entry.state === "acquired") this.#acquired--;
    if (entry.state !== "delayed") this.#lanes.remove(entry);
    this.#times.remove(entry);
    entry.state = "gone";
    this.#lose(1, entry.message.bytes.length);
    if (entry.place === undefined) return;
    this.disk?.leave(entry.place);
    if (this.disk?.isLow === true) void this.#tails?.load(false);
  }

  #tellIfEmpty(): void {
    if (this.#messages === 0 && !this.#closed) this.#context.onEmpty?.();
  }

  #lose(messages: number, bytes: number): void {
    this.#messages -= messages;
    this.#bytes -= bytes;
    this.#pressure.update(this.#messages, this.#bytes);
  }

  #tailOwner({ budget, disk }: DurableQueue): TailOwner {
    const { clock } = this.#context;
    return {
      markLane: (priority, goesOn) => this.#lanes.mark(priority, goesOn),
      hasMemory: ({ bytes }, urgent) => disk.mayTakeIn(bytes.length, budget, urgent),
      takeIn: ({ place, bytes }) => this.#enter(StoredMessage.adopt(bytes, budget), place, place),
      expire: ({ place, bytes }) => {
        this.#lose(1, bytes.length);
        this.#passOn(bytes, { reason: "expired", failures: place.failures }, place);
      },
      lose: (messages, bytes) => this.#lose(messages, bytes),
      changed: () => {
        this.turns.wake();
        this.#makeRoom();
        this.#setAlarm();
        if (disk.isLow) void this.#tails?.load(false);
        this.#tellIfEmpty();
      },
      later: (callback) => void clock.at(clock.now() + RETRY_MS, callback),
    };
  }

  #setAlarm(): void {
    this.#times.set(this.#tails?.firstExpiry);
  }
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}
