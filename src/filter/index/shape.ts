import { compileModule, type ModuleOptions } from "../evaluate/module.ts";
import type { LiteralSyntax, QuerySyntax } from "../syntax/ast.ts";
import { parseQuery } from "../syntax/parse-query.ts";
import { AnalysisScope } from "./analysis-scope.ts";
import { planOf, type AccessPlan } from "./access-plan.ts";
import { conjunctsOf } from "./conjuncts.ts";
import { parametersOf } from "./parameters.ts";
import type { TextLiteral } from "./query-text.ts";
import { Residual } from "./residual.ts";

/** What filters have in common that differ only in literals. */
export interface Shape {
  readonly residual: Residual;
  /** The literals that filters of this shape bring along, and which of the literals in the text they are. */
  readonly parameters: ReadonlyMap<LiteralSyntax, number>;
  readonly parameterPlaces: readonly number[];
  readonly access: Access;
  /** Whether external variables are read, which messages give their values. */
  readonly readsMessage: boolean;
}

/** How filters of a shape are found. */
export type Access =
  /** One of the plans leads to it wherever it matches. */
  | {
      readonly kind: "indexed";
      readonly plans: readonly AccessPlan[];
      readonly isCovered: boolean;
      readonly reasons: readonly string[];
    }
  /** Nothing that the index could look for must be in the document. */
  | { readonly kind: "scanned"; readonly isCovered: boolean; readonly reasons: readonly string[] }
  | { readonly kind: "never" };

/**
 * Parses, checks and analyses the first filter of a shape.
 *
 * @param literals of the text; none when it has to be a shape of its own
 * @throws QueryError static errors; UnsupportedError
 */
export function shapeOf(options: ModuleOptions, literals: readonly TextLiteral[], maxAlternatives: number): Shape {
  const syntax = parseQuery(options.query, options.language);
  if (options.language === "xpath1") return wholeFilter(syntax, options);
  const { externals } = compileModule(syntax, options);
  const places = new Map(literals.map(({ at }, place) => [at, place]));
  const parameters = [...parametersOf(syntax)].filter(({ at }) => places.has(at));
  const scope = AnalysisScope.of(syntax.prolog, options.namespaces);
  return {
    residual: new Residual(options, parameters),
    parameters: new Map(parameters.map((literal, number) => [literal, number])),
    parameterPlaces: parameters.map(({ at }) => places.get(at)!),
    access: accessOf(scope.truth(syntax.body), maxAlternatives),
    readsMessage: externals.length > 0,
  };
}

/** XPath 1.0 compares other things than the analysis knows of: the filter is evaluated as it is. */
function wholeFilter(syntax: QuerySyntax, options: ModuleOptions): Shape {
  const { externals } = compileModule(syntax, options);
  const access: Access = { kind: "scanned", isCovered: false, reasons: ["XPath 1.0"] };
  return {
    ...{ residual: new Residual(options, []), parameters: new Map(), parameterPlaces: [], access },
    readsMessage: externals.length > 0,
  };
}

function accessOf(formula: Parameters<typeof conjunctsOf>[0], maxAlternatives: number): Access {
  const conjuncts = conjunctsOf(formula, maxAlternatives);
  if (conjuncts.length === 0) return { kind: "never" };
  const plans = conjuncts.map(planOf);
  const known = plans.filter((plan) => plan !== undefined);
  if (known.length < plans.length) {
    const open = conjuncts.filter((_, i) => plans[i] === undefined);
    const reasons = new Set(open.flatMap((conjunct) => conjunct.reasons));
    if (open.some(({ tests }) => tests.length > 0)) reasons.add("a test of the document as a whole");
    return { kind: "scanned", isCovered: reasons.size === 0 && known.length === 0, reasons: [...reasons] };
  }
  const reasons = new Set(known.flatMap((plan) => plan.reasons));
  // An alternative that fails makes the whole filter fail, whatever the others say.
  if (known.length > 1 && known.some(mayFail)) reasons.add("an alternative that may be an error");
  return { kind: "indexed", plans: known, isCovered: reasons.size === 0, reasons: [...reasons] };
}

function mayFail({ levels, range }: AccessPlan): boolean {
  const rangeFails = range !== undefined && (range.isSingle || range.isStrict);
  return rangeFails || levels.some(({ isSingle }) => isSingle);
}
