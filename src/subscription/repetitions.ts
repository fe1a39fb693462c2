import type { Delivery } from "./delivery.ts";
import type { Entry } from "./entry.ts";
import type { Lane } from "./lanes.ts";

/**
 * Keeps two deliveries of one event from being handled at the same time: the second waits until it is known whether the first one
 * succeeds.
 */
export class Repetitions<D extends Delivery> {
  /** By event id, the delivery whose turn came first. */
  readonly #active: Map<string, Entry<D>> = new Map();

  /** Whether another delivery of this event is at work; then the lane waits for that. */
  holds(id: string | undefined, entry: Entry<D>, lane: Lane<Entry<D>>): boolean {
    if (id === undefined) return false;
    const other = this.#active.get(id);
    if (other === undefined) this.#active.set(id, entry);
    if (other === undefined || other === entry) return false;
    other.repetitions.push(lane);
    return true;
  }

  /** The delivery has its outcome. @returns the lanes that waited for it */
  leave(id: string | undefined, entry: Entry<D>): readonly Lane<Entry<D>>[] {
    if (id !== undefined && this.#active.get(id) === entry) this.#active.delete(id);
    return entry.repetitions;
  }
}
