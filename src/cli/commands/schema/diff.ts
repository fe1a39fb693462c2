import { stat } from "node:fs/promises";
import { basename, dirname, extname } from "node:path";
import { Option } from "commander";
import { unreadableReason } from "../../../daemon/index.ts";
import { XqbusError } from "../../../errors.ts";
import { compareCatalogs, isBackwardCompatible, isForwardCompatible } from "../../../schema/index.ts";
import type { Catalog, CompatibilityReport, EventCompatibility, SchemaChange, Verdict } from "../../../schema/index.ts";
import { EXIT } from "../../exit-code.ts";
import { Output, type Style } from "../../io.ts";
import { jsonOption, openCatalog, positiveInteger, wholeNumber } from "../../options.ts";
import { pathAsGiven } from "../../path-as-given.ts";
import { visibleText } from "../../visible-text.ts";
import type { AddSchemaCommand } from "../schema.ts";
import { given } from "../../given.ts";

interface DiffOptions {
  readonly failOn?: FailOn;
  readonly samples?: number;
  readonly seed?: number;
  readonly json?: true;
}

type FailOn = keyof typeof FAILS;

/** Which verdicts are a failure. */
const FAILS = {
  breaking: (verdict: Verdict): boolean => verdict === "breaking",
  backward: (verdict: Verdict): boolean => !isBackwardCompatible(verdict),
  forward: (verdict: Verdict): boolean => !isForwardCompatible(verdict),
  any: (verdict: Verdict): boolean => verdict !== "full",
} as const;

