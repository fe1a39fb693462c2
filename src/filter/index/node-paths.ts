import type { AxisStep, Expression, NodeTestSyntax } from "../syntax/ast.ts";
import type { AnalysisScope } from "./analysis-scope.ts";
import {
  ALWAYS,
  EXISTS,
  and,
  nodeVariable,
  or,
  type Anchor,
  type Formula,
  type NodeVariable,
  type ValueTest,
} from "./formula.ts";
import { stepWithName } from "./name-predicate.ts";
import { DEEP, TEXT, isLeaf, type NameTest, type Step } from "./steps.ts";

/** Nodes of the document that an expression may give, as a path. */
export interface NodePath {
  /** Nodes on the way that conditions are about, from the outside in. */
  readonly wraps: readonly Wrap[];
  readonly anchor: Anchor;
  readonly steps: readonly Step[];
  /** More steps follow that the index does not know: there are nodes only where this path has some. */
  readonly isOpen: boolean;
  /** Empty when the expression gives all nodes of the path. */
  readonly reason: string;
}

interface Wrap {
  readonly variable: NodeVariable;
  readonly anchor: Anchor;
  readonly steps: readonly Step[];
  readonly condition: Formula;
}

/** Several paths, whose nodes come together. */
export type NodePaths = readonly NodePath[];

/** Alternatives of one path at most. */
const MAX_PATHS = 16;

/** The document itself, or the node that a variable stands for. */
export function pathAt(anchor: Anchor): NodePath {
  return { wraps: [], anchor, steps: [], isOpen: false, reason: "" };
}

/** That one of the nodes passes the test; only that there are nodes, where the path is not known to its end. */
export function someNode(paths: NodePaths, test: ValueTest, reason: string = ""): Formula {
  return or(
    ...paths.map((path) => {
      const known = closed(path);
      const inner: Formula = {
        kind: "test",
        anchor: known.anchor,
        steps: known.steps,
        test: known.isOpen ? EXISTS : test,
        reason: known.reason === "" ? reason : known.reason,
      };
      const isTrivial = inner.test.kind === "exists" && inner.steps.length === 0 && inner.reason === "";
      return wrapped(known, isTrivial ? ALWAYS : inner);
    }),
  );
}

/** The condition for some node of the path, which `body` gets as a path of its own. */
export function someBound(paths: NodePaths, body: (node: NodePath) => Formula): Formula {
  return or(
    ...paths.map((each) => {
      const path = closed(each);
      if (path.isOpen) return and(someNode([path], EXISTS), body(path));
      const bound = bind(path);
      return wrapped(bound, and(...(path.reason === "" ? [] : [inexact(path.reason)]), body(pathAt(bound.anchor))));
    }),
  );
}

function inexact(reason: string): Formula {
  return { kind: "all", isExact: false, reason };
}

function wrapped({ wraps }: NodePath, inner: Formula): Formula {
  return wraps.reduceRight<Formula>(
    (body, { variable, anchor, steps, condition }) => ({
      kind: "some",
      variable,
      anchor,
      steps,
      body: and(condition, body),
    }),
    inner,
  );
}

/** A path that ends with `//` gives nodes of all kinds, which the index does not follow. */
function closed(path: NodePath): NodePath {
  if (path.steps.at(-1)?.kind !== "deep") return path;
  return { ...path, steps: path.steps.slice(0, -1), isOpen: true, reason: "a step to nodes of any kind" };
}

/** Whether the nodes of the path are attributes or texts. */
function endsInLeaf({ anchor, steps }: NodePath): boolean {
  const last = steps.at(-1);
  return last === undefined ? anchor !== "document" && anchor.isLeaf : isLeaf(last);
}

/** The path with a variable for each of its nodes. */
function bind(path: NodePath): NodePath {
  if (path.anchor !== "document" && path.steps.length === 0) return path;
  const variable = nodeVariable(endsInLeaf(path));
  const wrap: Wrap = { variable, anchor: path.anchor, steps: path.steps, condition: ALWAYS };
  return { ...path, wraps: [...path.wraps, wrap], anchor: variable, steps: [] };
}

/** The nodes that an expression gives; undefined when they are not known to be nodes of the document. */
export function nodePathsOf(expression: Expression, scope: AnalysisScope): NodePaths | undefined {
  switch (expression.kind) {
    case "contextItem":
      return scope.focus;
    case "variable":
      return nodesOfVariable(expression, scope);
    case "step":
      return scope.focus === undefined ? undefined : stepFrom(scope.focus, expression, scope);
    case "path":
      return nodesOfPath(expression, scope);
    case "filter": {
      const base = scope.nodes(expression.base);
      return base === undefined ? undefined : base.map((path) => filtered(path, expression.predicate, scope));
    }
    case "sequence":
      return together(expression.items, scope);
    case "binary": {
      if (expression.operator === "union") return together([expression.left, expression.right], scope);
      if (expression.operator !== "intersect" && expression.operator !== "except") return undefined;
      return scope.nodes(expression.left)?.map((path) => ({ ...path, reason: `the operator ${expression.operator}` }));
    }
    case "ordered":
    case "unordered":
      return scope.nodes(expression.body);
    default:
      return undefined;
  }
}

