import { setImmediate } from "node:timers/promises";
import { XqbusError } from "../../errors.ts";
import type { EngineError, Libxml2 } from "../engine/libxml2.ts";
import { lint } from "../lint/index.ts";
import { checkDefinitions } from "../model/check-definitions.ts";
import { checkReferences } from "../model/check-references.ts";
import { ComponentTable } from "../model/component-table.ts";
import { readComponents, type UnitComponents } from "../model/read-components.ts";
import type { SchemaDocument, SchemaUnit } from "../model/schema-unit.ts";
import type { LoadedUnits } from "../sources/load-units.ts";
import { causedBy, problemAt, schemaProblem, type SchemaProblem } from "../sources/schema-problem.ts";
import { assemble, type Assembly } from "./assemble.ts";
import { measureWork, type SchemaWork } from "./content-work.ts";
import { inDependencyOrder } from "./dependency-order.ts";
import { describeSchemaError } from "./describe-schema-error.ts";
import { checkEnvelope, fillEnvelope, isEnvelope } from "./envelope.ts";
import { tryInThread } from "./try-in-thread.ts";

/** A schema that compiled, the components it is made of, and the files that had to be left out. */
export interface CompiledSchema {
  readonly components: readonly UnitComponents[];
  readonly table: ComponentTable;
  readonly assembly: Assembly;
  readonly problems: readonly SchemaProblem[];
}

/** The schema of what works, and what was found wrong one after the other. */
export interface WorkingSchema extends CompiledSchema {
  /** The problems, grouped: those of a later group may be consequences of what an earlier one left out. */
  readonly rounds: readonly (readonly SchemaProblem[])[];
}

/** How units are compiled. */
export interface CompileSettings {
  readonly namespace: string;
  /** The envelope that is used when the units have none that works. */
  readonly shipped: SchemaUnit;
  /** See the option of the catalog. */
  readonly compileTimeoutMs: number;
  /** Reads components; one that remembers those of documents that are compiled again. */
  readonly read?: (unit: SchemaUnit) => UnitComponents;
}

/**
 * Compiles the units. A file with a mistake is left out and reported, together with the files that need it, and the rest
 * is compiled without it.
 *
 * @throws XqbusError `xqbus:invalid-schema` when not even the envelope compiles, `xqbus:timeout`
 */
export async function compileWhatWorks(
  engine: Libxml2,
  loaded: LoadedUnits,
  settings: CompileSettings,
): Promise<WorkingSchema> {
  const { namespace, shipped, compileTimeoutMs, read = rememberingReader() } = settings;
  const end = performance.now() + compileTimeoutMs;
  const rounds = [loaded.problems];
  const broken = new Set(loaded.problems.map(({ file }) => file));
  for (;;) {
    const usable = loaded.units.filter(({ document }) => !broken.has(document.file));
    // The envelope comes first: where another file declares its names once more, that file is to blame.
    const envelope = usable.find((unit) => isEnvelope(unit, namespace)) ?? shipped;
    const units = [envelope, ...usable.filter((unit) => unit !== envelope)];
    const attempt = await tryCompile(engine, units, { namespace, compileTimeoutMs, read });
    if ("table" in attempt) return { ...attempt, problems: rounds.flat(), rounds };
    rounds.push(attempt.problems);
    for (const problem of attempt.problems) {
      if (envelope === shipped && problem.file === shipped.document.file) throw unusableEnvelope(problem);
      broken.add(problem.file);
    }
    // Other work has its turn between two attempts.
    await setImmediate();
    if (performance.now() > end) throw outOfTime(compileTimeoutMs, broken.size);
  }
}

function outOfTime(compileTimeoutMs: number, broken: number): XqbusError {
  const message =
    `compiling the schemas did not end within ${compileTimeoutMs} ms (option compileTimeoutMs); ` +
    `${broken} files had to be left out until then`;
  return new XqbusError("xqbus:timeout", message);
}

function unusableEnvelope({ file, line, message }: SchemaProblem): XqbusError {
  return new XqbusError("xqbus:invalid-schema", `the envelope ${file}:${line} cannot be used: ${message}`);
}

type Attempt = Omit<CompiledSchema, "problems"> | { readonly problems: readonly SchemaProblem[] };

/** Checks stage by stage and ends with the first stage that finds a problem: what comes later may be its consequence. */
async function tryCompile(
  engine: Libxml2,
  units: readonly SchemaUnit[],
  { namespace, compileTimeoutMs, read }: Required<Omit<CompileSettings, "shipped">>,
): Promise<Attempt> {
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
  const work = measureWork(components, table);
  if (work.problems.length > 0) return { problems: work.problems };
  const illegal = lint(components, table);
  if (illegal.length > 0) return { problems: illegal };

  const assembly = assemble(units, table, namespace);
  if (work.total > MAX_WORK_AT_ONCE && !(await tryInThread(assembly, compileTimeoutMs))) {
    return { problems: tooMuchWork(work, compileTimeoutMs) };
  }
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
      return causedBy(unit.document.file, document.file, node, `${what} ${unit.document.file}, which cannot be used`);
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

/** The files with the most work, as many as must go so that the rest compiles at once. */
function tooMuchWork({ byUnit, total }: SchemaWork, compileTimeoutMs: number): readonly SchemaProblem[] {
  const message =
    `its content models do not compile within ${compileTimeoutMs} ms (option compileTimeoutMs); ` +
    "use fewer optional elements in a row, or choices in their place";
  const problems: SchemaProblem[] = [];
  let left = total;
  for (const [{ unit }, work] of [...byUnit].sort(([, a], [, b]) => b - a)) {
    if (left <= MAX_WORK_AT_ONCE) break;
    left -= work;
    problems.push(problemAt(unit.document.file, unit.document.root, message, "xqbus:limit-exceeded"));
  }
  return problems;
}

/** Work that the engine does in about half a second. */
const MAX_WORK_AT_ONCE = 20_000_000;

/** Reads components and remembers them for each document in each namespace. */
export function rememberingReader(): (unit: SchemaUnit) => UnitComponents {
  const known = new WeakMap<SchemaDocument, Map<string, UnitComponents>>();
  return (unit) => {
    const { document, namespace } = unit;
    const inNamespaces = known.get(document) ?? new Map<string, UnitComponents>();
    known.set(document, inNamespaces);
    const read = inNamespaces.get(namespace);
    if (read?.unit === unit) return read;
    const components = read === undefined ? readComponents(unit) : { ...read, unit };
    inNamespaces.set(namespace, components);
    return components;
  };
}
