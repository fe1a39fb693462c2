import { ALL_NUMBERS, rangeOfNumber, type NumberRange } from "../../schema/index.ts";
import type { Expression, FunctionCall } from "../syntax/ast.ts";
import { Budget, DEFAULT_BUDGET } from "../evaluate/budget.ts";
import { RegexMatcher } from "../regex/matcher.ts";
import { FN_NAMESPACE, XSD_NAMESPACE } from "../values/namespaces.ts";
import { QueryError } from "../values/query-error.ts";
import type { Analysis, Place } from "./analysis.ts";
import type { atomize } from "./atomize.ts";
import { atomizeAll } from "./atomize.ts";
import { castItems } from "./casts.ts";
import { NO_EVENTS } from "./event-set.ts";
import { valueOfType } from "./static-types.ts";
import { rootOf } from "./paths.ts";
import { judgePart, type PartRelation } from "./text-parts.ts";
import {
  anything,
  atomic,
  eventsOf,
  merged,
  NO_NUMBER,
  oneOf,
  restrict,
  truth,
  truthOf,
  type Item,
  type Value,
} from "./value.ts";

/** A call of a function by name: built-in, a constructor of a type, or declared in the query. */
export function evaluateCall(call: FunctionCall, place: Place, analysis: Analysis): Value {
  const { scope, live } = place;
  const name = scope.resolve(call.name, "function");
  const args = call.arguments.map((each) => (each === undefined ? anything(live) : analysis.evaluate(each, place)));
  if (call.arguments.includes(undefined)) return anything(live);
  const declared = analysis.callDeclared(`${String(name)}#${args.length}`, args, place);
  if (declared !== undefined) return declared;
  const { result } = scope.function(name, args.length, call.at);
  if (name.namespace === XSD_NAMESPACE) return castItems(args[0]!, result, call, place, analysis);
  const rule = name.namespace === FN_NAMESPACE ? RULES[name.localName] : undefined;
  return rule === undefined ? valueOfType(result, live) : restrict(rule({ args, call, place, analysis }), live);
}

interface Call {
  readonly args: readonly Value[];
  readonly call: FunctionCall;
  readonly place: Place;
  readonly analysis: Analysis;
}

type Rule = (call: Call) => Value;

/** Functions of which more is known than the type of their result. */
const RULES: Readonly<Record<string, Rule | undefined>> = {
  true: ({ place: { live } }) => truth(live, NO_EVENTS),
  false: ({ place: { live } }) => truth(NO_EVENTS, live),
  boolean: ({ args: [value] }) => booleanOf(value!),
  not: ({ args: [value] }) => {
    const { whenTrue, whenFalse } = truthOf(value!);
    return truth(whenFalse, whenTrue);
  },
  exists: ({ args: [value] }) => truth(eventsOf(value!), value!.empty),
  empty: ({ args: [value] }) => truth(value!.empty, eventsOf(value!)),
  count: ({ args: [value] }) =>
    oneOf(
      atomic("number", eventsOf(value!), { numbers: { min: 1, max: Infinity, isInteger: true } }),
      atomic("number", value!.empty, { numbers: { min: 0, max: 0, isInteger: true } }),
    ),
  string: (call) => {
    const value = subject(call);
    const texts = atomizeAll(value.items).map((item) =>
      item.type === "string" || item.type === "untyped"
        ? { ...item, type: "string" as const }
        : atomic("string", item.events),
    );
    return {
      items: [...texts, ...(value.empty === NO_EVENTS ? [] : [atomic("string", value.empty, { constant: "" })])],
      empty: NO_EVENTS,
    };
  },
  data: (call) => {
    const value = subject(call);
    return { items: atomizeAll(value.items), empty: call.place.live };
  },
  number: (call) => {
    const value = subject(call);
    const numbers = atomizeAll(value.items).map(toNumber);
    return {
      items: [
        ...numbers,
        ...(value.empty === NO_EVENTS ? [] : [atomic("number", value.empty, { numbers: NO_NUMBER })]),
      ],
      empty: NO_EVENTS,
    };
  },
  contains: (call) => partOfText(call, "contains"),
  "starts-with": (call) => partOfText(call, "starts-with"),
  "ends-with": (call) => partOfText(call, "ends-with"),
  matches: ({ args: [value], call, place: { live } }) => {
    const pattern = literal(call.arguments[1]);
    const needsText = call.arguments.length === 2 && pattern !== undefined && !matchesEmpty(pattern);
    return truth(needsText ? eventsOf(value!) : live, live);
  },
  "string-length": ({ place: { live } }) => oneOf(atomic("number", live, { numbers: COUNT })),
  position: ({ place: { live } }) => oneOf(atomic("number", live, { numbers: POSITION })),
  last: ({ place: { live } }) => oneOf(atomic("number", live, { numbers: POSITION })),
  "local-name": (call) => namesOf(subject(call), (name) => name.localName),
  "namespace-uri": (call) => namesOf(subject(call), (name) => name.namespace),
  root: (call) => {
    const { live } = call.place;
    return { ...rootOf(subject(call).items, live), empty: live };
  },
  reverse: sameItems,
  unordered: sameItems,
  "one-or-more": ({ args: [value] }) => ({ ...value!, empty: NO_EVENTS }),
  "exactly-one": ({ args: [value] }) => ({ ...value!, empty: NO_EVENTS }),
  "zero-or-one": sameItems,
  trace: sameItems,
  head: sameItems,
  tail: someItems,
  subsequence: someItems,
  remove: someItems,
  outermost: someItems,
  innermost: someItems,
  "distinct-values": ({ args: [value] }) => ({ items: atomizeAll(value!.items), empty: value!.empty }),
};

