import { XmlElement, ExpandedName, childElements } from "../../xml/index.ts";
import { ENVELOPE_NAME } from "../assemble/envelope.ts";
import type { Finding } from "../engine/finding.ts";
import { nearestName } from "../suggest.ts";
import type { ExplainContext, Explanation } from "./explain-context.ts";
import { didYouMean, nameNamespace, quote } from "./words.ts";

/** Words for what is wrong with the event in its envelope; undefined for everything below the event element. */
export function explainEnvelope(finding: Finding, context: ExplainContext): Explanation | undefined {
  const { element, isIncomplete } = finding;
  const expected = context.eventNames;
  if (isIncomplete) {
    const isEmptyEnvelope = !(element.parent instanceof XmlElement) && childElements(element).length === 0;
    return isEmptyEnvelope ? { expected, message: `${ENVELOPE_NAME} is empty; expected exactly one event` } : undefined;
  }
  if (!(element.parent instanceof XmlElement) || element.parent.parent instanceof XmlElement) return undefined;

  const siblings = childElements(element.parent);
  const hasEventBefore = siblings.slice(0, siblings.indexOf(element)).some(({ name }) => isEvent(name, context));
  const found = element.name.localName;
  if (hasEventBefore) {
    return { found, message: `${ENVELOPE_NAME} holds a second element ${quote(found)}; expected exactly one event` };
  }
  const hint = explainUnknownEvent(element.name, context);
  if (hint !== undefined) return { found, expected, message: hint };
  const suggestion = nearestName(found, expected);
  const message = `element ${quote(found)} is not an event type of this catalog${didYouMean(suggestion)}`;
  return { found, expected, ...(suggestion === undefined ? {} : { suggestion }), message };
}

/** What is known about a name that looks like an event type and is none. */
function explainUnknownEvent(name: ExpandedName, context: ExplainContext): string | undefined {
  const { localName, namespace } = name;
  if (context.eventNames.includes(localName)) {
    const expected = nameNamespace(context.namespace);
    return `element ${quote(localName)} is in ${nameNamespace(namespace)}; expected ${localName} in ${expected}`;
  }
  const refusal = `element ${quote(localName)} is not an event type of this catalog`;
  const element = localName === ENVELOPE_NAME ? undefined : context.table.element(name);
  if (element !== undefined) {
    return `${refusal}: it is declared in ${element.source.file}, but only a file ${localName}.xsd would make it one`;
  }
  const type = context.table.type(new ExpandedName(context.namespace, localName, false));
  if (type?.source !== undefined && localName !== ENVELOPE_NAME) {
    return `${refusal}: ${type.source.file} declares a type ${localName}, but no global element ${localName}`;
  }
  return undefined;
}

function isEvent(name: ExpandedName, { namespace, eventNames }: ExplainContext): boolean {
  return name.namespace === namespace && eventNames.includes(name.localName);
}
