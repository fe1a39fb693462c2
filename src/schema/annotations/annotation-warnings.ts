import { eventElement } from "../model/event-name.ts";
import { childElements, type XmlElement } from "../../xml/index.ts";
import { XQBUS_NAMESPACE, ownAnnotations, type OwnAnnotation } from "../model/annotation.ts";
import type { UnitComponents } from "../model/read-components.ts";
import type { SchemaModel } from "../model/schema-model.ts";
import { isXsd } from "../model/xsd.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";
import { nearestName } from "../../nearest-name.ts";
import { ANNOTATION_RULES, INVALID_ANNOTATION, isAnnotationName } from "./annotation-rules.ts";
import { annotationsOf } from "./annotations-of.ts";
import type { AnnotationName } from "./event-annotations.ts";

/** The schema whose annotations are checked: its model, and all its files, also those that no event type needs. */
export interface WarningsSource extends SchemaModel {
  readonly components: readonly UnitComponents[];
}

/**
 * What is wrong with annotations: unknown names, values that cannot be used, fields that do not exist, places where an
 * annotation means nothing. Such an annotation has no effect; the files work all the same.
 */
export function annotationWarnings(source: WarningsSource): readonly SchemaProblem[] {
  const events = eventNodes(source);
  const roots = new Map(source.components.map(({ unit: { document } }) => [document.root, document.file]));
  const written = [...roots].flatMap(([root, file]) =>
    [...elementsBelow(root)].flatMap((node) =>
      mistakesAt(node, events.has(node)).map(([at, message]) => problemAt(file, at, message, INVALID_ANNOTATION)),
    ),
  );
  const meant = source.eventNames.flatMap((name) => annotationsOf(source).event(name)?.warnings ?? []);
  const order = new Map([...roots.values()].map((file, index) => [file, index]));
  const rank = (problem: SchemaProblem): number => order.get(problem.file) ?? order.size;
  return withoutRepeats([...written, ...meant]).toSorted((a, b) => rank(a) - rank(b) || a.line - b.line);
}

type Mistake = readonly [at: XmlElement, message: string];

/** The elements of schema documents that are the declaration of an event or its type. */
function eventNodes({ table, namespace, eventNames }: SchemaModel): ReadonlySet<XmlElement> {
  return new Set(
    eventNames.flatMap((name) => {
      const declaration = table.element(eventElement(name, namespace));
      const type = declaration === undefined ? undefined : table.typeOfElement(declaration);
      return [declaration?.source.node, type?.source?.node].filter((node) => node !== undefined);
    }),
  );
}

function* elementsBelow(root: XmlElement): Generator<XmlElement> {
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    yield node;
    if (!isXsd(node, "annotation")) pending.push(...childElements(node).toReversed());
  }
}

function mistakesAt(node: XmlElement, isEvent: boolean): readonly Mistake[] {
  const attributes = node.attributes
    .filter(({ name }) => name.namespace === XQBUS_NAMESPACE)
    .map(({ localName }): Mistake => {
      const expected = `expected <x:${localName}> in xs:annotation/xs:appinfo`;
      return [node, `the annotation ${localName} is written as an attribute; ${expected}`];
    });
  const seen = new Set<string>();
  const elements = ownAnnotations(node).flatMap((annotation): readonly Mistake[] => {
    const { name } = annotation;
    const isRepeated = seen.has(name);
    seen.add(name);
    const message = isAnnotationName(name)
      ? mistakeIn(annotation, name, placeOf(node, isEvent), isRepeated)
      : unknownName(name);
    return message === undefined ? [] : [[annotation.node, message]];
  });
  return [...attributes, ...elements];
}

type Place = "event" | "field" | "type" | "elsewhere";

function placeOf(node: XmlElement, isEvent: boolean): Place {
  if (isEvent) return "event";
  if (isXsd(node, "element", "attribute")) return "field";
  return isXsd(node, "complexType", "simpleType") ? "type" : "elsewhere";
}

function unknownName(name: string): string {
  const nearest = nearestName(name, Object.keys(ANNOTATION_RULES));
  const expected = Object.keys(ANNOTATION_RULES).join(", ");
  return nearest === undefined
    ? `there is no annotation "${name}"; expected one of ${expected}`
    : `there is no annotation "${name}" (did you mean "${nearest}"?)`;
}

function mistakeIn(
  { text, node }: OwnAnnotation,
  name: AnnotationName,
  place: Place,
  isRepeated: boolean,
): string | undefined {
  const { content, atFields, mistakeIn: mistakeInText } = ANNOTATION_RULES[name];
  const [attribute] = node.attributes;
  const [child] = childElements(node);
  if (attribute !== undefined) return `${name} has the attribute "${attribute.nodeName}"; expected none`;
  if (child !== undefined) return `${name} has the element "${child.nodeName}" in it; expected text only`;
  if (place === "elsewhere") return `${name} has no effect here; expected it at an element, an attribute or a type`;
  if (place !== "event" && !atFields) {
    return `${name} has no effect here; expected it at the element of an event or its type`;
  }
  if (place === "type" && name !== "sensitive" && name !== "deprecated") {
    return `${name} has no effect at a type that is not an event's; expected it at a field`;
  }
  if (content === "fields") {
    if (place !== "event" && text !== "") {
      return `${name} has the text ${JSON.stringify(text)}; expected paths at an event only, and <x:${name}/> at a field`;
    }
    if (place === "event" && text === "" && name !== "sensitive") {
      return `${name} names no field; expected paths at an event, such as <x:${name}>Status</x:${name}>`;
    }
    return undefined;
  }
  if (isRepeated) return `${name} is given twice; the first one counts`;
  const mistake = mistakeInText(text);
  return mistake === undefined ? undefined : `${name} ${mistake}`;
}

/** A field that two event types share is reported once. */
function withoutRepeats(problems: readonly SchemaProblem[]): readonly SchemaProblem[] {
  return [...new Map(problems.map((each) => [`${each.file}:${each.line}:${each.message}`, each])).values()];
}
