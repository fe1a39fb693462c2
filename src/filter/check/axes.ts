import type { PossibleElement } from "../../schema/index.ts";
import type { Axis } from "../syntax/ast.ts";
import { XSI_NAMESPACE } from "../values/namespaces.ts";
import type { Analysis } from "./analysis.ts";
import type { EventSet } from "./event-set.ts";
import type { NodeTest } from "./node-test.ts";
import { within, type Item } from "./value.ts";

/** The nodes that an axis may lead to from an item, as far as they pass the test. Events are not told apart better than by item. */
export function nodesOn(axis: Axis, from: Item, test: NodeTest, analysis: Analysis): readonly Item[] {
  if (from.kind === "anything") return [from];
  if (from.kind === "atomic") return [];
  switch (axis) {
    case "child":
      return childrenOf(from, test, analysis);
    case "descendant":
      return descendantsOf(from, test, analysis);
    case "self":
      return selfOf(from, test);
    case "descendant-or-self":
      return [...selfOf(from, test), ...descendantsOf(from, test, analysis)];
    case "attribute":
      return attributesOf(from, test);
    case "parent":
      return parentsOf(from, test, analysis);
    case "namespace":
      return test.leaves ? [{ kind: "leaf", events: from.events }] : [];
    case "ancestor-or-self":
      return [...selfOf(from, test), ...everywhere(from.events, test, analysis)];
    default:
      return everywhere(from.events, test, analysis);
  }
}

function childrenOf(from: Item, test: NodeTest, analysis: Analysis): readonly Item[] {
  const { events } = from;
  const leaves: readonly Item[] = test.leaves ? [{ kind: "leaf", events }] : [];
  if (from.kind === "anyElement") return test.elements ? [{ kind: "anyElement", events }, ...leaves] : leaves;
  if (from.kind === "document") {
    const roots = test.elements ? analysis.documents.roots.filter(({ name }) => test.fits(name)) : [];
    return [...roots.map((element): Item => ({ kind: "element", element, events })), ...leaves];
  }
  if (from.kind !== "element") return [];
  if (!test.elements) return leaves;
  const { element } = from;
  const children =
    test.name === undefined
      ? [...element.children].filter(({ name }) => test.fits(name))
      : element.childrenNamed(test.name);
  return [
    ...children.map((child): Item => ({
      kind: "element",
      element: child,
      events: events & eventsBelow(element, child, analysis),
    })),
    ...(element.admits(test.namespace) ? [{ kind: "anyElement", events } as const] : []),
    ...leaves,
  ];
}

/** An element in the place of the event tells which event it is. */
function eventsBelow(parent: PossibleElement, child: PossibleElement, analysis: Analysis): EventSet {
  return analysis.documents.roots.includes(parent) ? analysis.eventTypesOf(child) : analysis.universe.all;
}

function descendantsOf(from: Item, test: NodeTest, analysis: Analysis): readonly Item[] {
  switch (from.kind) {
    case "document":
      return childrenOf(from, ANY_ELEMENT, analysis).flatMap((root) => [
        ...selfOf(root, test),
        ...descendantsOf(root, test, analysis),
      ]);
    case "element": {
      if (!analysis.documents.roots.includes(from.element)) return withinElement(from.element, from.events, test);
      const leaves: readonly Item[] = test.leaves ? [{ kind: "leaf", events: from.events }] : [];
      const below = childrenOf(from, ANY_ELEMENT, analysis).flatMap((child) => [
        ...selfOf(child, test),
        ...descendantsOf(child, test, analysis),
      ]);
      return [...below, ...leaves];
    }
    default:
      return childrenOf(from, test, analysis);
  }
}

function withinElement(element: PossibleElement, events: EventSet, test: NodeTest): readonly Item[] {
  const leaves: readonly Item[] = test.leaves ? [{ kind: "leaf", events }] : [];
  if (!test.elements) return leaves;
  const found =
    test.name === undefined
      ? [...element.descendants].filter(({ name }) => test.fits(name))
      : element.descendantsNamed(test.name);
  return [
    ...found.map((each): Item => ({ kind: "element", element: each, events })),
    ...(element.admitsBelow ? [{ kind: "anyElement", events } as const] : []),
    ...leaves,
  ];
}

function selfOf(from: Item, test: NodeTest): readonly Item[] {
  switch (from.kind) {
    case "document":
      return test.documents ? [from] : [];
    case "element":
      return test.elements && test.fits(from.element.name) ? [from] : [];
    case "anyElement":
      return test.elements ? [from] : [];
    case "attribute":
      return test.attributes && test.fits(from.name) ? [from] : [];
    default:
      return test.leaves || test.attributes ? [from] : [];
  }
}

function attributesOf(from: Item, test: NodeTest): readonly Item[] {
  const { events } = from;
  if (!test.attributes) return [];
  if (from.kind === "anyElement") return [{ kind: "leaf", events }];
  if (from.kind !== "element") return [];
  const { element } = from;
  const declared = [...element.attributes.values()].filter(({ name }) => test.fits(name));
  const isOpen =
    element.admitsAttribute(test.namespace) ||
    ((test.namespace ?? XSI_NAMESPACE) === XSI_NAMESPACE &&
      (test.name === undefined || XSI_NAMES.has(test.name.localName)));
  return [
    ...declared.map(({ name, text }): Item => ({ kind: "attribute", name, text, events })),
    ...(isOpen ? [{ kind: "leaf", events } as const] : []),
  ];
}

function parentsOf(from: Item, test: NodeTest, analysis: Analysis): readonly Item[] {
  const all = everywhere(from.events, test, analysis);
  if (from.kind === "document") return [];
  if (from.kind !== "element") return all;
  const { element } = from;
  const isRoot = analysis.documents.roots.includes(element);
  return all.filter((each) => {
    if (each.kind === "element") return each.element.children.has(element) || each.element.admits();
    return each.kind !== "leaf" && (each.kind !== "document" || isRoot);
  });
}

/** Every node of the documents: what an axis upwards or sideways leads to is among them. */
function everywhere(events: EventSet, test: NodeTest, analysis: Analysis): readonly Item[] {
  const document: Item = { kind: "document", events: analysis.universe.all };
  const all = [...selfOf(document, test), ...descendantsOf(document, test, analysis)];
  analysis.charge(all.length);
  return all.map((each) => within(each, events));
}

const ANY_ELEMENT: NodeTest = {
  name: undefined,
  namespace: undefined,
  elements: true,
  attributes: false,
  documents: false,
  leaves: false,
  fits: () => true,
};

/** Attributes of xsi may stand at every element (XML Schema 1.0 part 1, section 2.6). */
const XSI_NAMES: ReadonlySet<string> = new Set(["type", "nil", "schemaLocation", "noNamespaceSchemaLocation"]);
