import { messageOf } from "../../errors.ts";
import { OTHER_ELEMENTS } from "../../schema/index.ts";
import { isPlainObject, kindOf } from "../place.ts";
import type { ContentPath } from "./content-path.ts";
import { EventContentError } from "./event-content-error.ts";
import { CONTENT_KEY, NIL_KEY, TEXT_KEY } from "./event-content.ts";

/** The properties of an object by what they mean; those that are undefined are left out. */
export interface Properties {
  /** Names with their `@`. */
  readonly attributes: readonly Property[];
  readonly fields: readonly Property[];
  readonly isNil: boolean;
  /** `#text` */
  readonly text: unknown;
  /** `#content` */
  readonly content: unknown;
  /** `#any` */
  readonly others: unknown;
}

type Property = readonly [key: string, value: unknown];

/**
 * Reads the properties of an object, each once.
 *
 * @throws EventContentError when the value is no plain object, or its properties contradict each other
 */
export function readProperties(value: unknown, path: ContentPath): Properties {
  if (!isPlainObject(value)) throw illegal(path, `is ${kindOf(value)}; expected an object`);
  const attributes: Property[] = [];
  const fields: Property[] = [];
  const special = new Map<string, unknown>();
  for (const property of ownProperties(value, path)) {
    const [key, each] = property;
    if (each === undefined) continue;
    if (key.startsWith("@")) attributes.push(property);
    else if (SPECIAL.has(key)) special.set(key, each);
    else fields.push(property);
  }
  const nil = special.get(NIL_KEY);
  if (nil !== undefined && nil !== true) {
    throw illegal(path, `has "${NIL_KEY}" with ${kindOf(nil)}; expected true, or no such property`);
  }
  const parts = [...special.keys()].filter((key) => key !== OTHER_ELEMENTS);
  if (fields.length > 0 || special.has(OTHER_ELEMENTS)) parts.push(fields[0]?.[0] ?? OTHER_ELEMENTS);
  if (parts.length > 1) throw illegal(path, `has "${parts[0]}" and "${parts[1]}"; expected only one of them`);
  return {
    attributes,
    fields,
    isNil: nil === true,
    text: special.get(TEXT_KEY),
    content: special.get(CONTENT_KEY),
    others: special.get(OTHER_ELEMENTS),
  };
}

const SPECIAL: ReadonlySet<string> = new Set([TEXT_KEY, CONTENT_KEY, NIL_KEY, OTHER_ELEMENTS]);

/** The entries of a foreign object, whose getters may throw. */
function ownProperties(object: object, path: ContentPath): readonly Property[] {
  let symbols: readonly symbol[];
  let entries: readonly Property[];
  try {
    symbols = Object.getOwnPropertySymbols(object);
    entries = Object.entries(object);
  } catch (cause) {
    throw illegal(path, `cannot be read: ${messageOf(cause)}`);
  }
  const [symbol] = symbols;
  if (symbol !== undefined) throw illegal(path, `has the property ${String(symbol)}; expected names that are strings`);
  return entries;
}

function illegal(path: ContentPath, problem: string): EventContentError {
  return new EventContentError("xqbus:illegal-content", path, problem);
}
