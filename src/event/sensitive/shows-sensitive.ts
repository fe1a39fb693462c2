import { sensitivityOf } from "../../schema/index.ts";
import type { SchemaModel, Sensitivity, ValidationProblem } from "../../schema/index.ts";
import { childElements, documentName } from "../../xml/index.ts";
import type { XmlDocument, XmlElement } from "../../xml/index.ts";
import { actualType } from "./actual-type.ts";

type Place = readonly [element: XmlElement, sensitivity: Sensitivity];

/** Its problems may quote any value below the element at their path (XML Schema 1.0 part 1, section 3.11). */
const IDENTITY_CONSTRAINT = "cvc-identity-constraint";

/**
 * Whether the text of a problem may show what the annotation `sensitive` hides: then only its path and code are for logs and
 * for other people. In doubt it may.
 *
 * @param document the one that has the problem
 * @param more paths that are sensitive whatever the schema says
 */
export function showsSensitive(
  { path, code }: ValidationProblem,
  document: XmlDocument,
  model: SchemaModel,
  more?: readonly string[],
): boolean {
  const [, ...steps] = stepsOf(path);
  let places: readonly Place[] = childElements(document.documentElement).map((event) => [
    event,
    sensitivityOf(model, event.name, actualType(event), more),
  ]);
  for (const [index, step] of steps.entries()) {
    if (step.startsWith("@")) {
      return places.some(([element, place]) => {
        const attribute = element.attributes.find(({ name }) => name.localName === localNameOf(step.slice(1)));
        return place.isSensitiveAttribute(attribute?.name ?? documentName("", localNameOf(step.slice(1))));
      });
    }
    const named = index === 0 ? places : places.flatMap(below);
    places = named.filter(([{ localName }]) => localName === localNameOf(step));
    if (places.some(([, place]) => place.isSensitive)) return true;
  }
  return code.startsWith(IDENTITY_CONSTRAINT) && places.some(hasSensitive);
}

function below([element, place]: Place): readonly Place[] {
  return childElements(element).map((child) => [child, place.child(child.name, actualType(child))]);
}

function hasSensitive(from: Place): boolean {
  const pending: Place[] = [from];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [element, place] = next;
    if (place.isSensitive || element.attributes.some(({ name }) => place.isSensitiveAttribute(name))) return true;
    pending.push(...below(next));
  }
  return false;
}

/** A namespace may have slashes in it: `/Event/Q{urn:a/b}Status[2]`. */
function stepsOf(path: string): readonly string[] {
  return path.match(/(?:Q\{[^}]*\}|[^/])+/g) ?? [];
}

function localNameOf(step: string): string {
  return step.replace(/^(?:Q\{[^}]*\}|[^:]*:)/, "").replace(/\[\d+\]$/, "");
}
