import type { XmlNode } from "../../xml/index.ts";
import { positionIn } from "../position-in.ts";
import type { Expression } from "../syntax/ast.ts";
import type { Spans } from "../syntax/cursor.ts";
import { subExpressions } from "../syntax/sub-expressions.ts";
import { isNode } from "../values/match-type.ts";
import { hasDocument } from "../values/parent-of.ts";
import { QueryError } from "../values/query-error.ts";
import type { Condition, ConditionOutcome, ExplainedError, SeenValue } from "./explanation.ts";
import type { Plan } from "./plan.ts";
import { seenValue, shorten } from "./seen-values.ts";
import { textBetween } from "./source-text.ts";
import type { Trace } from "./trace.ts";
import { keyOf, type Traces } from "./traces.ts";

/** What was kept while the filter was evaluated. */
export interface Evidence {
  readonly query: string;
  readonly spans: Spans;
  readonly traces: Traces;
  /** Nodes whose values are not shown. */
  readonly sensitive: ReadonlySet<XmlNode>;
}

/** Makes the tree of conditions out of the plan and what was seen. */
export class ConditionBuilder {
  readonly #evidence: Evidence;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  build(plan: Plan): Condition {
    const { expression, kind, role } = plan;
    const trace = this.#trace(expression);
    const operands = kind === "comparison" ? comparisonOf(expression) : undefined;
    const shown = operands === undefined ? plan.operands : [operands.seen];
    const seen = shown.flatMap((each) => this.#seen(each)).slice(0, MAX_SEEN);
    const error = trace.error === undefined ? undefined : this.error(explained(trace.error, this.#evidence.query));
    const place = this.#place(expression);
    return Object.freeze<Condition>({
      kind,
      ...(role === undefined ? {} : { role }),
      text: place.text,
      line: place.line,
      column: place.column,
      outcome: outcomeOf(plan, trace),
      evaluations: trace.evaluations,
      held: kind === "step" ? trace.items : trace.held,
      seen: Object.freeze(seen),
      seenCount: shown.reduce((sum, each) => sum + this.#source(each).items, 0),
      ...(operands === undefined ? {} : { wanted: this.#wanted(operands) }),
      ...(error === undefined ? {} : { error }),
      children: Object.freeze(this.#children(plan)),
    });
  }

  /** The reason may quote a value of the event. */
  error(error: ExplainedError): ExplainedError {
    if (this.#evidence.sensitive.size === 0) return error;
    return { ...error, reason: "the message is not shown, because the event has sensitive values" };
  }

  /** Nothing of constants is watched: whether they were asked says what stands before them. */
  #children({ kind, children }: Plan): readonly Condition[] {
    const built = children.map((child) => this.build(child));
    const [first] = built;
    if (kind === "if" && first !== undefined) {
      const passed = first.outcome === "holds" ? 2 : first.outcome === "does-not-hold" ? 1 : undefined;
      return built.map((child, i) => (i > 0 && (passed ?? i) === i ? notAsked(child) : child));
    }
    if (kind !== "and" && kind !== "or") return built;
    const decides: ConditionOutcome = kind === "and" ? "does-not-hold" : "holds";
    const last = built.findIndex(({ outcome }) => outcome === decides || outcome === "error");
    return built.map((child, i) => (last >= 0 && i > last ? notAsked(child) : child));
  }

  #trace(expression: Expression): Trace {
    return this.#evidence.traces.get(keyOf(expression))!;
  }

  #place(expression: Expression): { readonly text: string; readonly line: number; readonly column: number } {
    const { query, spans } = this.#evidence;
    const { start, end } = spans.get(expression) ?? { start: expression.at, end: expression.at };
    return { text: shorten(textBetween(query, start, end)), ...positionIn(query, start) };
  }

  #wanted({ operator, wanted }: ComparisonOperands): string {
    if (wanted.kind === "literal") return `${operator} ${this.#place(wanted).text}`;
    const values = this.#seen(wanted).map(({ text }) => text);
    return `${operator} ${values.length === 0 ? this.#place(wanted).text : values.join(", ")}`;
  }

  #seen(expression: Expression): readonly SeenValue[] {
    const { samples, constant: values = samples } = this.#source(expression);
    const { sensitive } = this.#evidence;
    const isComputedHidden = sensitive.size > 0 && !values.every(isNode) && this.#mayReveal(expression);
    return values
      .slice(0, MAX_SEEN)
      .map((item) =>
        seenValue(item, isNode(item) && sensitive.size > 0 ? this.#isHidden(item, expression) : isComputedHidden),
      );
  }

  /** A path that was only asked whether it finds something has not seen what it found; its last step has. */
  #source(expression: Expression): Trace {
    const trace = this.#trace(expression);
    if (trace.items > 0 || expression.kind !== "path" || expression.right === undefined) return trace;
    return this.#source(expression.right);
  }

  /** A node that the query constructed is a computed value. */
  #isHidden(node: XmlNode, expression: Expression): boolean {
    return this.#evidence.sensitive.has(node) || (!hasDocument(node) && this.#mayReveal(expression));
  }

  /** Whether a computed value may have been made of sensitive ones: whatever cannot be followed counts. */
  #mayReveal(expression: Expression): boolean {
    const { query } = this.#evidence;
    const pending = [expression];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (isOpaque(next, query) || this.#trace(next).sawSensitive) return true;
      for (const inner of subExpressions(next)) pending.push(inner);
    }
    return false;
  }
}

