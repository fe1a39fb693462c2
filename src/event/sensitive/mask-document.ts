import type { SchemaModel } from "../../schema/index.ts";
import { XmlDocument, XmlElement, escapeAttribute } from "../../xml/index.ts";
import type { XmlAttribute } from "../../xml/index.ts";
import { MASK } from "./mask.ts";
import { sensitivePlaces } from "./sensitive-places.ts";

/**
 * The text of an event with a mask in place of sensitive values: a sensitive element loses its content and attributes, of
 * which only the mask is left, a sensitive attribute its value. Everything else stays as it was written.
 *
 * @param more paths that are sensitive whatever the schema says
 * @returns undefined when nothing in it is sensitive
 */
export function maskDocument(
  document: XmlDocument,
  model: SchemaModel,
  more: readonly string[] | undefined,
): string | undefined {
  const { source } = document;
  let masked = "";
  let copied = 0;
  for (const place of sensitivePlaces(document, model, more)) {
    const [from, to] = place instanceof XmlElement ? [place.offset, place.endOffset] : valueRange(place, source);
    masked += source.slice(copied, from) + (place instanceof XmlElement ? maskedElement(place) : MASK);
    copied = to;
  }
  return copied === 0 ? undefined : masked + source.slice(copied);
}

/** The element with the mask as content, and the namespaces that it declares itself: its name may need one of them. */
function maskedElement({ nodeName, namespaces, parent }: XmlElement): string {
  const outer = parent instanceof XmlDocument ? undefined : parent.namespaces;
  let declarations = "";
  for (let scope = namespaces; scope !== undefined && scope !== outer; scope = scope.outer) {
    const name = scope.prefix === "" ? "xmlns" : `xmlns:${scope.prefix}`;
    declarations += ` ${name}="${escapeAttribute(scope.namespace)}"`;
  }
  return `<${nodeName}${declarations}>${MASK}</${nodeName}>`;
}

/** Where the value of an attribute stands between its quotes, which cannot occur in it. */
function valueRange({ offset, nodeName }: XmlAttribute, source: string): readonly [from: number, to: number] {
  const equals = source.indexOf("=", offset + nodeName.length);
  const quote = /["']/.exec(source.slice(equals))?.[0] ?? '"';
  const from = source.indexOf(quote, equals) + 1;
  return [from, source.indexOf(quote, from)];
}
