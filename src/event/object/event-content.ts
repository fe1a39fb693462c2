/**
 * The content of an event as a plain object: what `JSON.stringify` takes, and the schema decides what is what.
 * `docs/json.md` is the mapping.
 */
export interface EventContent {
  readonly [key: string]: ContentValue;
}

/** A value in {@link EventContent}; `null` stands for `xsi:nil`. */
export type ContentValue = null | boolean | number | string | readonly ContentValue[] | EventContent;

/** The text of an element that has attributes too. */
export const TEXT_KEY = "#text";

/** Texts and elements in document order. */
export const CONTENT_KEY = "#content";

/** Is `true` in the object of an element that is nil and has attributes. */
export const NIL_KEY = "#nil";

/**
 * Sets a property of the object itself, whatever its name: keys come from documents, and `__proto__` is an XML name.
 */
export function setOwn<T>(object: Record<string, T>, key: string, value: T): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}

/** Whether a value has properties: it is neither a simple value nor a list. */
export function isObject(value: ContentValue): value is EventContent {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