export const addSchemaDiff: AddSchemaCommand = (schema, session) => {
  schema
    .command("diff")
    .description("what changed between two versions of a catalog, and whether their documents still go together")
    .argument("<old>", "folder with XSD files, or one XSD file: the event type of its name")
    .argument("<new>", "folder with XSD files, or one XSD file")
    .addOption(
      new Option(
        "--fail-on <verdict>",
        "exit with 1 when compatibility is broken: in both, one or any direction",
      ).choices(Object.keys(FAILS)),
    )
    .addOption(
      new Option(
        "--samples <number>",
        "valid documents that are generated from each side of a changed event type (default: 200)",
      ).argParser(positiveInteger),
    )
    .addOption(new Option("--seed <number>", "which documents are generated (default: 1)").argParser(wholeNumber))
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus schema diff ./released ./schemas
  xqbus schema diff ./released ./schemas --fail-on backward
  xqbus schema diff ./released/PhoneStatus.xsd ./schemas/PhoneStatus.xsd --json

Verdicts:
  full      new readers accept old documents, and old readers accept new ones
  backward  only new readers accept old documents: update readers first
  forward   only old readers accept new documents: update writers first
  breaking  neither

--fail-on breaking fails when neither direction holds, --fail-on backward when new readers refuse old documents,
--fail-on forward when old readers refuse new documents, --fail-on any in both of these cases.

The exit code is also 1 when an XSD file is broken.`,
    )
    .action(async (old: string, now: string, options: DiffOptions) => {
      const output = new Output(session.io, options.json === true);
      const [before, after] = [await placeOf(old), await placeOf(now)];
      using oldCatalog = await openCatalog({ schemas: [before.folder] }, output);
      using newCatalog = await openCatalog({ schemas: [after.folder] }, output);
      const { samples, seed, failOn } = options;
      const events = eventsToCompare(before, after, oldCatalog, newCatalog);
      const report = compareCatalogs(oldCatalog, newCatalog, given({ events, samples, seed }));
      const shown = withPathsAsGiven(report, before.folder, after.folder);
      if (output.json) output.value(shown);
      else showReport(shown, output);
      const isBroken = oldCatalog.problems.length + newCatalog.problems.length > 0;
      if (isBroken || (failOn !== undefined && FAILS[failOn](report.verdict))) session.exitCode = EXIT.failure;
    });
};

/** A side of the comparison: the folder to load, and the one event type that is meant. */
interface Side {
  readonly folder: string;
  readonly file: string | undefined;
  readonly event: string | undefined;
}

async function placeOf(path: string): Promise<Side> {
  try {
    if ((await stat(path)).isDirectory()) return { folder: path, file: undefined, event: undefined };
  } catch (error) {
    throw new XqbusError("xqbus:unreadable", `cannot read ${path}: ${unreadableReason(error)}`, { cause: error });
  }
  return { folder: dirname(path), file: path, event: basename(path, extname(path)) };
}

function eventsToCompare(
  before: Side,
  after: Side,
  oldCatalog: Catalog,
  newCatalog: Catalog,
): readonly string[] | undefined {
  for (const [{ event, file }, catalog] of [
    [before, oldCatalog],
    [after, newCatalog],
  ] as const) {
    if (event === undefined || catalog.eventNames.includes(event)) continue;
    const message = `${file ?? ""} declares no event type; expected a global element named "${event}"`;
    throw new XqbusError("xqbus:illegal-argument", message);
  }
  const [a, b] = [before.event, after.event];
  if (a !== undefined && b !== undefined && a !== b) {
    const message = `${a} and ${b} are two event types; only versions of one can be compared`;
    throw new XqbusError("xqbus:illegal-argument", message);
  }
  const event = a ?? b;
  return event === undefined ? undefined : [event];
}

/** The files of each side, under the path by which that side was named. */
function withPathsAsGiven(report: CompatibilityReport, old: string, now: string): CompatibilityReport {
  const events = report.events.map((event) => ({
    ...event,
    changes: event.changes.map((change) => ({
      ...change,
      ...(change.old === undefined ? {} : { old: { ...change.old, file: pathAsGiven(change.old.file, [old]) } }),
      ...(change.new === undefined ? {} : { new: { ...change.new, file: pathAsGiven(change.new.file, [now]) } }),
    })),
  }));
  return { ...report, events };
}

function showReport({ verdict, events }: CompatibilityReport, output: Output): void {
  const changed = events.filter(({ changes }) => changes.length > 0);
  for (const event of changed) for (const line of eventLines(event, output)) output.line(line);
  const unchanged = events.length - changed.length;
  const count = `${changed.length} of ${events.length} event types changed`;
  const accepted = events.reduce((sum, event) => sum + event.accepted, 0);
  output.line(
    `${styled(verdict, output)}: ${count}, ${unchanged} did not; ${accepted} generated documents are valid in both`,
  );
}

function eventLines({ event, verdict, changes, accepted }: EventCompatibility, output: Output): readonly string[] {
  const head = `${output.style("bold", event)}: ${styled(verdict, output)} (${accepted} generated documents are valid in both)`;
  return [head, ...changes.flatMap((change) => changeLines(change, output)), ""];
}

function changeLines(change: SchemaChange, output: Output): readonly string[] {
  const places = [change.old, change.new].flatMap((place) =>
    place === undefined ? [] : `${place.file}:${place.line}`,
  );
  const unproven = change.isUnproven ? ", unproven" : "";
  return [
    `  ${styled(change.verdict, output)}${unproven}: ${visibleText(change.description)}`,
    output.style("dim", `    ${change.kind} at ${change.path}${places.length === 0 ? "" : `, ${places.join(" -> ")}`}`),
    ...change.witnesses.flatMap(({ document, acceptedBy, problem }) => [
      `    only the ${acceptedBy} one accepts ${visibleText(shorten(document))}`,
      `      ${problem.path}: ${visibleText(problem.message)}`,
    ]),
  ];
}

function styled(verdict: Verdict, output: Output): string {
  return output.style(STYLES[verdict], verdict);
}

/** The documents are whole in JSON. */
function shorten(document: string): string {
  return document.length <= MAX_SHOWN ? document : `${document.slice(0, MAX_SHOWN)}…`;
}

const MAX_SHOWN = 400;

const STYLES: Readonly<Record<Verdict, Style>> = {
  full: "green",
  backward: "yellow",
  forward: "yellow",
  breaking: "red",
};
