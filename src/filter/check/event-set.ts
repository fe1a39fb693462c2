/** Some of the event types of a catalog: bit n stands for number n. */
export type EventSet = bigint;

/** No event type. */
export const NO_EVENTS: EventSet = 0n;

/** The event types of a catalog with their numbers. */
export class EventUniverse {
  /** All of them. */
  readonly all: EventSet;
  readonly #names: readonly string[];

  /** @param names distinct; where there are none, all documents count as of one unknown type */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.all = (1n << BigInt(Math.max(names.length, 1))) - 1n;
  }

  /** The names in a set, in their order; "all" when no type is missing. */
  namesIn(set: EventSet): readonly string[] | "all" {
    if (set === this.all) return "all";
    return this.#names.filter((_, number) => ((set >> BigInt(number)) & 1n) === 1n);
  }
}
