import type { FlworClause, WindowCondition } from "../../../syntax/ast.ts";
import { EMPTY, type Item, type Sequence } from "../../../values/item.ts";
import { assertMatches } from "../../../values/match-type.ts";
import { QueryError } from "../../../values/query-error.ts";
import { ANYTHING } from "../../../values/sequence-type.ts";
import type { Compiled } from "../../compiled.ts";
import type { Context } from "../../environment.ts";
import type { Scope } from "../../scope.ts";
import { bindVariable } from "../binding.ts";
import type { CompiledClause } from "./clause.ts";

/** `for tumbling window` and `for sliding window` (XQuery 3.1, section 3.12.4). */
export function compileWindow(syntax: Extract<FlworClause, { readonly kind: "window" }>, scope: Scope): CompiledClause {
  assertDifferentNames(syntax, scope);
  const sequence = scope.compile(syntax.in);
  const start = compileCondition(syntax.start, scope);
  const end = syntax.end === undefined ? undefined : compileCondition(syntax.end, start.scope);
  const isOnly = syntax.end?.isOnly === true;
  const type = syntax.type === undefined ? undefined : scope.sequenceType(syntax.type);
  const bound = (end ?? start).scope.bind(scope.resolve(syntax.variable, "none"), type ?? ANYTHING);
  const name = `$${syntax.variable.localName}`;

  const emit = (tuple: Context, items: Sequence, from: number, to: number): void => {
    if (type !== undefined) assertMatches(items.slice(from, to + 1), type, name, syntax.at);
    tuple.slots[bound.slot] = items.slice(from, to + 1);
    tuple.environment.budget.hold(to + 1 - from);
    // Later conditions have overwritten the variables of the start.
    start.bindAt(tuple, items, from);
    end?.bindAt(tuple, items, to);
  };

  return {
    scope: bound.scope,
    clause: {
      parts: [sequence, start.when, ...(end === undefined ? [] : [end.when])],
      isSingle: false,
      run: (_context, source, visit) =>
        source((tuple) => {
          const items = sequence.items(tuple);
          for (let from = 0; from < items.length; from++) {
            tuple.environment.budget.step();
            if (!start.holdsAt(tuple, items, from)) continue;
            const found =
              end === undefined ? nextStart(start, tuple, items, from) : findEnd(end, start, tuple, items, from);
            const to = found ?? items.length - 1;
            const isComplete = found !== undefined || !isOnly;
            if (isComplete) {
              emit(tuple, items, from, to);
              if (!visit(tuple)) return false;
            }
            if (syntax.style === "tumbling") from = to;
          }
          return true;
        }),
    },
  };
}

/** @throws QueryError XQST0103 */
function assertDifferentNames(syntax: Extract<FlworClause, { readonly kind: "window" }>, scope: Scope): void {
  const conditions = syntax.end === undefined ? [syntax.start] : [syntax.start, syntax.end];
  const variables = conditions.flatMap(({ current, position, previous, next }) => [current, position, previous, next]);
  const names = [syntax.variable, ...variables]
    .filter((each) => each !== undefined)
    .map((each) => scope.resolve(each, "none"));
  if (new Set(names).size === names.length) return;
  throw new QueryError("XQST0103", "two variables of a window have the same name", syntax.at);
}

/** Without an end condition a window ends before the next one starts. */
function nextStart(start: Condition, tuple: Context, items: Sequence, from: number): number {
  for (let at = from + 1; at < items.length; at++) {
    tuple.environment.budget.step();
    if (start.holdsAt(tuple, items, at)) return at - 1;
  }
  return items.length - 1;
}

function findEnd(end: Condition, start: Condition, tuple: Context, items: Sequence, from: number): number | undefined {
  start.bindAt(tuple, items, from);
  for (let at = from; at < items.length; at++) {
    tuple.environment.budget.step();
    if (end.holdsAt(tuple, items, at)) return at;
  }
  return undefined;
}

interface Condition {
  readonly when: Compiled;
  readonly scope: Scope;
  bindAt(tuple: Context, items: Sequence, index: number): void;
  holdsAt(tuple: Context, items: Sequence, index: number): boolean;
}

function compileCondition(syntax: WindowCondition, scope: Scope): Condition {
  const current = bindVariable(scope, syntax.current, undefined);
  const position = bindVariable(current.scope, syntax.position, undefined);
  const previous = bindVariable(position.scope, syntax.previous, undefined);
  const next = bindVariable(previous.scope, syntax.next, undefined);
  const when = next.scope.compile(syntax.when);
  const bindAt = ({ slots }: Context, items: Sequence, index: number): void => {
    if (current.slot !== undefined) slots[current.slot] = optional(items[index]);
    if (position.slot !== undefined) slots[position.slot] = [BigInt(index + 1)];
    if (previous.slot !== undefined) slots[previous.slot] = optional(items[index - 1]);
    if (next.slot !== undefined) slots[next.slot] = optional(items[index + 1]);
  };
  return {
    when,
    scope: next.scope,
    bindAt,
    holdsAt: (tuple, items, index) => {
      bindAt(tuple, items, index);
      return when.test(tuple);
    },
  };
}

function optional(item: Item | undefined): Sequence {
  return item === undefined ? EMPTY : [item];
}
