import { childElements } from "../../xml/index.ts";
import type { XmlDocument } from "../../xml/index.ts";

/** Local name of the document element of every event. */
const ENVELOPE = "Event";

/**
 * The event types of a document as catalogs call them: the local name in the envelope's namespace, `{namespace}name` in another
 * one. A proper event has exactly one; none for a document that is no event. This is all that the broker knows of schemas.
 */
export function eventNamesOf({ documentElement: envelope }: XmlDocument): readonly string[] {
  if (envelope.localName !== ENVELOPE) return [];
  const { namespace: home } = envelope.name;
  return childElements(envelope).map(({ name: { namespace, localName } }) =>
    namespace === home ? localName : `{${namespace}}${localName}`,
  );
}
