import type { KeyedLevel } from "./access-plan.ts";
import type { IntervalSet } from "./interval-set.ts";
import type { PathValues } from "./path-values.ts";

/**
 * What stands behind a text: the next level, intervals, or the entries themselves; a single entry without a list around it, because most
 * texts belong to one subscription only.
 */
export type Place = Branch | IntervalSet | Entry[] | Entry;

/**
 * A subscription as the groups keep it: its id where a certain hit is a match and nothing else can lead to it, so that such a hit needs no
 * look at anything else; otherwise a number that the index reads.
 */
export type Entry = string | number;

/** One level of a group: texts of filters, and what stands behind each. */
export abstract class Branch {
  readonly places: Map<string, Place> = new Map<string, Place>();

  set(text: string, place: Place): void {
    this.places.set(text, place);
  }

  delete(text: string): void {
    this.places.delete(text);
  }

  /** Appends the places that one of the values leads to, each once. */
  abstract find(values: PathValues, found: Place[]): void;
}

/** A branch for the kind of test. */
export function branchFor(kind: KeyedLevel["kind"]): Branch {
  switch (kind) {
    case "equals":
      return new EqualsBranch();
    case "prefix":
      return new EndBranch((text, length) => text.slice(0, length));
    case "suffix":
      return new EndBranch((text, length) => text.slice(text.length - length));
    case "contains":
      return new ContainsBranch();
  }
}

class EqualsBranch extends Branch {
  override find(values: PathValues, found: Place[]): void {
    const { texts } = values;
    if (texts.length <= this.places.size) {
      for (const text of texts) {
        const place = this.places.get(text);
        if (place !== undefined) found.push(place);
      }
      return;
    }
    for (const [text, place] of this.places) if (values.has(text)) found.push(place);
  }
}

/** Prefixes or suffixes: one look for each length that there is. */
class EndBranch extends Branch {
  /** How many texts have a length. */
  readonly #lengths = new Map<number, number>();
  readonly #endOf: (text: string, length: number) => string;

  constructor(endOf: (text: string, length: number) => string) {
    super();
    this.#endOf = endOf;
  }

  override set(text: string, place: Place): void {
    if (!this.places.has(text)) this.#lengths.set(text.length, (this.#lengths.get(text.length) ?? 0) + 1);
    super.set(text, place);
  }

  override delete(text: string): void {
    const count = this.#lengths.get(text.length) ?? 0;
    if (count > 1) this.#lengths.set(text.length, count - 1);
    else this.#lengths.delete(text.length);
    super.delete(text);
  }

  override find({ texts }: PathValues, found: Place[]): void {
    const places = new DistinctPlaces(found);
    for (const text of texts) {
      for (const length of this.#lengths.keys()) {
        const place = length > text.length ? undefined : this.places.get(this.#endOf(text, length));
        if (place !== undefined) places.add(place);
      }
    }
  }
}

/** Appends places to a list, each once. */
class DistinctPlaces {
  readonly #found: Place[];
  #known: Set<Place> | undefined;

  constructor(found: Place[]) {
    this.#found = found;
  }

  add(place: Place): void {
    // Nearly always there is nothing to find, and then nothing to remember.
    this.#known ??= new Set(this.#found);
    if (this.#known.has(place)) return;
    this.#known.add(place);
    this.#found.push(place);
  }
}

/** A text that values may contain, with the place of the three units that it is found by. */
interface Part {
  readonly text: string;
  readonly offset: number;
}

/**
 * Texts that values contain: each is listed under three neighbouring units of it, those that fewest others are listed under, so that a
 * value is gone through once.
 */
class ContainsBranch extends Branch {
  readonly #byUnits = new Map<number, Part[]>();
  /** Texts of less than three units. */
  readonly #short = new Set<string>();

  override set(text: string, place: Place): void {
    if (!this.places.has(text)) this.#list(text);
    super.set(text, place);
  }

  override delete(text: string): void {
    super.delete(text);
    if (this.#short.delete(text)) return;
    for (let i = 0; i + 3 <= text.length; i++) {
      const key = unitsAt(text, i);
      const parts = this.#byUnits.get(key);
      const place = parts?.findIndex((part) => part.text === text) ?? -1;
      if (place < 0) continue;
      parts!.splice(place, 1);
      if (parts!.length === 0) this.#byUnits.delete(key);
      return;
    }
  }

  override find({ texts }: PathValues, found: Place[]): void {
    const places = new DistinctPlaces(found);
    for (const text of texts) {
      for (const short of this.#short) if (text.includes(short)) places.add(this.places.get(short)!);
      for (let i = 0; i + 3 <= text.length; i++) {
        const parts = this.#byUnits.get(unitsAt(text, i));
        if (parts !== undefined) this.#findAt(text, i, parts, places);
      }
    }
  }

  #findAt(text: string, at: number, parts: readonly Part[], places: DistinctPlaces): void {
    for (const part of parts) {
      const start = at - part.offset;
      if (start >= 0 && text.startsWith(part.text, start)) places.add(this.places.get(part.text)!);
    }
  }

  #list(text: string): void {
    if (text.length < 3) {
      this.#short.add(text);
      return;
    }
    let best = { offset: 0, others: Infinity };
    for (let i = 0; i + 3 <= text.length && best.others > 0; i++) {
      const others = this.#byUnits.get(unitsAt(text, i))?.length ?? 0;
      if (others < best.others) best = { offset: i, others };
    }
    const key = unitsAt(text, best.offset);
    const parts = this.#byUnits.get(key);
    const part: Part = { text, offset: best.offset };
    if (parts === undefined) this.#byUnits.set(key, [part]);
    else parts.push(part);
  }
}

/** Three units as one small number; that different ones may give the same number does not matter. */
function unitsAt(text: string, at: number): number {
  return (
    ((text.charCodeAt(at) & 1023) << 20) | ((text.charCodeAt(at + 1) & 1023) << 10) | (text.charCodeAt(at + 2) & 1023)
  );
}