function sameItems({ args: [value] }: Call): Value {
  return value!;
}

function someItems({ args: [value], place: { live } }: Call): Value {
  return { items: value!.items, empty: live };
}

/** The argument, or the context item where there is none. */
function subject({ args: [value], place }: Call): Value {
  return value ?? place.focus ?? anything(place.live);
}

function booleanOf(value: Value): Value {
  const { whenTrue, whenFalse } = truthOf(value);
  return truth(whenTrue, whenFalse);
}

function toNumber(item: ReturnType<typeof atomize>): Item {
  const { text, events, origin, numbers, type } = item;
  if (type === "number") return item;
  if (text === undefined) return atomic("number", events, numbers === undefined ? {} : { numbers });
  const isNever =
    (text.family !== undefined && text.family !== "string" && text.family !== "number") ||
    text.words?.every((word) => rangeOfNumber(word) === undefined) === true;
  const named = origin === undefined ? { text } : { text, origin };
  return atomic("number", events, isNever ? { ...named, numbers: NO_NUMBER } : named);
}

/** No text has no part but the empty one. */
function partOfText({ args: [value], call, place: { live }, analysis }: Call, relation: PartRelation): Value {
  const wanted = call.arguments.length === 2 ? literal(call.arguments[1]) : undefined;
  if (wanted === undefined || wanted === "") return truth(live, live);
  return truth(judgePart({ texts: atomizeAll(value!.items), wanted, relation, call }, analysis), live);
}

/** Whether a regular expression matches the empty string, or is wrong, which shows when it is evaluated. */
function matchesEmpty(pattern: string): boolean {
  try {
    return RegexMatcher.compile(pattern, "").test([], new Budget(DEFAULT_BUDGET));
  } catch (error) {
    if (error instanceof QueryError) return true;
    throw error;
  }
}

function namesOf(
  value: Value,
  part: (name: { readonly localName: string; readonly namespace: string }) => string,
): Value {
  const items = value.items.map((item): Item => {
    const name = item.kind === "element" ? item.element.name : item.kind === "attribute" ? item.name : undefined;
    return name === undefined ? atomic("string", item.events) : atomic("string", item.events, { constant: part(name) });
  });
  const none = value.empty === NO_EVENTS ? [] : [atomic("string", value.empty, { constant: "" })];
  return { items: merged([...items, ...none]), empty: NO_EVENTS };
}

/** The text of a string literal. */
function literal(expression: Expression | undefined): string | undefined {
  return expression?.kind === "literal" && expression.type === "string" ? expression.value : undefined;
}

const COUNT: NumberRange = { ...ALL_NUMBERS, min: 0, isInteger: true };
const POSITION: NumberRange = { ...ALL_NUMBERS, min: 1, isInteger: true };
