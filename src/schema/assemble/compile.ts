import { XqbusError } from "../../errors.ts";
import type { EngineError, Libxml2 } from "../engine/libxml2.ts";
import { checkDefinitions } from "../model/check-definitions.ts";
import { checkReferences } from "../model/check-references.ts";
import { ComponentTable } from "../model/component-table.ts";
import { readComponents, type UnitComponents } from "../model/read-components.ts";
import type { SchemaDocument, SchemaUnit } from "../model/schema-unit.ts";
import type { LoadedUnits } from "../sources/load-units.ts";
import { problemAt, schemaProblem, type SchemaProblem } from "../sources/schema-problem.ts";
import { assemble, type Assembly } from "./assemble.ts";
import { inDependencyOrder } from "./dependency-order.ts";
import { describeSchemaError } from "./describe-schema-error.ts";
import { checkEnvelope, fillEnvelope, isEnvelope } from "./envelope.ts";

/** A schema that compiled, the components it is made of, and the files that had to be left out. */
export interface CompiledSchema {
  readonly components: readonly UnitComponents[];
  readonly table: ComponentTable;
  readonly assembly: Assembly;
  readonly problems: readonly SchemaProblem[];
}

/**
 * Compiles the units. A file with a mistake is left out and reported, together with the files that need it, and the rest
 * is compiled without it.
 *
 * @param shipped the envelope that is used when the units have none that works
 * @throws XqbusError `xqbus:invalid-schema` when not even the envelope compiles
 */
export function compileWhatWorks(
  engine: Libxml2,
  loaded: LoadedUnits,
  shipped: SchemaUnit,
  namespace: string,
): CompiledSchema {
  const read = memoize(readComponents);
  const problems = [...loaded.problems];
  const broken = new Set(problems.map(({ file }) => file));
  for (;;) {
    const usable = loaded.units.filter(({ document }) => !broken.has(document.file));
    // The envelope comes first: where another file declares its names once more, that file is to blame.
    const envelope = usable.find((unit) => isEnvelope(unit, namespace)) ?? shipped;
    const units = [envelope, ...usable.filter((unit) => unit !== envelope)];
    const attempt = tryCompile(engine, units, namespace, read);
    if ("table" in attempt) return { ...attempt, problems };
    for (const problem of attempt.problems) {
      if (envelope === shipped && problem.file === shipped.document.file) throw unusableEnvelope(problem);
      problems.push(problem);
      broken.add(problem.file);
    }
  }
}

function unusableEnvelope({ file, line, message }: SchemaProblem): XqbusError {
  return new XqbusError("xqbus:invalid-schema", `the envelope ${file}:${line} cannot be used: ${message}`);
}

type Attempt = Omit<CompiledSchema, "problems"> | { readonly problems: readonly SchemaProblem[] };

/** Checks stage by stage and ends with the first stage that finds a problem: what comes later may be its consequence. */
function tryCompile(
  engine: Libxml2,
  units: readonly SchemaUnit[],
  namespace: string,
  read: (unit: SchemaUnit) => UnitComponents,
): Attempt {
  const early = [...checkDependencies(units), ...checkEnvelopes(units, namespace)];
  if (early.length > 0) return { problems: early };

  const components = units.map(read);
  const table = new ComponentTable(components);
  const declared = [...components.flatMap((each) => each.problems), ...table.duplicates];
  if (declared.length > 0) return { problems: declared };
  const referred = components.flatMap((each) => checkReferences(each, table));
  if (referred.length > 0) return { problems: referred };
  const defined = checkDefinitions(components, table);
  if (defined.length > 0) return { problems: defined };

  const assembly = assemble(units, table, namespace);
  const errors = engine.compile(assembly.documents, assembly.entry);
  if (errors.length === 0) return { ...withFilledEnvelope(components, assembly, namespace), assembly };
  const placed = errors.flatMap((error) => placeError(error, assembly) ?? []);
  if (placed.length > 0) return { problems: placed };
  return { problems: [findCulprit(engine, inDependencyOrder(components, table), table, namespace)] };
}

/** What explains and describes documents must know the same envelope as the engine. */
function withFilledEnvelope(
  components: readonly UnitComponents[],
  assembly: Assembly,
  namespace: string,
): Pick<CompiledSchema, "components" | "table"> {
  const filled = components.map((each) =>
    isEnvelope(each.unit, namespace) ? readComponents(fillEnvelope(each.unit, assembly.eventNames)) : each,
  );
  return { components: filled, table: new ComponentTable(filled) };
}

/** A file that includes or imports a file that was left out cannot be used either. */
function checkDependencies(units: readonly SchemaUnit[]): readonly SchemaProblem[] {
  const usable = new Set(units);
  return units.flatMap(({ document, includes, imports }) =>
    [...includes, ...imports].flatMap(({ node, unit }) => {
      if (unit === undefined || usable.has(unit)) return [];
      const what = node.name.localName === "include" ? "includes" : "imports";
      return problemAt(document.file, node, `${what} ${unit.document.file}, which cannot be used`);
    }),
  );
}

function checkEnvelopes(units: readonly SchemaUnit[], namespace: string): readonly SchemaProblem[] {
  return units.filter((unit) => isEnvelope(unit, namespace)).flatMap((unit) => checkEnvelope(unit) ?? []);
}

function placeError(error: EngineError, assembly: Assembly): SchemaProblem | undefined {
  const unit = error.file === undefined ? undefined : assembly.unitOf(error.file);
  if (unit === undefined) return undefined;
  return schemaProblem(unit.document.file, Math.max(error.line, 1), describeSchemaError(error));
}

/**
 * Finds the file behind an error for which the engine names no file (such as facets that contradict each other): the unit with
 * which the error first appears when the units are added one by one, each after those it needs.
 */
function findCulprit(
  engine: Libxml2,
  units: readonly SchemaUnit[],
  table: ComponentTable,
  namespace: string,
): SchemaProblem {
  const placelessError = (count: number): EngineError | undefined => {
    const assembly = assemble(units.slice(0, count), table, namespace);
    return engine
      .compile(assembly.documents, assembly.entry)
      .find((error) => placeError(error, assembly) === undefined);
  };
  let [without, withIt] = [0, units.length];
  while (withIt - without > 1) {
    const middle = (without + withIt) >>> 1;
    if (placelessError(middle) === undefined) without = middle;
    else withIt = middle;
  }
  const culprit: SchemaDocument | undefined = units[withIt - 1]?.document;
  const error = placelessError(withIt);
  if (culprit === undefined || error === undefined) {
    throw new XqbusError("xqbus:invalid-schema", "the schemas do not compile, and the engine does not say why");
  }
  return problemAt(culprit.file, culprit.root, describeSchemaError(error));
}

function memoize<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const results = new WeakMap<K, V>();
  return (key) => {
    const known = results.get(key);
    if (known !== undefined) return known;
    const result = compute(key);
    results.set(key, result);
    return result;
  };
}
