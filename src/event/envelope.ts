import { XqbusError } from "../errors.ts";
import { childElements, XmlText } from "../xml/index.ts";
import type { XmlDocument, XmlElement } from "../xml/index.ts";

/** Local name of the envelope, the document element of every event. */
export const ENVELOPE = "Event";

/**
 * The event element of a document: the one element in the envelope, which is the element `Event` of any namespace.
 *
 * @throws XqbusError `xqbus:invalid-event` saying what was found when the document is not an envelope around exactly one
 * element; comments, processing instructions and white space beside it do not count
 */
export function eventElementOf(document: XmlDocument): XmlElement {
  const envelope = document.documentElement;
  if (envelope.localName !== ENVELOPE) throw invalidEvent(`the document element is "${envelope.nodeName}"`);
  const [event, ...others] = childElements(envelope);
  if (event === undefined) throw invalidEvent(`the element "${envelope.nodeName}" holds no element`);
  const [second] = others;
  if (second !== undefined) {
    const names = `"${event.nodeName}", "${second.nodeName}"${others.length > 1 ? ", …" : ""}`;
    throw invalidEvent(`the element "${envelope.nodeName}" holds ${others.length + 1} elements (${names})`);
  }
  const text = envelope.children.find((child) => child instanceof XmlText && /[^ \t\r\n]/.test(child.data));
  if (text instanceof XmlText) {
    throw invalidEvent(`the element "${envelope.nodeName}" holds the text ${JSON.stringify(shortened(text.data))}`);
  }
  return event;
}

/** UTF-16 code units of a text that a message shows. */
const SHOWN_LENGTH = 40;

/** From the first character on that is not white space. */
function shortened(text: string): string {
  const words = text.slice(text.search(/[^ \t\r\n]/));
  return words.length > SHOWN_LENGTH ? `${words.slice(0, SHOWN_LENGTH)}…` : words;
}

function invalidEvent(found: string): XqbusError {
  return new XqbusError(
    "xqbus:invalid-event",
    `${found}; an event is an element "${ENVELOPE}" around exactly one element and no text`,
  );
}
