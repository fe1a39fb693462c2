import type { LiteralSyntax } from "../syntax/ast.ts";
import type { Step } from "./steps.ts";

/** Stands for one node that a condition is about: what `for $x in …` or a predicate binds. Two of them are the same only by identity. */
export interface NodeVariable {
  readonly kind: "nodeVariable";
  /** It is an attribute or a text, from where no path goes on. */
  readonly isLeaf: boolean;
}

/** Where a path begins. */
export type Anchor = "document" | NodeVariable;

/** A new variable for a node at the end of a path. */
export function nodeVariable(isLeaf: boolean): NodeVariable {
  return { kind: "nodeVariable", isLeaf };
}

/** The order that values are compared in: numbers as xs:double, exact numbers, or instants. */
export type Scale = "double" | "exact" | "dateTime" | "date" | "time";

/** One end of an interval. */
export interface Bound {
  readonly literal: LiteralSyntax;
  readonly isNegative: boolean;
  /** The end itself is not in the interval. */
  readonly isStrict: boolean;
}

/** What is asked of the nodes that a path gives: that one of them at least… */
export type ValueTest =
  | { readonly kind: "exists" }
  | {
      readonly kind: "equals" | "prefix" | "suffix" | "contains";
      readonly literal: LiteralSyntax;
      /** More than one node is an error. */
      readonly isSingle: boolean;
    }
  | {
      readonly kind: "range";
      readonly scale: Scale;
      readonly lower: Bound | undefined;
      readonly upper: Bound | undefined;
      readonly isSingle: boolean;
      /** A node that has no value of that kind is an error; otherwise it does not count. */
      readonly isStrict: boolean;
    };

export const EXISTS: ValueTest = { kind: "exists" };

/**
 * A condition that must hold where the filter matches. It is never too narrow: what is not understood is `all`.
 * Where `isExact` is true everywhere, the filter matches whenever the condition holds, unless it ends in an error that one of its tests
 * tells of.
 */
export type Formula =
  | { readonly kind: "all"; readonly isExact: boolean; /** Why it is not exact. */ readonly reason: string }
  | { readonly kind: "none" }
  | { readonly kind: "and" | "or"; readonly parts: readonly Formula[] }
  | {
      readonly kind: "test";
      readonly anchor: Anchor;
      readonly steps: readonly Step[];
      readonly test: ValueTest;
      /** Empty when the test says all that the filter says here. */
      readonly reason: string;
    }
  /** There is a node on the path for which the body holds. */
  | {
      readonly kind: "some";
      readonly variable: NodeVariable;
      readonly anchor: Anchor;
      readonly steps: readonly Step[];
      readonly body: Formula;
    };

export const ALWAYS: Formula = { kind: "all", isExact: true, reason: "" };
export const NEVER: Formula = { kind: "none" };

/** Something that the index does not understand. */
export function opaque(reason: string): Formula {
  return { kind: "all", isExact: false, reason };
}

export function and(...parts: readonly Formula[]): Formula {
  if (parts.some(({ kind }) => kind === "none")) return NEVER;
  const needed = parts.filter((part) => part !== ALWAYS);
  return needed.length === 1 ? needed[0]! : needed.length === 0 ? ALWAYS : { kind: "and", parts: needed };
}

export function or(...parts: readonly Formula[]): Formula {
  const possible = parts.filter(({ kind }) => kind !== "none");
  return possible.length === 1 ? possible[0]! : possible.length === 0 ? NEVER : { kind: "or", parts: possible };
}
