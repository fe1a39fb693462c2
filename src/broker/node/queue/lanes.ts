import type { Entry } from "./entry.ts";
import { Lane } from "./lane.ts";
import type { LaneCursor } from "./lane.ts";

/** The lanes of a queue, highest priority first; one is made when its first message comes. */
export class Lanes {
  readonly #lanes: Lane[] = [];
  readonly #readers = new Set<LaneReader>();

  /**
   * A reader before the first message.
   *
   * @param rewinds whether it reads again what comes back; a browser has seen it
   */
  reader(rewinds: boolean): LaneReader {
    const reader = new LaneReader(this.#lanes, rewinds);
    this.#readers.add(reader);
    return reader;
  }

  forget(reader: LaneReader): void {
    this.#readers.delete(reader);
    reader.end();
  }

  append(entry: Entry): void {
    this.#laneOf(entry.priority).append(entry);
  }

  remove(entry: Entry): void {
    this.#laneOf(entry.priority).remove(entry);
  }

  rewind(entry: Entry): void {
    this.#laneOf(entry.priority).rewind(entry);
  }

  /** Says whether more messages of a lane are on disk. */
  mark(priority: number, goesOn: boolean): void {
    this.#laneOf(priority).goesOn = goesOn;
  }

  /** All messages in the order in which they are delivered; those that go meanwhile are left out. */
  *[Symbol.iterator](): IterableIterator<Entry> {
    for (const lane of [...this.#lanes]) {
      for (let entry = lane.head; entry !== undefined;) {
        const { next } = entry;
        yield entry;
        entry = next;
      }
    }
  }

  /** Highest first. */
  priorities(): readonly number[] {
    return this.#lanes.map(({ priority }) => priority);
  }

  /** The message that has waited longest, whatever its priority. */
  oldestWaiting(): Entry | undefined {
    let oldest: Entry | undefined;
    for (const lane of this.#lanes) {
      let entry = lane.head;
      while (entry !== undefined && entry.state !== "waiting") entry = entry.next;
      if (entry !== undefined && (oldest === undefined || entry.sequence < oldest.sequence)) oldest = entry;
    }
    return oldest;
  }

  #laneOf(priority: number): Lane {
    const at = this.#lanes.findIndex((lane) => lane.priority <= priority);
    const found = at < 0 ? undefined : this.#lanes[at];
    if (found?.priority === priority) return found;
    const lane = new Lane(priority);
    const place = at < 0 ? this.#lanes.length : at;
    this.#lanes.splice(place, 0, lane);
    for (const reader of this.#readers) reader.insert(place, lane);
    return lane;
  }
}

/** Whether a reader wants a message; `pause`: it does not say now. */
export type Wanted = (entry: Entry) => boolean | "pause";

/** How far a consumer, a browser or all consumers of a queue together have come. */
export class LaneReader {
  readonly #rewinds: boolean;
  readonly #places: { readonly lane: Lane; readonly cursor: LaneCursor }[];

  constructor(lanes: readonly Lane[], rewinds: boolean) {
    this.#rewinds = rewinds;
    this.#places = lanes.map((lane) => ({ lane, cursor: lane.cursor(rewinds) }));
  }

  /**
   * The next waiting message that is wanted; the reader passes it and those before it. `later`: it has to be read first;
   * `pause`: `wanted` does not say yet.
   */
  next(wanted: Wanted): Entry | "later" | "pause" | undefined {
    for (const { lane, cursor } of this.#places) {
      while (cursor.next !== undefined) {
        const entry = cursor.next;
        const verdict = entry.state === "waiting" && wanted(entry);
        if (verdict === "pause") return verdict;
        cursor.next = entry.next;
        if (verdict) return entry;
      }
      if (lane.goesOn) return "later";
    }
    return undefined;
  }

  insert(place: number, lane: Lane): void {
    this.#places.splice(place, 0, { lane, cursor: lane.cursor(this.#rewinds) });
  }

  end(): void {
    for (const { lane, cursor } of this.#places) lane.forget(cursor);
  }
}

/** What a reader that takes all wants. */
export function everything(): boolean {
  return true;
}
