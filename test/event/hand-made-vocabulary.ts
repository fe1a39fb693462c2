import type { Vocabulary } from "../../src/schema/index.ts";
import { internName } from "../../src/xml/index.ts";

export const EVENTS = "http://www.gonicus.de/Events";
export const FOREIGN = "urn:example:foreign";

/** Names by the namespaces that declare them; the empty string is no namespace. */
const DECLARED: Readonly<Record<string, readonly string[]>> = {
  Event: [EVENTS],
  PhoneStatus: [EVENTS],
  CallerId: [EVENTS],
  ReceiverId: [EVENTS],
  Status: [EVENTS],
  Name: [EVENTS],
  Note: [EVENTS],
  "my-name.1": [EVENTS],
  Größe: [EVENTS],
  Foreign: [FOREIGN],
  Detail: [FOREIGN],
  Local: [""],
  Inner: [""],
  Shared: [FOREIGN, EVENTS],
  Either: [FOREIGN, ""],
  Item: ["", EVENTS, FOREIGN],
  then: [EVENTS],
  toJSON: [EVENTS],
  toString: [EVENTS],
  constructor: [EVENTS],
  element: [EVENTS],
  length: [EVENTS],
};

const declared = new Map(Object.entries(DECLARED));
declared.set("__proto__", [EVENTS]);

/** A vocabulary without files: what the maker needs to know, and names that are awkward in JavaScript. */
export const vocabulary: Vocabulary = {
  namespace: EVENTS,
  eventNames: ["PhoneStatus"],
  elementNames: (localName) => (declared.get(localName) ?? []).map((namespace) => internName(namespace, localName)),
  suggest: (localName) => [...declared.keys()].find((name) => name.toLowerCase() === localName.toLowerCase()),
};
