import type { ExpandedName } from "../../xml/index.ts";

/** Which elements or attributes a step selects by their name. */
export type NameTest =
  | { readonly kind: "name"; readonly name: ExpandedName }
  | { readonly kind: "any" }
  | { readonly kind: "namespace"; readonly namespace: string }
  | { readonly kind: "localName"; readonly localName: string };

/**
 * A step of a path that the index understands. `deep` stands for `descendant-or-self::node()`, the step between the slashes of `//`;
 * `descendant::x` is `deep` and `child::x`.
 */
export type Step =
  | { readonly kind: "child"; readonly test: NameTest }
  | { readonly kind: "attribute"; readonly test: NameTest }
  | { readonly kind: "text" }
  | { readonly kind: "deep" };

export const DEEP: Step = { kind: "deep" };
export const TEXT: Step = { kind: "text" };

/** Whether nothing can come behind the step. */
export function isLeaf({ kind }: Step): boolean {
  return kind === "attribute" || kind === "text";
}

/** Whether a name passes the test. */
export function passes(test: NameTest, name: ExpandedName): boolean {
  switch (test.kind) {
    case "name":
      return test.name === name || (test.name.localName === name.localName && test.name.namespace === name.namespace);
    case "any":
      return true;
    case "namespace":
      return test.namespace === name.namespace;
    case "localName":
      return test.localName === name.localName;
  }
}

/** The path as it is written in XPath, with expanded names; equal for equal paths. */
export function pathText(steps: readonly Step[]): string {
  return steps.map(stepText).join("").replaceAll("///", "//");
}

/** One step with the slash before it. */
export function stepText(step: Step): string {
  switch (step.kind) {
    case "child":
      return `/${testText(step.test)}`;
    case "attribute":
      return `/@${testText(step.test)}`;
    case "text":
      return "/text()";
    case "deep":
      return "//";
  }
}

function testText(test: NameTest): string {
  switch (test.kind) {
    case "name":
      return nameText(test.name);
    case "any":
      return "*";
    case "namespace":
      return `Q{${test.namespace}}*`;
    case "localName":
      return `*:${test.localName}`;
  }
}

/** `Q{namespace}local`, or `local`. */
export function nameText({ namespace, localName }: ExpandedName): string {
  return namespace === "" ? localName : `Q{${namespace}}${localName}`;
}
