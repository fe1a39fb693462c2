import type { Entry } from "./entry.ts";

/** The messages of one priority in their order, those that consumers have included: what comes back keeps its place. */
export class Lane {
  readonly priority: number;
  /** Whether more messages are on disk, behind those that are here. */
  goesOn = false;
  #head: Entry | undefined;
  #tail: Entry | undefined;
  readonly #cursors = new Set<LaneCursor>();

  constructor(priority: number) {
    this.priority = priority;
  }

  get head(): Entry | undefined {
    return this.#head;
  }

  /** A cursor before the first message. */
  cursor(rewinds: boolean): LaneCursor {
    const cursor = { next: this.#head, rewinds };
    this.#cursors.add(cursor);
    return cursor;
  }

  forget(cursor: LaneCursor): void {
    this.#cursors.delete(cursor);
  }

  append(entry: Entry): void {
    entry.previous = this.#tail;
    if (this.#tail === undefined) this.#head = entry;
    else this.#tail.next = entry;
    this.#tail = entry;
    for (const cursor of this.#cursors) cursor.next ??= entry;
  }

  remove(entry: Entry): void {
    const { previous, next } = entry;
    if (previous === undefined) this.#head = next;
    else previous.next = next;
    if (next === undefined) this.#tail = previous;
    else next.previous = previous;
    for (const cursor of this.#cursors) if (cursor.next === entry) cursor.next = next;
    entry.previous = undefined;
    entry.next = undefined;
  }

  /** A message is available again: cursors that have passed it go back. */
  rewind(entry: Entry): void {
    for (const cursor of this.#cursors) {
      if (!cursor.rewinds) continue;
      if (cursor.next === undefined || cursor.next.sequence > entry.sequence) cursor.next = entry;
    }
  }
}

/** How far a reader has come in a lane. */
export interface LaneCursor {
  readonly rewinds: boolean;
  next: Entry | undefined;
}
