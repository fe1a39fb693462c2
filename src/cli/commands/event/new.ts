import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { unreadableReason } from "../../../daemon/index.ts";
import { XqbusError } from "../../../errors.ts";
import {
  DEFAULT_NAMESPACE,
  eventFixtures,
  formatSchemaProblem,
  loadCatalog,
  writeEventSchema,
} from "../../../schema/index.ts";
import type { Session } from "../../command.ts";
import { Output } from "../../io.ts";
import { collect, jsonOption, openCatalog, schemasOption, type CatalogOption } from "../../options.ts";

interface NewOptions extends CatalogOption {
  readonly field?: readonly string[];
  readonly doc?: string;
  readonly dir: string;
  readonly fixtures: string;
  readonly namespace: string;
  readonly dryRun?: true;
  readonly force?: true;
  readonly json?: true;
}

/** Adds `event new`: the XSD file of a new event type with documents to test it with. */
export function addEventNew(event: Command, session: Session): void {
  const command: Command = event
    .command("new")
    .description("write the XSD file of a new event type, and valid and invalid documents to begin tests with")
    .argument("<name>", "name of the event type, and of the file")
    .option(
      "--field <field>",
      "Name:type, Name?:type (optional), Name*:type or Name+:type (many), Name:one|two (these values); =Text behind it documents it; may be repeated",
      collect,
    )
    .option("--doc <text>", "what the event tells, who sends it and when")
    .option("--dir <dir>", "folder of the XSD file", "schemas/events")
    .option("--fixtures <dir>", "folder in which the documents get a folder of their own", "test/fixtures/events")
    .option("--namespace <uri>", "target namespace", DEFAULT_NAMESPACE)
    .option("--dry-run", "print what would be written")
    .option("--force", "overwrite files that are there already")
    .addOption(schemasOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus event new DoorOpened --doc "A door was opened." --field Door:string --field At:dateTime
  xqbus event new Job --field "State:waiting|done" --field "Note?:string=For people" --dry-run`,
    )
    .action(async (name: string, options: NewOptions) => {
      const output = new Output(session.io, options.json === true);
      const schema = schemaOf(name, options, command);
      if (options.force !== true) await refuseKnown(name, options, output);
      const fixtures = await fixturesOf(name, schema);
      const files = new Map([[join(options.dir, `${name}.xsd`), schema]]);
      for (const [file, text] of fixtures) files.set(join(options.fixtures, name, file), text);
      if (options.dryRun !== true) await writeFiles(files, options.force === true);
      report(files, options.dryRun === true, output);
    });
}

/** Whatever it refuses stands on the command line. */
function schemaOf(name: string, options: NewOptions, command: Command): string {
  const { field: fields = [], doc: documentation = "", namespace } = options;
  try {
    return writeEventSchema({ name, fields, documentation, namespace });
  } catch (error) {
    if (error instanceof XqbusError) return command.error(`error: ${error.message}`);
    throw error;
  }
}

async function refuseKnown(name: string, options: NewOptions, output: Output): Promise<void> {
  using catalog = await openCatalog(options, output);
  const known = catalog.eventNames
    .map((each) => catalog.describe(each))
    .find((each) => each.name === name && each.namespace === options.namespace);
  if (known === undefined) return;
  throw new XqbusError("xqbus:illegal-argument", `there is an event type ${name} already: ${known.file}`);
}

/** Loads the new schema alone, which also proves that it works. */
async function fixturesOf(name: string, schema: string): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "xqbus-new-"));
  try {
    await writeFile(join(folder, `${name}.xsd`), schema);
    using catalog = await loadCatalog({ directories: [folder] });
    const [problem] = catalog.problems;
    if (problem !== undefined) throw new XqbusError("xqbus:invalid-schema", formatSchemaProblem(problem));
    return eventFixtures(catalog, name);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** All or nothing, as far as files that are there already are concerned. */
async function writeFiles(files: ReadonlyMap<string, string>, force: boolean): Promise<void> {
  for (const file of force ? [] : files.keys()) {
    if (await exists(file)) {
      throw new XqbusError("xqbus:illegal-argument", `${file} is there already; overwrite it with --force`);
    }
  }
  for (const [file, text] of files) {
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text, { flag: force ? "w" : "wx" });
    } catch (error) {
      throw new XqbusError("xqbus:unreadable", `cannot write ${file}: ${unreadableReason(error)}`, { cause: error });
    }
  }
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function report(files: ReadonlyMap<string, string>, dryRun: boolean, output: Output): void {
  if (output.json) {
    output.value({ dryRun, files: [...files].map(([file, text]) => (dryRun ? { file, text } : { file })) });
    return;
  }
  for (const [file, text] of files) {
    output.line(`${dryRun ? "would write" : "wrote"} ${file}`);
    if (dryRun && file.endsWith(".xsd")) output.line(`\n${text}`);
  }
}
