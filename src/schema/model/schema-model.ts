import type { ComponentTable } from "./component-table.ts";

/** What a loaded catalog is made of: the checked components of one schema. A catalog gets a new one when its files change. */
export interface SchemaModel {
  /** The namespace of the envelope, and of the event elements unless their names say otherwise. */
  readonly namespace: string;
  /** The event types, sorted: local names, and `{namespace}name` for elements of another namespace. */
  readonly eventNames: readonly string[];
  readonly table: ComponentTable;
}