function nodesOfVariable(
  { name }: Extract<Expression, { kind: "variable" }>,
  scope: AnalysisScope,
): NodePaths | undefined {
  const value = scope.valueOf(name);
  if (value?.kind === "nodes") return value.paths;
  return value?.kind === "deferred" ? value.scope.nodes(value.expression) : undefined;
}

function nodesOfPath(
  { left, right }: Extract<Expression, { kind: "path" }>,
  scope: AnalysisScope,
): NodePaths | undefined {
  // Nodes that a query makes have another root.
  const start = left === "root" ? scope.focus && [pathAt("document")] : scope.nodes(left);
  if (start === undefined || right === undefined) return start;
  if (right.kind === "step") return stepFrom(start, right, scope);
  const all: NodePath[] = [];
  for (const each of start) {
    const path = closed(each);
    const bound = path.isOpen ? path : bind(path);
    const found = scope.withFocus([path.isOpen ? path : pathAt(bound.anchor)]).nodes(right);
    if (found === undefined) return undefined;
    for (const node of found) {
      const wraps = path.isOpen ? node.wraps : [...bound.wraps, ...node.wraps];
      all.push({ ...node, wraps, reason: node.reason === "" ? path.reason : node.reason });
    }
  }
  return all.length > MAX_PATHS ? undefined : all;
}

function together(items: readonly Expression[], scope: AnalysisScope): NodePaths | undefined {
  const all: NodePath[] = [];
  for (const item of items) {
    const paths = scope.nodes(item);
    if (paths === undefined || all.length + paths.length > MAX_PATHS) return undefined;
    all.push(...paths);
  }
  return all;
}

function stepFrom(paths: NodePaths, step: AxisStep, scope: AnalysisScope): NodePaths {
  return paths.map((path) =>
    step.predicates.reduce((found, predicate) => filtered(found, predicate, scope), moved(path, step, scope)),
  );
}

function moved(path: NodePath, { axis, test }: AxisStep, scope: AnalysisScope): NodePath {
  if (path.isOpen) return path;
  const open = (reason: string): NodePath => ({ ...closed(path), isOpen: true, reason });
  const last = path.steps.at(-1);
  if (axis === "self") {
    if (test.kind === "anyNode") return path;
    return { ...path, reason: "a test of the node itself" };
  }
  if (endsInLeaf(path)) return open("a step from an attribute or text");
  const to = (...steps: readonly Step[]): NodePath => ({ ...path, steps: [...path.steps, ...steps] });
  if (axis === "descendant-or-self" && test.kind === "anyNode") return last?.kind === "deep" ? path : to(DEEP);
  if (axis === "child" && test.kind === "text") return to(TEXT);
  const names = nameTest(test, axis === "attribute" ? "attribute" : "element", scope);
  if (names === undefined) return open(`the test ${test.kind}`);
  switch (axis) {
    case "child":
      return to({ kind: "child", test: names });
    case "attribute":
      return to({ kind: "attribute", test: names });
    case "descendant":
      return last?.kind === "deep" ? to({ kind: "child", test: names }) : to(DEEP, { kind: "child", test: names });
    default:
      return open(`the axis ${axis}`);
  }
}

function nameTest(
  test: NodeTestSyntax,
  principal: "element" | "attribute",
  scope: AnalysisScope,
): NameTest | undefined {
  switch (test.kind) {
    case "name": {
      const name = scope.names.resolve(test.name, principal === "element" ? "element" : "none");
      return name === undefined ? undefined : { kind: "name", name };
    }
    case "wildcard": {
      if (test.localName !== undefined) return { kind: "localName", localName: test.localName };
      if (test.uri === undefined && test.prefix === undefined) return { kind: "any" };
      const namespace = test.uri ?? scope.names.namespaceOf(test.prefix!);
      return namespace === undefined ? undefined : { kind: "namespace", namespace };
    }
    default:
      return test.kind === principal && test.name === undefined && test.type === undefined
        ? { kind: "any" }
        : undefined;
  }
}

/** The nodes for which a predicate holds. */
function filtered(path: NodePath, predicate: Expression, scope: AnalysisScope): NodePath {
  const known = closed(path);
  if (known.isOpen) return known;
  const [first, ...rest] =
    predicate.kind === "logical" && predicate.operator === "and" ? predicate.operands : [predicate];
  const named = stepWithName(known.steps.at(-1), first!, scope);
  if (named !== undefined) {
    const narrowed = { ...known, steps: [...known.steps.slice(0, -1), named] };
    if (rest.length === 0) return narrowed;
    return filtered(narrowed, { at: predicate.at, kind: "logical", operator: "and", operands: rest }, scope);
  }
  const last = known.wraps.at(-1);
  // Two predicates behind one another are about the same node.
  const own = known.steps.length === 0 && last?.variable === known.anchor ? last : undefined;
  const variable = own?.variable ?? nodeVariable(endsInLeaf(known));
  const inner = scope.withFocus([pathAt(variable)]);
  if (!inner.givesTruth(predicate)) return { ...known, reason: "a predicate that may be a position" };
  const condition = inner.truth(predicate);
  const wrap: Wrap =
    own === undefined
      ? { variable, anchor: known.anchor, steps: known.steps, condition }
      : { ...own, condition: and(own.condition, condition) };
  const outer = own === undefined ? known.wraps : known.wraps.slice(0, -1);
  return { ...known, wraps: [...outer, wrap], anchor: variable, steps: [] };
}
