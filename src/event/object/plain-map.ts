import type { FieldShape, ObjectShape, Shape } from "../../schema/index.ts";
import { isObject, setOwn } from "./event-content.ts";
import type { ContentValue, EventContent } from "./event-content.ts";

const ENTRY = "entry";
const KEY = "@key";
const VALUE = "@value";

/**
 * The entries of a type that is a map, as `docs/json.md` says ("Plain JSON"): it has nothing but repeated elements `entry`, and these
 * nothing but a required attribute `key`, an attribute `value`, and entries of their own.
 *
 * @returns undefined for every other type
 */
export function mapEntriesOf(shape: Shape): FieldShape | undefined {
  const isBare = shape.kind === "object" && shape.attributes.length === 0 && !shape.allowsOtherAttributes;
  return isBare ? entriesIn(shape, new Set()) : undefined;
}

/** @param seen entries that are being looked at: they may contain themselves */
function entriesIn(shape: ObjectShape, seen: Set<Shape>): FieldShape | undefined {
  const [field] = shape.fields.values();
  if (field === undefined || shape.fields.size > 1 || hasMoreThanFields(shape)) return undefined;
  return field.name.localName === ENTRY && field.repeats && isEntry(field.shape, seen) ? field : undefined;
}

function isEntry(shape: Shape, seen: Set<Shape>): boolean {
  if (seen.has(shape)) return true;
  seen.add(shape);
  if (shape.kind !== "object" || shape.allowsOtherAttributes) return false;
  const isKeyed = shape.attributes.some(({ name, isRequired }) => String(name) === "key" && isRequired);
  if (!isKeyed || !shape.attributes.every(({ name }) => ["key", "value"].includes(String(name)))) return false;
  return shape.fields.size === 0 ? !hasMoreThanFields(shape) : entriesIn(shape, seen) !== undefined;
}

function hasMoreThanFields({ text, form, allowsOtherElements }: ObjectShape): boolean {
  return text !== undefined || form !== "fields" || allowsOtherElements;
}

/**
 * The plain form of a map: keys with their values, an array for several of one key.
 *
 * @param readOther gives the ordinary plain form of an entry that is nil, or not as its type wants it
 * @returns undefined when the map itself is not as its type wants it, so that something would be lost
 */
export function readMap(
  map: EventContent,
  readOther: (entry: EventContent) => ContentValue,
): Record<string, ContentValue> | undefined {
  if (!hasOnly(map, [ENTRY])) return undefined;
  const found = entriesByKey(map, readOther);
  return found === undefined ? undefined : toProperties(found);
}

type Entries = Map<string, ContentValue[]>;

function entriesByKey(parent: EventContent, readOther: (entry: EventContent) => ContentValue): Entries | undefined {
  const found: Entries = new Map();
  const entries = parent[ENTRY] ?? [];
  if (!Array.isArray(entries)) return undefined;
  for (const entry of entries as readonly ContentValue[]) {
    const key = isObject(entry) ? entry[KEY] : undefined;
    if (typeof key !== "string") return undefined;
    const value = readEntry(entry as EventContent, readOther);
    const values = found.get(key);
    if (values === undefined) found.set(key, [value]);
    else values.push(value);
  }
  return found;
}

function readEntry(entry: EventContent, readOther: (entry: EventContent) => ContentValue): ContentValue {
  const inner = hasOnly(entry, [KEY, VALUE, ENTRY]) ? entriesByKey(entry, readOther) : undefined;
  if (inner === undefined) return readOther(entry);
  const value = entry[VALUE];
  if (inner.size === 0) return value ?? null;
  if (value !== undefined) inner.set(VALUE, [value, ...(inner.get(VALUE) ?? [])]);
  return toProperties(inner);
}

function toProperties(entries: Entries): Record<string, ContentValue> {
  const properties: Record<string, ContentValue> = {};
  for (const [key, values] of entries) setOwn<ContentValue>(properties, key, values.length === 1 ? values[0]! : values);
  return properties;
}

/** Attributes of XML Schema itself are no content, unless they name a type. */
function hasOnly(value: EventContent, keys: readonly string[]): boolean {
  return Object.keys(value).every((key) => keys.includes(key) || (key.startsWith("@xsi:") && key !== "@xsi:type"));
}
