import { XqbusError } from "../errors.ts";
import { NodeType } from "../xml/index.ts";

/**
 * Refuses what is no document: a filter evaluated on an Event or a text would find nothing, and nobody would know why.
 *
 * @throws XqbusError `xqbus:illegal-argument` saying what to give instead
 */
export function assertDocument(value: unknown): void {
  if (typeof value === "object" && value !== null) {
    if ("nodeType" in value && value.nodeType === NodeType.document) return;
    if ("document" in value) throw refused("an Event; give its tree: event.document");
  }
  if (typeof value === "string" || value instanceof Uint8Array) {
    throw refused(`${typeof value === "string" ? "a text" : "bytes"}; parse it first: parseXml(…)`);
  }
  throw refused(`${value === null ? "null" : typeof value}; give event.document, or what parseXml(…) returns`);
}

function refused(what: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", `a filter is evaluated on a document, not on ${what}`);
}
