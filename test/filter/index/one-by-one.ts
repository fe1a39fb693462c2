import { FilterError, type Filter, type FilterMessage, type FilterOptions } from "../../../src/filter/index.ts";
import type { XmlDocument } from "../../../src/xml/index.ts";

/** The prefix `f` that the filters of these tests use. */
export const F: FilterOptions & { readonly namespaces: Readonly<Record<string, string>> } = {
  namespaces: { f: "urn:f" },
};

/** What the filter says by itself; an error is no match. */
export function matchesAlone(filter: Filter, document: XmlDocument, message?: FilterMessage): boolean {
  try {
    return filter.matches(document, message);
  } catch (error) {
    if (error instanceof FilterError) return false;
    throw error;
  }
}
