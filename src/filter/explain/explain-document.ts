import type { SchemaModel } from "../../schema/index.ts";
import type { XmlDocument, XmlNode } from "../../xml/index.ts";
import type { Context } from "../evaluate/environment.ts";
import { Constant } from "../evaluate/expressions/literal.ts";
import { located } from "../evaluate/located.ts";
import type { CompiledModule } from "../evaluate/module.ts";
import type { Observe } from "../evaluate/static-context.ts";
import { FilterError } from "../filter-error.ts";
import type { Expression, QueryLanguage, QuerySyntax } from "../syntax/ast.ts";
import type { Spans } from "../syntax/cursor.ts";
import { parseQuery } from "../syntax/parse-query.ts";
import { subExpressions } from "../syntax/sub-expressions.ts";
import { ConditionBuilder } from "./condition-builder.ts";
import type { ExplainedError, Explanation } from "./explanation.ts";
import { firstFailureIn } from "./first-failure.ts";
import { planOf, type Plan } from "./plan.ts";
import { sensitiveNodes } from "./sensitive-nodes.ts";
import { Trace, Traced } from "./trace.ts";
import { keyOf, type Traces } from "./traces.ts";

/** What explaining needs of a filter. */
export interface ExplainedFilter {
  /** With normalised line ends. */
  readonly query: string;
  readonly language: QueryLanguage;
  /** Says which values are sensitive; without it none are. */
  readonly model: SchemaModel | undefined;
  /** Paths that are sensitive whatever the model says. */
  readonly sensitive: readonly string[] | undefined;
  /** Compiles the filter again, watched. */
  readonly compile: (syntax: QuerySyntax, observe: Observe) => CompiledModule;
  readonly contextFor: (module: CompiledModule) => Context;
  /** The error as a user of the filter gets it; any other than a FilterError is thrown. */
  readonly failure: (error: unknown) => unknown;
  /** The plain answer, for where watching needs more of the call stack than there is. */
  readonly matches: () => boolean;
}

/**
 * Evaluates a filter as `matches` does, with the same budget, and keeps what its conditions did. It compiles the filter once more, so that a
 * filter that nobody asks keeps nothing.
 */
export function explainDocument(filter: ExplainedFilter, document: XmlDocument): Explanation {
  const spans: Spans = new Map();
  const syntax = parseQuery(filter.query, filter.language, spans);
  const plan = planOf(syntax.body);
  const sensitive: ReadonlySet<XmlNode> =
    filter.model === undefined ? NOTHING : sensitiveNodes(document, filter.model, filter.sensitive);
  const traces = tracesFor(syntax.body, plan, sensitive);
  const { matches, error } = evaluate(filter, filter.compile(syntax, observer(traces)));
  const builder = new ConditionBuilder({ query: filter.query, spans, traces, sensitive });
  const result = builder.build(plan);
  const firstFailure = matches ? undefined : firstFailureIn(result);
  return Object.freeze<Explanation>({
    matches,
    ...(error === undefined ? {} : { error: builder.error(explained(error)) }),
    result,
    ...(firstFailure === undefined ? {} : { firstFailure }),
  });
}

const NOTHING: ReadonlySet<XmlNode> = new Set();

/** Everything that is evaluated where it stands is watched: what values were made of decides whether they may be shown. */
function tracesFor(body: Expression, plan: Plan, sensitive: ReadonlySet<XmlNode>): Traces {
  const positions = new Set<object>();
  const plans = [plan];
  for (let next = plans.pop(); next !== undefined; next = plans.pop()) {
    if (next.role === "predicate") positions.add(keyOf(next.expression));
    for (const child of next.children) plans.push(child);
  }
  const isSensitive = sensitive.size === 0 ? undefined : (node: XmlNode): boolean => sensitive.has(node);
  const traces = new Map<object, Trace>();
  const pending = [body];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const key = keyOf(next);
    traces.set(key, new Trace(positions.has(key), isSensitive));
    for (const inner of subExpressions(next)) pending.push(inner);
  }
  return traces;
}

function observer(traces: Traces): Observe {
  return (expression, compiled) => {
    const trace = traces.get(keyOf(expression));
    if (trace === undefined) return compiled;
    // The compiler looks for constants to do without them; they have nothing to watch.
    if (!(compiled instanceof Constant)) return new Traced(compiled, trace);
    trace.constant = compiled.value;
    return compiled;
  };
}

function evaluate(
  filter: ExplainedFilter,
  module: CompiledModule,
): { readonly matches: boolean; readonly error?: FilterError } {
  try {
    const context = filter.contextFor(module);
    return { matches: located(module.body.at, () => module.body.test(context)) };
  } catch (error) {
    return error instanceof RangeError ? unwatched(filter) : failed(filter.failure(error));
  }
}

function unwatched(filter: ExplainedFilter): { readonly matches: boolean; readonly error?: FilterError } {
  try {
    return { matches: filter.matches() };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): { readonly matches: boolean; readonly error: FilterError } {
  if (error instanceof FilterError) return { matches: false, error };
  throw error;
}

function explained({ code, reason, line, column }: FilterError): ExplainedError {
  return { code, reason, ...(line === undefined || column === undefined ? {} : { line, column }) };
}
