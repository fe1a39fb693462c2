import { childElements, type ExpandedName, type XmlElement } from "../../xml/index.ts";

/** The child elements of an element, with answers to where a name occurs; counted once, and only when asked. */
export class Siblings {
  readonly elements: readonly XmlElement[];
  #indexes: ReadonlyMap<string, readonly number[]> | undefined;

  constructor(parent: XmlElement) {
    this.elements = childElements(parent);
  }

  /** Whether a child before the one at this index has the name. */
  occursBefore(name: ExpandedName, index: number): boolean {
    const [first] = this.#indexesOf(name);
    return first !== undefined && first < index;
  }

  /** The index of the first child behind the one at this index that has the name. */
  nextAfter(name: ExpandedName, index: number): number | undefined {
    return this.#indexesOf(name)[this.#rank(name, index)];
  }

  /** How many children behind the one at this index have the name. */
  countAfter(name: ExpandedName, index: number): number {
    return this.#indexesOf(name).length - this.#rank(name, index);
  }

  /** How many children up to the one at this index have the name. */
  #rank(name: ExpandedName, index: number): number {
    const indexes = this.#indexesOf(name);
    let low = 0;
    let high = indexes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (indexes[middle]! <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #indexesOf(name: ExpandedName): readonly number[] {
    this.#indexes ??= this.#count();
    return this.#indexes.get(String(name)) ?? [];
  }

  #count(): ReadonlyMap<string, readonly number[]> {
    const indexes = new Map<string, number[]>();
    for (const [index, { name }] of this.elements.entries()) {
      const key = String(name);
      const known = indexes.get(key);
      if (known === undefined) indexes.set(key, [index]);
      else known.push(index);
    }
    return indexes;
  }
}
