import type { ExpandedName } from "../../xml/index.ts";
import { ANY_ATOMIC } from "./atomic-type.ts";
import { FunctionItem, type MapEntry } from "./function-item.ts";
import type { AtomicValue, Sequence } from "./item.ts";
import { mapKey } from "./map-key.ts";
import { ANYTHING, type SequenceType } from "./sequence-type.ts";

/** A map (XDM 3.1, section 2.9.1): immutable; a function from keys to values. Entries keep the order in which they came. */
export class MapItem extends FunctionItem {
  readonly name: ExpandedName | undefined = undefined;
  readonly parameters: readonly SequenceType[] = KEY;
  readonly result: SequenceType = ANYTHING;
  readonly #entries: ReadonlyMap<string, MapEntry>;

  private constructor(entries: ReadonlyMap<string, MapEntry>) {
    super();
    this.#entries = entries;
  }

  /** Of several entries with the same key the last one stays. */
  static of(entries: Iterable<MapEntry>): MapItem {
    const byKey = new Map<string, MapEntry>();
    for (const entry of entries) byKey.set(mapKey(entry.key), entry);
    return new MapItem(byKey);
  }

  get entries(): Iterable<MapEntry> {
    return this.#entries.values();
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: AtomicValue): boolean {
    return this.#entries.has(mapKey(key));
  }

  /** The value; undefined when the key is not there. */
  get(key: AtomicValue): Sequence | undefined {
    return this.#entries.get(mapKey(key))?.value;
  }

  with(entry: MapEntry): MapItem {
    return new MapItem(new Map(this.#entries).set(mapKey(entry.key), entry));
  }

  without(keys: readonly AtomicValue[]): MapItem {
    const entries = new Map(this.#entries);
    for (const key of keys) entries.delete(mapKey(key));
    return new MapItem(entries);
  }

  override call([key]: readonly Sequence[]): Sequence {
    return this.get(key![0] as AtomicValue) ?? [];
  }
}

const KEY: readonly SequenceType[] = [{ item: { kind: "atomic", type: ANY_ATOMIC }, occurrence: "" }];
