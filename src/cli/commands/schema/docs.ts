import { readSchemaCopies, schemaDocs } from "../../../docs/index.ts";
import { XqbusError } from "../../../errors.ts";
import { EXIT } from "../../exit-code.ts";
import { applyFolderPlan, planFolder, type FolderPlan } from "../../folder-files.ts";
import { Output } from "../../io.ts";
import { jsonOption, openCatalog, schemasOption, type CatalogOption } from "../../options.ts";
import type { AddSchemaCommand } from "../schema.ts";

interface DocsOptions extends CatalogOption {
  readonly out: string;
  readonly check?: true;
  readonly force?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

export const addSchemaDocs: AddSchemaCommand = (schema, session) => {
  schema
    .command("docs")
    .description("static pages about all event types, and an AsyncAPI document with the XSD files it refers to")
    .requiredOption("--out <dir>", "folder to write; pages of earlier runs that are not needed any more are removed")
    .option("--check", "write nothing; say whether the folder is current")
    .option("--dry-run", "write nothing; say what would be written and removed")
    .option("--force", "overwrite files that xqbus did not write, or that were changed since")
    .addOption(schemasOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus schema docs --out docs/events
  xqbus schema docs --out docs/events --check
  xqbus schema docs --schemas ./my-schemas --out site --dry-run

The same XSD files give the same pages, so that the folder can be committed.
The exit code is 1 when an XSD file is broken, with --check also when the folder is not current.`,
    )
    .action(async (options: DocsOptions) => {
      const output = new Output(session.io, options.json === true);
      using catalog = await openCatalog(options, output);
      if (catalog.problems.length > 0) session.exitCode = EXIT.failure;
      const plan = await planFolder(options.out, schemaDocs(catalog, await readSchemaCopies(catalog)));
      if (options.check === true) {
        if (isCurrent(plan)) return report(plan, output, `${options.out}: current`);
        session.exitCode = EXIT.failure;
        return report(plan, output, `${options.out}: not current; run xqbus schema docs --out ${options.out}`);
      }
      if (options.dryRun === true) return report(plan, output, `${options.out}: would write ${counts(plan)}`);
      refuseForeign(plan, options.force === true);
      await applyFolderPlan(plan);
      report(plan, output, `${options.out}: wrote ${counts(plan)}`);
    });
};

function isCurrent({ write, remove }: FolderPlan): boolean {
  return write.size === 0 && remove.length === 0;
}

function report(plan: FolderPlan, output: Output, line: string): void {
  const { folder, write, remove, unchanged, foreign } = plan;
  if (!output.json) return output.line(line);
  const current = isCurrent(plan);
  output.value({ folder, current, written: [...write.keys()], removed: remove, unchanged: unchanged.length, foreign });
}

function counts({ write, remove, unchanged, foreign }: FolderPlan): string {
  const others = foreign.length === 0 ? "" : `, ${foreign.length} of them not written by xqbus or changed since`;
  return `${write.size} files${others}; ${remove.length} removed, ${unchanged.length} unchanged`;
}

function refuseForeign({ folder, foreign }: FolderPlan, force: boolean): void {
  const [first] = foreign;
  if (first === undefined || force) return;
  const others = foreign.length === 1 ? "" : ` and ${foreign.length - 1} more`;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `${folder}: xqbus did not write ${first}${others}, or it was changed since; choose another folder, or overwrite with --force`,
  );
}
