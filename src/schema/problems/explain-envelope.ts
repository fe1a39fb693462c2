import { eventNameOf } from "../model/event-name.ts";
import { ExpandedName } from "../../xml/index.ts";
import { ENVELOPE_NAME } from "../assemble/envelope.ts";
import { nearestName } from "../../nearest-name.ts";
import type { DiagnoseContext } from "./diagnose-context.ts";
import { withSuggestion, type Explanation } from "./explanation.ts";
import { didYouMean, nameNamespace, quote } from "./words.ts";

/** An envelope without event (`cvc-complex-type.2.4`). */
export function explainEmptyEnvelope({ eventNames }: DiagnoseContext): Explanation {
  return { expected: eventNames, message: `${ENVELOPE_NAME} is empty; expected exactly one event` };
}

/** An element beside the event (`cvc-complex-type.2.4`). */
export function explainSecondEvent({ localName }: ExpandedName): Explanation {
  return {
    found: localName,
    message: `${ENVELOPE_NAME} holds a second element ${quote(localName)}; expected exactly one event`,
  };
}

/** An element in the place of the event that is none (`cvc-complex-type.2.4`). */
export function explainNoEvent(name: ExpandedName, context: DiagnoseContext): Explanation {
  const found = name.localName;
  const expected = context.eventNames;
  const hint = explainKnownName(name, context);
  if (hint !== undefined) return { found, expected, message: hint };
  const suggestion = nearestName(found, expected);
  const message = `element ${quote(found)} is not an event type of this catalog${didYouMean(suggestion)}`;
  return { found, expected, ...withSuggestion(suggestion), message };
}

/** Whether the name is that of an event type. */
export function isEvent(name: ExpandedName, { namespace, eventNames }: DiagnoseContext): boolean {
  return eventNames.includes(eventNameOf(name, namespace));
}

/** What is known about a name that looks like an event type and is none. */
function explainKnownName(name: ExpandedName, context: DiagnoseContext): string | undefined {
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
