import type { PossibleDocuments, PossibleElement } from "../../schema/index.ts";
import type { ExpandedName } from "../../xml/index.ts";
import type { Scope } from "../evaluate/scope.ts";
import type { Expression } from "../syntax/ast.ts";
import type { EventSet, EventUniverse } from "./event-set.ts";
import type { Findings } from "./findings.ts";
import type { Value } from "./value.ts";

/** What holds at one place of a query. */
export interface Place {
  /** Resolves names. */
  readonly scope: Scope;
  /** Local variables, by their names in Clark notation. */
  readonly variables: ReadonlyMap<string, Value>;
  /** What the context item may be; undefined in the body of a function. */
  readonly focus: Value | undefined;
  /** The event types for whose documents this place may be reached. */
  readonly live: EventSet;
}

/** The interpretation of one query over all valid documents at once, as its parts see it. */
export interface Analysis {
  readonly documents: PossibleDocuments;
  readonly universe: EventUniverse;
  readonly findings: Findings;
  /** How names are written in the query. */
  readonly names: NameWriter;
  /** The event types in whose documents an element stands in the place of the event. */
  eventTypesOf(element: PossibleElement): EventSet;
  /** What an expression may give. */
  evaluate(expression: Expression, place: Place): Value;
  /** The value of a variable. */
  variable(name: string, place: Place): Value;
  /** The value of a declared function, or undefined when there is none of this name and arity (`{urn:x}name#1`). */
  callDeclared(key: string, args: readonly Value[], place: Place): Value | undefined;
  /** @throws TooComplexError when the query takes more work than it is worth */
  charge(steps: number): void;
}

/** How names are written in a query: with a declared prefix, or as `Q{uri}local`. */
export interface NameWriter {
  element(name: ExpandedName): string;
  attribute(name: ExpandedName): string;
}

/** The query is left unchecked: going through it would take too long. */
export class TooComplexError extends Error {}
