import type { EngineError, Libxml2 } from "../engine/libxml2.ts";
import { lint } from "../lint/index.ts";
import { checkDefinitions } from "../model/check-definitions.ts";
import { checkReferences } from "../model/check-references.ts";
import { ComponentTable } from "../model/component-table.ts";
import { readComponents, type UnitComponents } from "../model/read-components.ts";
import type { SchemaUnit } from "../model/schema-unit.ts";
import type { DiagnoseContext } from "../problems/diagnose-context.ts";
import { needsSecondOpinion, secondOpinion } from "../problems/second-opinion.ts";
import { loadUnits, type SchemaFiles } from "../sources/load-units.ts";
import type { SchemaFile } from "../sources/schema-folders.ts";
import { schemaProblem, type SchemaProblem } from "../sources/schema-problem.ts";
import type { XmlDocument } from "../../xml/index.ts";
import { assemble } from "./assemble.ts";
import { describeSchemaError } from "./describe-schema-error.ts";

/** A schema that compiled without an envelope around its elements. */
export interface CompiledDocuments {
  readonly components: readonly UnitComponents[];
  readonly table: ComponentTable;
  /** Judges a document whose root may be any element that the schema declares. */
  validate(document: XmlDocument): DocumentVerdict;
}

/** The judgement of one document. */
export interface DocumentVerdict {
  readonly verdict: "valid" | "invalid" | "internal-error";
  /** The first thing that is wrong. */
  readonly message?: string | undefined;
}

/**
 * Compiles one schema document and what it includes and imports, with the same checks as a catalog, but as it is: without
 * envelope, and all of it or nothing.
 */
export function compileDocuments(
  engine: Libxml2,
  files: SchemaFiles,
  entry: SchemaFile,
): CompiledDocuments | { readonly problems: readonly SchemaProblem[] } {
  const loaded = loadUnits(files, [entry], { namespace: "", limits: {} });
  const [first] = loaded.units;
  if (first === undefined || loaded.problems.length > 0) return { problems: loaded.problems };
  const units = loaded.units.map(withoutEvents);

  const components = units.map(readComponents);
  const table = new ComponentTable(components);
  const declared = [...components.flatMap((each) => each.problems), ...table.duplicates];
  if (declared.length > 0) return { problems: declared };
  const referred = components.flatMap((each) => checkReferences(each, table));
  if (referred.length > 0) return { problems: referred };
  const defined = checkDefinitions(components, table);
  if (defined.length > 0) return { problems: defined };
  const illegal = lint(components, table);
  if (illegal.length > 0) return { problems: illegal };

  const assembly = assemble(units, table, first.namespace);
  const errors = engine.compile(assembly.documents, assembly.entry);
  if (errors.length > 0) {
    const fileOf = (error: EngineError): string =>
      (error.file === undefined ? undefined : assembly.unitOf(error.file))?.document.file ?? entry.path;
    return {
      problems: errors.map((error) =>
        schemaProblem(fileOf(error), Math.max(error.line, 1), describeSchemaError(error)),
      ),
    };
  }
  const context = { namespace: first.namespace, eventNames: [], table, maxProblems: MAX_PROBLEMS };
  const again = needsSecondOpinion(components) ? context : undefined;
  return { components, table, validate: (document) => judge(engine, document, again) };
}

/** Only the first problem is told; some may have to be passed over. */
const MAX_PROBLEMS = 20;

function judge(engine: Libxml2, document: XmlDocument, again: DiagnoseContext | undefined): DocumentVerdict {
  const result = engine.validate(document.source);
  const problems = again === undefined ? undefined : secondOpinion(document, result, again);
  if (problems !== undefined) {
    return problems.length === 0 ? { verdict: "valid" } : { verdict: "invalid", message: problems[0]!.message };
  }
  const { verdict, errors } = result;
  if (verdict === "valid") return { verdict };
  return { verdict: verdict === "internal-error" ? verdict : "invalid", message: errors[0]?.message };
}

/** The document declares no event types, and none of its files is an envelope. */
function withoutEvents(unit: SchemaUnit): SchemaUnit {
  return { ...unit, document: { ...unit.document, isTopLevel: false } };
}
