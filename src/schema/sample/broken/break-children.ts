import { internName, sameName } from "../../../xml/index.ts";
import type { ComponentTable } from "../../model/component-table.ts";
import { ContentMatcher } from "../../model/content-matcher.ts";
import { viewOf, type ComplexTypeView } from "../../problems/type-view.ts";
import { elementsOf, plainText, type SampleContent, type SampleElement } from "../sample-tree.ts";
import type { Breakage, Breaker, Breaking } from "./breakage.ts";
import { misspell } from "./misspell.ts";

/** Breaks the content model of an element: what is in it, how often, and in which order (XML Schema 1.0 part 1, section 3.4.4). */
export const breakChildren: Breaker = function* (element, breaking) {
  const { type, isNil, name } = element;
  if (type?.kind !== "complexType" || isNil) return;
  const view = viewOf(type, breaking.table);
  if (view.text !== undefined) return;
  const { particle, isMixed } = view;
  if (particle === undefined && !isMixed) {
    yield* breakEmptiness(element);
    return;
  }
  if (!isMixed) {
    const replacement = { ...element, content: [...element.content, plainText("text")] };
    const description = `text between the elements of ${name.localName}, which holds elements only`;
    yield { replacement, at: replacement, rule: "cvc-complex-type.2.3", kind: "text", description };
  }
  const place: Place = { element, view, breaking };
  yield* insertStranger(place);
  for (const [index, child] of element.content.entries()) {
    if (child.kind !== "element") continue;
    yield* removeChild(place, index, child);
    yield* renameChild(place, index, child);
    yield* repeatChild(place, index, child);
    yield* swapChildren(place, index, child);
  }
};

interface Place {
  readonly element: SampleElement;
  readonly view: ComplexTypeView;
  readonly breaking: Breaking;
}

function* breakEmptiness(element: SampleElement): Iterable<Breakage> {
  const rule = "cvc-complex-type.2.1";
  const { localName } = element.name;
  const withText = { ...element, content: [plainText("text")] };
  yield {
    replacement: withText,
    at: withText,
    rule,
    kind: "text",
    description: `text in ${localName}, which must be empty`,
  };
  const withChild = { ...element, content: [stranger(element, "Unexpected")] };
  const description = `an element in ${localName}, which must be empty`;
  yield { replacement: withChild, at: withChild, rule, kind: "unexpected", description };
}

function* insertStranger({ element, view, breaking }: Place): Iterable<Breakage> {
  const child = stranger(element, "Unexpected");
  const position = breaking.random.between(0, element.content.length);
  const replacement = { ...element, content: element.content.toSpliced(position, 0, child) };
  if (firstRejected(replacement, view, breaking.table) !== child) return;
  const description = `an element ${child.name.localName} in ${element.name.localName} that nothing declares`;
  yield { replacement, at: child, rule: CONTENT, kind: "unexpected", description };
}

function* removeChild({ element, view, breaking }: Place, index: number, child: SampleElement): Iterable<Breakage> {
  const replacement = { ...element, content: element.content.toSpliced(index, 1) };
  if (firstRejected(replacement, view, breaking.table) === undefined) return;
  const description = `${child.name.localName} is missing in ${element.name.localName}`;
  yield { replacement, at: replacement, rule: CONTENT, kind: `missing ${String(child.name)}`, description };
}

function* renameChild({ element, view, breaking }: Place, index: number, child: SampleElement): Iterable<Breakage> {
  const { localName, namespace } = child.name;
  const names = [
    { name: internName(namespace, misspell(localName)), kind: "misspelt" },
    { name: internName("urn:example:other", localName), kind: "namespace" },
  ];
  const head = child.declaration?.substitutionGroup;
  const abstractHead = head === undefined ? undefined : breaking.table.element(head);
  if (abstractHead?.isAbstract === true) {
    const abstract = { ...child, name: abstractHead.name, declaration: abstractHead };
    const replacement = { ...element, content: element.content.with(index, abstract) };
    const description = `${abstractHead.name.localName} is abstract; only its substitutes may occur`;
    yield { replacement, at: abstract, rule: "cvc-elt.2", kind: `abstract ${String(head)}`, description };
  }
  for (const { name, kind } of names) {
    const renamed: SampleElement = { ...child, name };
    const replacement = { ...element, content: element.content.with(index, renamed) };
    if (view.elements.has(String(name)) || firstRejected(replacement, view, breaking.table) !== renamed) continue;
    const description =
      kind === "misspelt" ? `${localName} is misspelt ${name.localName}` : `${localName} is in the wrong namespace`;
    yield { replacement, at: renamed, rule: CONTENT, kind: `${kind} ${String(child.name)}`, description };
  }
}

/** Repeats a child until there is one too many. */
function* repeatChild({ element, view, breaking }: Place, index: number, child: SampleElement): Iterable<Breakage> {
  const copies: SampleElement[] = [];
  while (copies.length < MAX_COPIES) {
    copies.push({ ...child });
    const replacement = { ...element, content: element.content.toSpliced(index + 1, 0, ...copies) };
    const rejected = firstRejected(replacement, view, breaking.table);
    if (rejected === undefined) continue;
    if (typeof rejected === "string" || !copies.includes(rejected)) return;
    const description = `${child.name.localName} occurs once too often in ${element.name.localName}`;
    yield { replacement, at: rejected, rule: CONTENT, kind: `too many ${String(child.name)}`, description };
    return;
  }
}

function* swapChildren({ element, view, breaking }: Place, index: number, child: SampleElement): Iterable<Breakage> {
  const next = element.content.findIndex((each, i) => i > index && each.kind === "element");
  const other = element.content[next];
  if (other?.kind !== "element" || sameName(other.name, child.name)) return;
  const replacement = { ...element, content: element.content.with(index, other).with(next, child) };
  const rejected = firstRejected(replacement, view, breaking.table);
  if (rejected === undefined || typeof rejected === "string") return;
  const description = `${other.name.localName} stands before ${child.name.localName}`;
  const kind = `order ${String(child.name)} ${String(other.name)}`;
  yield { replacement, at: rejected, rule: CONTENT, kind, description };
}

/** The first child that the content model does not allow; `end` when only something is missing; undefined when all is well. */
function firstRejected(
  element: SampleElement,
  { particle }: ComplexTypeView,
  table: ComponentTable,
): SampleElement | "end" | undefined {
  const matcher = new ContentMatcher(particle, table);
  for (const child of elementsOf(element)) if (!matcher.accept(child.name)) return child;
  return matcher.missing.length === 0 ? undefined : "end";
}

/** An element that nothing declares. */
export function stranger(parent: SampleElement, localName: string): SampleElement & SampleContent {
  const name = internName(parent.name.namespace, localName);
  return { kind: "element", name, declaration: undefined, type: undefined, isNil: false, attributes: [], content: [] };
}

/** An element that the content model does not allow, or that is missing. */
const CONTENT = "cvc-complex-type.2.4";

/** Repetitions after which an element counts as unbounded. */
const MAX_COPIES = 40;
