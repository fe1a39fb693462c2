import { Fifo } from "./fifo.ts";

/** Deliveries that are handled one after the other: those of one key, or a single one without key. */
export interface Lane<T> {
  readonly key: string | undefined;
  /** The first one is it whose turn it is. */
  readonly items: Fifo<T>;
}

/**
 * Who is next: lanes take turns, each with one delivery at a time, so that a key with many deliveries does not delay the others.
 *
 * A lane is in the list of those that are ready, or it is out: whoever took it with {@link Lanes.next} gives it back with
 * {@link Lanes.finish} or {@link Lanes.again}.
 */
export class Lanes<T> {
  #ready: Fifo<Lane<T>> = new Fifo();
  /** Those with a key, as long as they have deliveries. */
  readonly #byKey: Map<string, Lane<T>> = new Map();

  /** Deliveries of a key, the one whose turn it is included. */
  sizeOf(key: string): number {
    return this.#byKey.get(key)?.items.size ?? 0;
  }

  /** Puts a delivery behind the others of its key. */
  add(item: T, key: string | undefined): Lane<T> {
    const known = key === undefined ? undefined : this.#byKey.get(key);
    const lane = known ?? { key, items: new Fifo<T>() };
    lane.items.push(item);
    if (known === undefined) {
      if (key !== undefined) this.#byKey.set(key, lane);
      this.#ready.push(lane);
    }
    return lane;
  }

  /** Takes the lane out whose turn it is. */
  next(): Lane<T> | undefined {
    return this.#ready.shift();
  }

  /** The lane's first delivery is to have another turn. */
  again(lane: Lane<T>): void {
    this.#ready.push(lane);
  }

  /** Forgets all deliveries but those that somebody works on. */
  keepBusy(isBusy: (item: T | undefined) => boolean): void {
    this.#ready = new Fifo();
    for (const [key, { items }] of this.#byKey) {
      if (isBusy(items.first)) items.keepFirst();
      else this.#byKey.delete(key);
    }
  }

  /** The lane's first delivery is done. */
  finish(lane: Lane<T>): void {
    lane.items.shift();
    if (lane.items.size > 0) this.#ready.push(lane);
    else if (lane.key !== undefined) this.#byKey.delete(lane.key);
  }
}
