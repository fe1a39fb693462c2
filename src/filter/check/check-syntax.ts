import {
  possibleDocuments,
  type PossibleDocuments,
  type PossibleElement,
  type SchemaModel,
} from "../../schema/index.ts";
import type { Scope } from "../evaluate/scope.ts";
import { excerptOf } from "../excerpt.ts";
import { positionIn } from "../position-in.ts";
import type { Expression, FunctionDeclaration, QuerySyntax, VariableDeclaration } from "../syntax/ast.ts";
import { TooComplexError, type Analysis, type NameWriter, type Place } from "./analysis.ts";
import { EventUniverse, NO_EVENTS, type EventSet } from "./event-set.ts";
import type { FilterCheck, FilterProblem } from "./filter-problem.ts";
import { Findings, type Finding } from "./findings.ts";
import { interpret } from "./interpret.ts";
import { nameWriter } from "./name-writer.ts";
import { anything, restrict, truthOf, type Value } from "./value.ts";

/** A query that compiles, and what checking it needs to know. */
export interface CheckedQuery {
  readonly syntax: QuerySyntax;
  /** The scope of its body. */
  readonly scope: Scope;
  /** With normalised line ends. */
  readonly query: string;
  /** Prefixes that are declared before the text begins. */
  readonly prefixes: Iterable<string>;
}

/** What is known of a filter without a catalog. */
export const UNCHECKED: FilterCheck = Object.freeze({ canMatch: true, eventTypes: "all", problems: Object.freeze([]) });

/**
 * Checks a query against the components of a catalog: goes through it once for all valid events together. What it says is certain: a
 * filter that cannot match matches no valid event, whatever wildcards, substitution groups and `xsi:type` let in. A query that takes
 * too long to go through counts as unchecked.
 */
export function checkSyntax(checked: CheckedQuery, model: SchemaModel): FilterCheck {
  const documents = possibleDocuments(model);
  if (documents.roots.length === 0 || model.eventNames.length === 0) return UNCHECKED;
  const interpreter = new Interpreter(checked, documents);
  const { universe } = interpreter;
  try {
    const { whenTrue } = truthOf(interpreter.evaluateBody());
    const canMatch = whenTrue !== NO_EVENTS;
    const problems = interpreter.findings.impossible();
    const all = canMatch || problems.length > 0 ? problems : [reasonFor(checked, interpreter.findings)];
    return Object.freeze({
      canMatch,
      eventTypes: universe.namesIn(whenTrue),
      problems: Object.freeze(all.map((each) => problemOf(each, checked.query, canMatch))),
    });
  } catch (error) {
    // A RangeError is the stack: the query was nested just not too deeply for being compiled.
    if (error instanceof TooComplexError || error instanceof RangeError) return UNCHECKED;
    throw error;
  }
}

function reasonFor({ syntax }: CheckedQuery, findings: Findings): Finding {
  const message = "no valid event can fulfil this filter";
  return findings.contradiction() ?? { code: "xqbus:filter-never-matches", message, at: syntax.body.at };
}

function problemOf({ code, message, at, suggestion }: Finding, query: string, canMatch: boolean): FilterProblem {
  const position = positionIn(query, at);
  return Object.freeze({
    code,
    severity: canMatch ? "warning" : "error",
    message,
    ...position,
    excerpt: excerptOf(query, position),
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

/** Expressions and items that are looked at: a query of usual size takes some hundreds, with 500 event types some thousands. */
const MAX_STEPS = 200_000;

class Interpreter implements Analysis {
  readonly documents: PossibleDocuments;
  readonly universe: EventUniverse;
  readonly findings: Findings = new Findings();
  readonly names: NameWriter;
  readonly #body: Expression;
  readonly #scope: Scope;
  readonly #bits: ReadonlyMap<PossibleElement, EventSet>;
  readonly #functions: ReadonlyMap<string, FunctionDeclaration>;
  readonly #globals: ReadonlyMap<string, VariableDeclaration>;
  readonly #values = new Map<string, Value>();
  /** What is being gone through: a function that calls itself may give anything. */
  readonly #open = new Set<string>();
  #steps = 0;

  constructor({ syntax, scope, prefixes }: CheckedQuery, documents: PossibleDocuments) {
    const { declarations } = syntax.prolog;
    const names = [...new Set(documents.events.values())];
    this.documents = documents;
    this.universe = new EventUniverse(names);
    this.names = nameWriter(scope, syntax.prolog, prefixes);
    this.#body = syntax.body;
    this.#scope = scope;
    this.#bits = new Map([...documents.events].map(([element, name]) => [element, 1n << BigInt(names.indexOf(name))]));
    this.#functions = new Map(
      declarations
        .filter((each) => each.kind === "function")
        .map((each) => [`${String(scope.resolve(each.name, "function"))}#${each.parameters.length}`, each]),
    );
    this.#globals = new Map(
      declarations
        .filter((each) => each.kind === "variable")
        .map((each) => [String(scope.resolve(each.name, "none")), each]),
    );
  }

  evaluateBody(): Value {
    return this.evaluate(this.#body, this.#outermost());
  }

  eventTypesOf(element: PossibleElement): EventSet {
    return this.#bits.get(element) ?? this.universe.all;
  }

  evaluate(expression: Expression, place: Place): Value {
    this.charge(1);
    return interpret(expression, place, this);
  }

  variable(name: string, place: Place): Value {
    const local = place.variables.get(name);
    return restrict(local ?? this.#global(name), place.live);
  }

  callDeclared(key: string, args: readonly Value[], { live }: Place): Value | undefined {
    const declaration = this.#functions.get(key);
    if (declaration === undefined) return undefined;
    const { body, parameters } = declaration;
    if (body === undefined) return anything(live);
    const named = parameters.map(({ name }, i): readonly [string, Value] => [
      String(this.#scope.resolve(name, "none")),
      args[i]!,
    ]);
    return this.#once(key, live, () =>
      this.evaluate(body, { scope: this.#scope, variables: new Map(named), focus: undefined, live }),
    );
  }

  charge(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) throw new TooComplexError();
  }

  /** A variable of the prolog is evaluated when it is needed first. */
  #global(name: string): Value {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const declared = this.#globals.get(name);
    const place = this.#outermost();
    const value = declared?.value;
    const found =
      value === undefined || declared?.isExternal === true
        ? anything(place.live)
        : this.#once(`$${name}`, place.live, () => this.evaluate(value, place));
    this.#values.set(name, found);
    return found;
  }

  #once(key: string, live: EventSet, evaluate: () => Value): Value {
    if (this.#open.has(key)) return anything(live);
    this.#open.add(key);
    try {
      return evaluate();
    } finally {
      this.#open.delete(key);
    }
  }

  #outermost(): Place {
    const live = this.universe.all;
    const focus: Value = { items: [{ kind: "document", events: live }], empty: NO_EVENTS };
    return { scope: this.#scope, variables: new Map(), focus, live };
  }
}
