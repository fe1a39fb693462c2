import { nodeVariable, type Anchor, type Formula, type NodeVariable, type ValueTest } from "./formula.ts";
import type { Step } from "./steps.ts";

/** One alternative of a filter: nodes that must be there, and tests that they must all pass. */
export interface Conjunct {
  /** Outer nodes come before those that are found from them. */
  readonly nodes: readonly ConjunctNode[];
  readonly tests: readonly ConjunctTest[];
  /** What keeps the conjunct from saying all that the filter says; empty when it does. */
  readonly reasons: readonly string[];
}

export interface ConjunctNode {
  readonly variable: NodeVariable;
  readonly anchor: Anchor;
  readonly steps: readonly Step[];
}

export interface ConjunctTest {
  readonly anchor: Anchor;
  readonly steps: readonly Step[];
  readonly test: ValueTest;
}

const NOTHING: Conjunct = { nodes: [], tests: [], reasons: [] };

/**
 * The disjunctive normal form: the formula holds where one of the conjuncts does. Where that needs more conjuncts than allowed, parts are
 * left out, which makes the conjuncts wider, never too narrow.
 */
export function conjunctsOf(formula: Formula, limit: number): readonly Conjunct[] {
  return expand(formula, new Map(), limit);
}

type Renaming = ReadonlyMap<NodeVariable, Anchor>;

function expand(formula: Formula, renamed: Renaming, limit: number): readonly Conjunct[] {
  switch (formula.kind) {
    case "all":
      return [{ ...NOTHING, reasons: formula.isExact ? [] : [formula.reason] }];
    case "none":
      return [];
    case "test": {
      const { steps, test, reason } = formula;
      const isTrivial = steps.length === 0 && test.kind === "exists";
      const tests = isTrivial ? [] : [{ anchor: rename(formula.anchor, renamed), steps, test }];
      return [{ ...NOTHING, tests, reasons: reason === "" ? [] : [reason] }];
    }
    case "and":
      return formula.parts.reduce<readonly Conjunct[]>(
        (found, part) => combine(found, expand(part, renamed, limit), limit),
        [NOTHING],
      );
    case "or": {
      const all = formula.parts.flatMap((part) => expand(part, renamed, limit));
      return all.length <= limit ? all : [{ ...NOTHING, reasons: [`more than ${limit} alternatives`] }];
    }
    case "some": {
      const anchor = rename(formula.anchor, renamed);
      if (formula.steps.length === 0) {
        return expand(formula.body, new Map(renamed).set(formula.variable, anchor), limit);
      }
      // Each use of the condition is about a node of its own.
      const variable = nodeVariable(formula.variable.isLeaf);
      const body = expand(formula.body, new Map(renamed).set(formula.variable, variable), limit);
      const node: ConjunctNode = { variable, anchor, steps: formula.steps };
      return body.map((conjunct) => ({ ...conjunct, nodes: [node, ...conjunct.nodes] }));
    }
  }
}

function combine(left: readonly Conjunct[], right: readonly Conjunct[], limit: number): readonly Conjunct[] {
  if (left.length * right.length > limit) {
    const fewer = left.length < right.length ? left : right;
    return fewer.map((each) => ({ ...each, reasons: [...each.reasons, `more than ${limit} alternatives`] }));
  }
  return left.flatMap((a) =>
    right.map((b) => ({
      nodes: [...a.nodes, ...b.nodes],
      tests: [...a.tests, ...b.tests],
      reasons: [...a.reasons, ...b.reasons],
    })),
  );
}

function rename(anchor: Anchor, renamed: Renaming): Anchor {
  return anchor === "document" ? anchor : (renamed.get(anchor) ?? anchor);
}
