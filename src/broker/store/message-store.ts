import type { XqbusError } from "../../errors.ts";

/** A durable queue's name and what it was made with. */
export interface QueueDefinition {
  /** A queue with an address, or the queue of a subscription that is kept. */
  readonly kind: "queue" | "subscription";
  /** Address of a queue, key of a subscription; unique for its kind. */
  readonly name: string;
  /** JSON text that its node reads again at the next start. */
  readonly settings: string;
}

/** A durable queue as the store knows it; the store alone changes it. */
export interface StoredQueue {
  readonly id: number;
  definition: QueueDefinition;
  /** Whether its row is on disk; it is written with the first message or with {@link MessageStore.save}. */
  isSaved: boolean;
  isRemoved: boolean;
  /** Sequence of the message that came last, 0 for none. */
  lastSequence: number;
  /** Messages on disk. */
  messages: number;
}

/** One message in one durable queue: its row on disk. */
export interface Place {
  readonly queue: StoredQueue;
  /** 0 to 9. */
  readonly priority: number;
  /** Ms since 1970. */
  readonly arrivedAt: number;
  /** Ms since 1970; undefined for a message that stays. */
  readonly expiresAt: number | undefined;
  /** Ms since 1970; undefined for a message that need not wait for its time. */
  readonly deliverAt: number | undefined;
  /** Bytes of the message. */
  readonly size: number;
  /** Attempts to deliver that failed. */
  failures: number;
  /** Contiguous from 1 in the order of arrival in its queue; 0 until the store has taken it. */
  sequence: number;
  /** Number of the body, which several places may share; 0 until the store has taken it. */
  message: number;
  /** Whether other places have the same body. */
  shared: boolean;
}

/** Called when what was asked is on disk, or with the error because of which it is not. In the order of the requests. */
export type Done = (error: XqbusError | undefined) => void;

/** A place with its message, read back. */
export interface StoredMessageRow {
  readonly place: Place;
  readonly bytes: Buffer;
}

/** A part of one lane of a queue. */
export interface Page {
  readonly rows: readonly StoredMessageRow[];
  /** Rows that were damaged and are being set aside. */
  readonly damaged: readonly Place[];
  /** Up to which sequence the lane was read; it may have gaps. */
  readonly upTo: number;
}

/** What of a lane is over at a time. */
export interface ExpiredPage extends Omit<Page, "upTo"> {
  /** When the next message of the queue will be over, ms since 1970. */
  readonly next: number | undefined;
}

/** The messages of one priority of a queue that are on disk and not in memory. */
export interface LaneOnDisk {
  readonly priority: number;
  readonly messages: number;
  readonly bytes: number;
  readonly lastSequence: number;
  /** When the one came that has waited longest, ms since 1970. */
  readonly oldestArrival: number;
  /** The earliest end of a time to live, ms since 1970. */
  readonly firstExpiry: number | undefined;
}

/** A queue that was there when the store was opened. */
export interface RecoveredQueue {
  readonly queue: StoredQueue;
  readonly lanes: readonly LaneOnDisk[];
  /** Messages that wait for their time, or waited for it when they came; they are in no lane. */
  readonly delayed: readonly StoredMessageRow[];
}

/** Which rows of a lane are wanted: those behind `after` up to `last`, `limit` of them. */
export interface PageRequest {
  readonly queue: StoredQueue;
  readonly priority: number;
  readonly after: number;
  readonly last: number;
  readonly limit: number;
}

/**
 * Keeps durable queues and their messages on disk. Requests take effect in their order; what is asked while a transaction is
 * being flushed goes into the next one.
 *
 * Publishing can fail for want of room (`xqbus:store-full`) and is refused then. Everything else (settlements, counts, moves,
 * removals) waits for room, and is what makes it. When the store has failed for good every call fails with the same error.
 */
export interface MessageStore {
  /** The error that ended the store; undefined while it works. */
  readonly failure: XqbusError | undefined;
  /** Called once, when the store fails for good. */
  onFailed: ((error: XqbusError) => void) | undefined;
  /** Rows that were damaged and are set aside, those of earlier runs included. */
  readonly damaged: number;
  /** Requests that are not on disk yet. */
  readonly waiting: number;
  /** Bytes of a queue's messages that are kept in memory; what is beyond stays on disk. */
  readonly queueMemoryBytes: number;
  /** All queues, once. */
  recover(): Promise<readonly RecoveredQueue[]>;
  /** A new queue; nothing is written yet. */
  newQueue(definition: QueueDefinition): StoredQueue;
  /** Writes a queue's definition. */
  save(queue: StoredQueue, definition: QueueDefinition, done: Done): void;
  /** Removes a queue with everything in it. */
  removeQueue(queue: StoredQueue): void;
  /** Stores one message for all of these places, or for none of them. */
  add(bytes: Buffer, places: readonly Place[], done: Done): void;
  /** Stores a message instead of another one, in one step. Waits for room. */
  replace(old: Place, bytes: Buffer, places: readonly Place[], done: Done): void;
  /** Forgets a message. */
  remove(place: Place): void;
  /** Forgets what {@link LaneOnDisk} describes: everything of the lane behind `after` up to `last`. */
  removeRange(range: Omit<PageRequest, "limit">, messages: number): void;
  /** Keeps the failures of a place. */
  countFailures(place: Place): void;
  /** Reads rows that are not in memory. */
  page(request: PageRequest): Promise<Page>;
  /** Reads those of a lane whose time to live is over. */
  expired(request: PageRequest, now: number): Promise<ExpiredPage>;
  /** Waits for what was asked and lets go of the file. */
  close(): Promise<void>;
}