function notAsked(condition: Condition): Condition {
  return condition.evaluations > 0 ? condition : { ...condition, outcome: "not-evaluated" };
}

/** Values that a condition shows. */
const MAX_SEEN = 5;

interface ComparisonOperands {
  readonly operator: string;
  readonly seen: Expression;
  readonly wanted: Expression;
}

/** The side with the literal is what is wanted, wherever it stands. */
function comparisonOf(expression: Expression): ComparisonOperands | undefined {
  if (expression.kind !== "binary") return undefined;
  const { operator, left, right } = expression;
  if (left.kind !== "literal" || right.kind === "literal") return { operator, seen: left, wanted: right };
  return { operator: MIRRORED[operator] ?? operator, seen: right, wanted: left };
}

const MIRRORED: Readonly<Record<string, string>> = {
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
  lt: "gt",
  le: "ge",
  gt: "lt",
  ge: "le",
};

function outcomeOf({ kind, needsAll }: Plan, trace: Trace): ConditionOutcome {
  const { error, evaluations, held, failed, items, constant } = trace;
  if (error !== undefined) return "error";
  if (constant !== undefined) return trace.constantHolds ? "holds" : "does-not-hold";
  if (evaluations === 0) return "not-evaluated";
  if (kind === "step") return items > 0 ? "holds" : "does-not-hold";
  if (held + failed === 0) return "not-evaluated";
  const holds = needsAll ? failed === 0 : held > 0;
  return holds ? "holds" : "does-not-hold";
}

function explained(error: QueryError | RangeError, query: string): ExplainedError {
  if (!(error instanceof QueryError)) return { code: "XPDY0130", reason: "the evaluation recurses too deeply" };
  const { code, reason, at } = error;
  return { code, reason: shorten(reason), ...(at === undefined ? {} : positionIn(query, at)) };
}

function isOpaque(expression: Expression, query: string): boolean {
  if (expression.kind !== "functionCall") return !TRANSPARENT.has(expression.kind);
  const { name, arguments: args } = expression;
  const isStandard =
    name.uri === undefined && STANDARD_PREFIXES.has(name.prefix) && !query.includes("default function");
  return !isStandard || (args.length === 0 && !WITHOUT_FOCUS.has(name.localName));
}

/** Expressions whose value is made of the expressions in them, all of which are watched. */
const TRANSPARENT: ReadonlySet<Expression["kind"]> = new Set<Expression["kind"]>([
  ...([
    "literal",
    "contextItem",
    "sequence",
    "path",
    "step",
    "filter",
    "simpleMap",
    "unary",
    "logical",
    "binary",
  ] as const),
  ...(["instanceOf", "treatAs", "castAs", "castableAs", "if", "ordered", "unordered"] as const),
]);

const STANDARD_PREFIXES: ReadonlySet<string> = new Set(["", "fn", "xs", "math"]);

/** Functions without arguments that do not read the context item's value. */
const WITHOUT_FOCUS: ReadonlySet<string> = new Set([
  ...["true", "false", "position", "last", "current-dateTime", "current-date", "current-time"],
]);
