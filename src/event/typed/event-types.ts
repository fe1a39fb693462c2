/**
 * What `xqbus schema types` declares as `Events`: the types of a catalog for the compiler. A value is as it is read: an
 * object for an element with child elements or attributes, else a string, number, boolean, `null` or array.
 */
export interface EventTypes {
  /** The event types by name. */
  readonly events: object;
  /** All elements by local name; a union where several elements of one name have different types. */
  readonly elements: object;
}
