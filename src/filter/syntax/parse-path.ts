import { QueryError } from "../values/query-error.ts";
import type { Axis, AxisStep, Expression, NodeTestSyntax } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parsePostfix, startsPrimary } from "./parse-primary.ts";
import { tryKindTest } from "./parse-types.ts";

/** `PathExpr` (XQuery 3.1, section 3.3). */
export function parsePath(cursor: Cursor): Expression {
  const at = cursor.start();
  if (cursor.take("//")) {
    const rooted: Expression = { at, kind: "path", left: "root", right: abbreviated(at) };
    return parseRelative(cursor, { at, kind: "path", left: rooted, right: cursor.placed(parseStep) });
  }
  if (cursor.take("/")) {
    if (!startsStep(cursor)) return { at, kind: "path", left: "root", right: undefined };
    return parseRelative(cursor, { at, kind: "path", left: "root", right: cursor.placed(parseStep) });
  }
  return parseRelative(cursor, cursor.placed(parseStep));
}

function parseRelative(cursor: Cursor, first: Expression): Expression {
  let left = first;
  for (let steps = 1; ; steps++) {
    const at = cursor.start();
    if (steps > MAX_STEPS) {
      throw new QueryError("xqbus:limit-exceeded", `a path has more than ${MAX_STEPS} steps`, at);
    }
    if (cursor.take("//")) left = { at, kind: "path", left, right: abbreviated(at) };
    else if (!cursor.take("/")) return left;
    left = { at, kind: "path", left, right: cursor.placed(parseStep) };
  }
}

const MAX_STEPS = 500;

/** Each is evaluated inside the one before it. */
const MAX_PREDICATES = 100;

/** What `//` stands for between two steps. */
function abbreviated(at: number): AxisStep {
  const test = { at, kind: "anyNode" } as const;
  return { at, kind: "step", axis: "descendant-or-self", test, predicates: [], isAbbreviated: true };
}

/** Whether a step comes next: behind a lone `/` it decides what the `/` is (section 3.3, "leading-lone-slash"). */
function startsStep(cursor: Cursor): boolean {
  cursor.skip();
  const next = cursor.text[cursor.position] ?? "";
  if (next !== "" && (cursor.language === "xquery" ? "*@.<" : "*@.").includes(next)) return true;
  return cursor.peekName() !== "" || startsPrimary(cursor);
}

function parseStep(cursor: Cursor): Expression {
  const step = tryAxisStep(cursor);
  if (step === undefined) return parsePostfix(cursor);
  const predicates: Expression[] = [];
  while (cursor.take("[")) {
    predicates.push(cursor.expression());
    cursor.expect("]", "behind the predicate");
    if (predicates.length > MAX_PREDICATES) {
      throw new QueryError("xqbus:limit-exceeded", `a step has more than ${MAX_PREDICATES} predicates`, step.at);
    }
  }
  return { ...step, predicates };
}

function tryAxisStep(cursor: Cursor): Omit<AxisStep, "predicates"> | undefined {
  const at = cursor.start();
  if (cursor.take("..")) return { at, kind: "step", axis: "parent", test: { at, kind: "anyNode" } };
  if (cursor.take("@")) return { at, kind: "step", axis: "attribute", test: parseNodeTest(cursor) };
  const word = cursor.peekName();
  if (cursor.seesWordsThen([word], "::")) {
    if (!AXES.has(word))
      throw new QueryError("XPST0003", `"${word}" is not an axis; expected one of ${AXIS_NAMES}`, at);
    cursor.takeWords(word);
    cursor.expect("::");
    return { at, kind: "step", axis: word as Axis, test: parseNodeTest(cursor) };
  }
  if (startsPrimary(cursor)) return undefined;
  const test = tryNodeTest(cursor);
  if (test === undefined) return undefined;
  const isAttribute = test.kind === "attribute" || test.kind === "schemaAttribute";
  return {
    at,
    kind: "step",
    axis: isAttribute ? "attribute" : test.kind === "namespaceNode" ? "namespace" : "child",
    test,
  };
}

function parseNodeTest(cursor: Cursor): NodeTestSyntax {
  const test = tryNodeTest(cursor);
  if (test === undefined) throw cursor.unexpected('a name, "*" or a test such as node()');
  return test;
}

/** A name, wildcard or kind test; also what a `catch` clause has. */
export function tryNodeTest(cursor: Cursor): NodeTestSyntax | undefined {
  const kind = tryKindTest(cursor);
  return kind ?? tryNameTest(cursor);
}

/** `NameTest`: a name or a wildcard. */
export function tryNameTest(cursor: Cursor): NodeTestSyntax | undefined {
  const at = cursor.start();
  const { text } = cursor;
  if (text[at] === "*") {
    cursor.position++;
    const localName = text[at + 1] === ":" && text[at + 2] !== ":" ? nameBehind(cursor, at + 2) : undefined;
    return { at, kind: "wildcard", prefix: undefined, uri: undefined, localName };
  }
  const uri = cursor.tryBracedUri();
  if (uri !== undefined && text[cursor.position] === "*") {
    cursor.position++;
    return { at, kind: "wildcard", prefix: undefined, uri, localName: undefined };
  }
  cursor.position = at;
  const name = cursor.tryQName();
  if (name === undefined) return undefined;
  if (name.prefix === "" && name.uri === undefined && text.startsWith(":*", cursor.position)) {
    cursor.position += 2;
    return { at, kind: "wildcard", prefix: name.localName, uri: undefined, localName: undefined };
  }
  return { at, kind: "name", name };
}

function nameBehind(cursor: Cursor, at: number): string {
  cursor.position = at;
  if (cursor.start() !== at) throw cursor.unexpected('a name directly behind "*:"');
  return cursor.ncName('a name behind "*:"');
}

const AXES: ReadonlySet<string> = new Set<Axis>([
  "child",
  "descendant",
  "attribute",
  "self",
  "descendant-or-self",
  "following-sibling",
  "following",
  "namespace",
  "parent",
  "ancestor",
  "preceding-sibling",
  "preceding",
  "ancestor-or-self",
]);

const AXIS_NAMES = [...AXES].filter((axis) => axis !== "namespace").join(", ");
