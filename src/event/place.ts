import { XqbusError } from "../errors.ts";

/** Where a value was given to the maker, for messages: `content of "Status"` or `attribute "id" of "Status"`. */
export function placeOf(element: string, attribute?: string): string {
  return attribute === undefined ? `content of "${element}"` : `attribute "${attribute}" of "${element}"`;
}

/** What kind of value an unusable one is, for messages: `null`, `a function`, `an instance of Map`. */
export function kindOf(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "undefined";
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    case "object":
      return value === null ? "null" : kindOfObject(value);
    default:
      return `a ${typeof value}`;
  }
}

function kindOfObject(value: object): string {
  if (Array.isArray(value)) return "an array";
  const prototype: unknown = Object.getPrototypeOf(value);
  const constructor = prototype === null ? undefined : value.constructor;
  return typeof constructor === "function" && constructor.name !== "Object"
    ? `an instance of ${constructor.name}`
    : "a plain object";
}

/** Whether a value is an object of no class: `{…}` or one without prototype. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Of any realm: the prototype of a plain object is the end of the chain.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The error for something that cannot be content of an element. */
export function unusableContent(element: string, what: string): XqbusError {
  return new XqbusError(
    "xqbus:illegal-content",
    `${placeOf(element)} cannot be ${what}; give a string, number, bigint, boolean, Date or element, ` +
      "an array of elements or of values, or attributes as a plain object",
  );
}
