import { sensitivityOf } from "../../schema/index.ts";
import type { SchemaModel, Sensitivity } from "../../schema/index.ts";
import { XmlDocument, XmlText, childElements, escapeAttribute } from "../../xml/index.ts";
import type { XmlAttribute, XmlElement } from "../../xml/index.ts";
import { eventElementOf } from "../envelope.ts";
import { XSI_NAMESPACE } from "../object/names.ts";
import { actualType } from "./actual-type.ts";
import { MASK } from "./mask.ts";

/**
 * The text of an event with a mask in place of sensitive values: a sensitive element loses its content and attributes, of
 * which only the mask is left, a sensitive attribute its value. Everything else stays as it was written.
 *
 * @returns undefined when nothing in it is sensitive
 */
export function maskDocument(document: XmlDocument, model: SchemaModel): string | undefined {
  const { source } = document;
  const event = eventElementOf(document);
  const root = sensitivityOf(model, event.name, actualType(event));
  let masked = "";
  let copied = 0;
  const replace = (from: number, to: number, text: string): void => {
    masked += source.slice(copied, from) + text;
    copied = to;
  };
  const pending: (readonly [XmlElement, Sensitivity])[] = [[event, root]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [element, place] = next;
    if (place.isSensitive && (element !== event || hasOwnText(event))) {
      replace(element.offset, element.endOffset, maskedElement(element));
      continue;
    }
    for (const attribute of element.attributes) {
      if (attribute.name.namespace === XSI_NAMESPACE || !place.isSensitiveAttribute(attribute.name)) continue;
      replace(...valueRange(attribute, source), MASK);
    }
    const children = childElements(element).map(
      (child) => [child, place.child(child.name, actualType(child))] as const,
    );
    pending.push(...children.toReversed());
  }
  return copied === 0 ? undefined : masked + source.slice(copied);
}

function hasOwnText(element: XmlElement): boolean {
  return element.children.some((child) => child instanceof XmlText && /[^ \t\r\n]/.test(child.data));
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
