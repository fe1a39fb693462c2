import { readFile, writeFile } from "node:fs/promises";
import { unreadableReason } from "../../../daemon/index.ts";
import { XqbusError } from "../../../errors.ts";
import { counted } from "../../../counted.ts";
import { EXIT } from "../../exit-code.ts";
import { Output } from "../../io.ts";
import { jsonOption, openCatalog, schemasOption } from "../../options.ts";
import type { CatalogOption } from "../../options.ts";
import type { AddSchemaCommand } from "../schema.ts";

type TypesOptions = CatalogOption & { readonly out?: string; readonly check?: true; readonly json?: true };

export const addSchemaTypes: AddSchemaCommand = (schema, session) => {
  schema
    .command("types")
    .description("TypeScript declarations of all event types, for reading events and for the EventMaker")
    .option("--out <file>", "file to write, such as events.d.ts (default: standard output)")
    .option("--check", "write nothing; say whether the file of --out is current")
    .addOption(schemasOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus schema types --out events.d.ts
  xqbus schema types --schemas ./my-schemas > events.d.ts
  xqbus schema types --out events.d.ts --check

In a program:
  import type { Events } from "./events.d.ts";
  const e = EventMaker<Events>(catalog);

The exit code is 1 when an XSD file is broken, with --check also when the file is not current.`,
    )
    .action(async (options: TypesOptions) => {
      const output = new Output(session.io, options.json === true);
      using catalog = await openCatalog(options, output);
      const declarations = catalog.declareTypes();
      const { out, check } = options;
      if (catalog.problems.length > 0) session.exitCode = EXIT.failure;
      if (check === true) {
        if (!(await isCurrent(out, declarations, output))) session.exitCode = EXIT.failure;
      } else if (out === undefined) {
        if (output.json) output.value({ eventNames: catalog.eventNames, declarations });
        else output.line(declarations.trimEnd());
      } else {
        const changed = await writeIfChanged(out, declarations);
        if (output.json) output.value({ eventNames: catalog.eventNames, file: out, changed });
        else output.line(`${out}: ${counted(catalog.eventNames.length, "event type")}${changed ? "" : ", unchanged"}`);
      }
    });
};

async function isCurrent(file: string | undefined, declarations: string, output: Output): Promise<boolean> {
  if (file === undefined) {
    throw new XqbusError("xqbus:illegal-argument", "--check needs a file to look at; give it with --out events.d.ts");
  }
  const current = (await readIfThere(file)) === declarations;
  if (output.json) output.value({ file, current });
  else output.line(current ? `${file}: current` : `${file}: not current; run xqbus schema types --out ${file}`);
  return current;
}

/** A file that stays as it is does not wake up compilers that watch it. */
async function writeIfChanged(file: string, text: string): Promise<boolean> {
  if ((await readIfThere(file)) === text) return false;
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new XqbusError("xqbus:unreadable", `cannot write ${file}: ${unreadableReason(error)}`, { cause: error });
  }
  return true;
}

/** Undefined for a file that cannot be read: it will be written, or counts as not current. */
async function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}
