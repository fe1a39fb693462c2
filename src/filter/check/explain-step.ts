import { nearestName, type PossibleElement } from "../../schema/index.ts";
import type { ExpandedName } from "../../xml/index.ts";
import type { AxisStep } from "../syntax/ast.ts";
import type { Analysis } from "./analysis.ts";
import type { Finding } from "./findings.ts";
import type { NodeTest } from "./node-test.ts";
import type { Item } from "./value.ts";
import { didYouMean, listOr } from "./words.ts";

/** Why a step finds nothing in any valid document, and what may have been meant. */
export function explainStep(
  at: number,
  axis: AxisStep["axis"],
  test: NodeTest,
  from: readonly Item[],
  analysis: Analysis,
): Finding {
  const { name } = test;
  const code = "xqbus:filter-unknown-step";
  if (name === undefined) return { code, at, message: `${lack(axis, from, analysis)} that this step selects` };
  const alternatives = namesThere(axis, from, analysis);
  const namesake = alternatives.find(({ localName }) => localName === name.localName);
  if (namesake !== undefined) return wrongNamespace(at, axis, name, namesake, from, analysis);
  const here = `${lack(axis, from, analysis)} ${name.localName}`;
  const elsewhere = placeOf(axis, name, from, analysis);
  if (elsewhere !== undefined)
    return { code, at, message: `${here}; ${elsewhere.why}`, suggestion: elsewhere.suggestion };
  const near = nearestName(
    name.localName,
    alternatives.map(({ localName }) => localName),
  );
  const meant = alternatives.find(({ localName }) => localName === near);
  const suggestion = meant === undefined ? undefined : stepTo(axis, meant, analysis);
  return {
    code,
    at,
    message: `${here}${suggestion === undefined ? whatThereIs(alternatives) : didYouMean(suggestion)}`,
    suggestion,
  };
}

function wrongNamespace(
  at: number,
  axis: AxisStep["axis"],
  name: ExpandedName,
  meant: ExpandedName,
  from: readonly Item[],
  analysis: Analysis,
): Finding {
  const suggestion = stepTo(axis, meant, analysis);
  const isUnprefixed = name.namespace === "" && axis !== "attribute";
  const hint = isUnprefixed ? `write ${suggestion}, or set defaultElementNamespace` : `write ${suggestion}`;
  const where = (namespace: string): string => (namespace === "" ? "in no namespace" : `in the namespace ${namespace}`);
  const message =
    `${lack(axis, from, analysis)} ${name.localName} ${where(name.namespace)}; ` +
    `${meant.localName} is ${where(meant.namespace)}: ${hint}`;
  return { code: "xqbus:filter-wrong-namespace", at, message, suggestion };
}

/** The names that a step on the axis could have. */
function namesThere(axis: AxisStep["axis"], from: readonly Item[], { documents }: Analysis): readonly ExpandedName[] {
  const names = from.flatMap((item): readonly ExpandedName[] => {
    if (item.kind === "document") {
      const below = axis === "child" ? [] : documents.roots.flatMap(({ descendants }) => [...descendants]);
      return [...documents.roots, ...below].map(({ name }) => name);
    }
    if (item.kind !== "element") return [];
    if (axis === "attribute") return [...item.element.attributes.values()].map(({ name }) => name);
    if (axis === "child") return [...item.element.children].map(({ name }) => name);
    if (axis === "self") return [item.element.name];
    return [item.element, ...item.element.descendants].map(({ name }) => name);
  });
  return [...new Map(names.map((name) => [String(name), name])).values()];
}

/** Where the name is instead: as an attribute, as a child, or further down. */
function placeOf(
  axis: AxisStep["axis"],
  name: ExpandedName,
  from: readonly Item[],
  analysis: Analysis,
): { readonly why: string; readonly suggestion: string } | undefined {
  const { names, documents } = analysis;
  const isNamed = ({ name: other }: { readonly name: ExpandedName }): boolean => other.localName === name.localName;
  for (const item of from) {
    if (item.kind === "document" && axis === "child") {
      const [root] = documents.roots;
      const child = root === undefined ? undefined : [...root.children].find(isNamed);
      if (root !== undefined && child !== undefined) {
        const suggestion = `${names.element(root.name)}/${names.element(child.name)}`;
        return { why: `${child.name.localName} is inside of ${root.name.localName}: write ${suggestion}`, suggestion };
      }
    }
    if (item.kind !== "element") continue;
    const { element } = item;
    const attribute = axis === "child" ? [...element.attributes.values()].find(isNamed) : undefined;
    if (attribute !== undefined) {
      const suggestion = stepTo("attribute", attribute.name, analysis);
      return { why: `${attribute.name.localName} is an attribute: write ${suggestion}`, suggestion };
    }
    const child = axis === "attribute" ? [...element.children].find(isNamed) : undefined;
    if (child !== undefined) {
      const suggestion = names.element(child.name);
      return { why: `${child.name.localName} is an element: write ${suggestion}`, suggestion };
    }
    const below = axis === "child" ? deeper(element, isNamed) : undefined;
    if (below !== undefined) {
      const suggestion = `${names.element(below.parent.name)}/${names.element(below.child.name)}`;
      return {
        why: `${below.child.name.localName} is inside of ${below.parent.name.localName}: write ${suggestion}`,
        suggestion,
      };
    }
  }
  return undefined;
}

/** A grandchild of the name, with its parent. */
function deeper(
  element: PossibleElement,
  isNamed: (element: PossibleElement) => boolean,
): { readonly parent: PossibleElement; readonly child: PossibleElement } | undefined {
  for (const parent of element.children) {
    const child = [...parent.children].find(isNamed);
    if (child !== undefined) return { parent, child };
  }
  return undefined;
}

/** `PhoneStatus has no child`, `none of Mail or PhoneStatus has a child`, `the document has no child`. */
function lack(axis: AxisStep["axis"], from: readonly Item[], { documents }: Analysis): string {
  const relation = RELATIONS[axis] ?? axis;
  const elements = from.flatMap((item) => (item.kind === "element" ? [item.element] : []));
  const names = [...new Set(elements.map(({ name }) => name.localName))];
  if (from.some(({ kind }) => kind === "document")) return `the document has no ${relation}`;
  if (names.length <= 1)
    return `${names[0] ?? "what is in front of it"} ${axis === "self" ? "is no" : `has no ${relation}`}`;
  const areEvents = elements.every((each) => documents.events.has(each)) && names.length > 3;
  return `none of ${areEvents ? "the events" : listOr(names)} ${axis === "self" ? "is a" : `has a ${relation}`}`;
}

const RELATIONS: Partial<Readonly<Record<AxisStep["axis"], string>>> = {
  descendant: "element inside called",
  "descendant-or-self": "element inside called",
};

/** The names themselves, where they are few. */
function whatThereIs(names: readonly ExpandedName[]): string {
  if (names.length === 0 || names.length > MAX_SHOWN_NAMES) return "";
  return `, only ${names.map(({ localName }) => localName).join(", ")}`;
}

function stepTo(axis: AxisStep["axis"], name: ExpandedName, { names }: Analysis): string {
  return axis === "attribute" ? `@${names.attribute(name)}` : names.element(name);
}

const MAX_SHOWN_NAMES = 12;
