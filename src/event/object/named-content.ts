import { setOwn } from "./event-content.ts";
import type { EventContent } from "./event-content.ts";
import { bracedName } from "./names.ts";

/** An event in JSON: an object whose one property is the event, `{ "PhoneStatus": { "CallerId": "012345", … } }`. */
export interface JsonEvent {
  readonly [name: string]: EventContent;
}

/** The content of an event under its name; names outside of the catalog's namespace say theirs. */
export function namedContent(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  content: EventContent,
  home: string,
): JsonEvent {
  const json: Record<string, EventContent> = {};
  setOwn(json, namespace === home ? name : bracedName({ namespace, localName: name }), content);
  return json;
}
