import type { ExpandedName } from "../../xml/index.ts";
import type { ElementDeclaration, TypeDefinition } from "../model/components.ts";
import type { SimpleTypeChecker } from "../values/index.ts";

/** An element of a document that is being made, with what it is judged by. */
export interface SampleElement {
  readonly kind: "element";
  readonly name: ExpandedName;
  /** Undefined for a made-up element that a wildcard allows. */
  readonly declaration: ElementDeclaration | undefined;
  /** The declared type, or the one that its `xsi:type` names; undefined when nobody looks into the element. */
  readonly type: TypeDefinition | undefined;
  readonly isNil: boolean;
  readonly attributes: readonly SampleAttribute[];
  readonly content: readonly SampleContent[];
}

/** What an element contains. */
export type SampleContent = SampleElement | SampleText;

/** An attribute, `xsi:type` and `xsi:nil` included. */
export interface SampleAttribute {
  readonly name: ExpandedName;
  readonly value: SampleText;
}

/** A value, or text between elements. */
export interface SampleText {
  readonly kind: "text";
  /** Set anew where other parts of the document decide: references, and keys. */
  text: string;
  /** What the text is checked by; undefined for text between elements. */
  readonly checker: SimpleTypeChecker | undefined;
  /** The value that the schema, or the caller, demands. */
  readonly fixed?: string;
  /** Prefixes that the text needs, for QNames: namespaces by prefix. */
  readonly namespaces?: Readonly<Record<string, string>>;
}

/** Text between elements, or a value that nobody checks. */
export function plainText(text: string): SampleText {
  return { kind: "text", text, checker: undefined };
}

/** A value that the caller wants. */
export function givenText(text: string, checker: SimpleTypeChecker): SampleText {
  return { kind: "text", text, checker, fixed: text };
}

/** The child elements. */
export function elementsOf({ content }: SampleElement): readonly SampleElement[] {
  return content.filter((each) => each.kind === "element");
}

/** The element and all elements in it, in document order. */
export function* allElements(element: SampleElement): Iterable<SampleElement> {
  yield element;
  for (const child of elementsOf(element)) yield* allElements(child);
}
