import { InvalidArgumentError, Option } from "commander";
import type * as Server from "../../server/index.ts";
import type * as Migration from "../../server/migration/index.ts";
import type { MigrationProgress, MigrationReport } from "../../server/migration/index.ts";
import { counted } from "../../counted.ts";
import { EXIT } from "../exit-code.ts";
import { Output } from "../io.ts";
import type { AddLater } from "../later-command.ts";
import { LiveLine } from "../live-line.ts";
import { jsonOption } from "../options.ts";
import { visibleText } from "../visible-text.ts";

interface MigrateOptions {
  readonly from: string;
  readonly config: string;
  readonly order?: ReadonlyMap<string, string>;
  readonly dryRun?: true;
  readonly json?: true;
}

/** Adds `migrate`. */
export const addMigrate: AddLater = (command, session) => {
  command
    .requiredOption("--from <dir>", "folder of a daemon, or of serve --data, that does not run")
    .requiredOption(
      "--config <file>",
      "configuration of the daemons to come: [broker] url and a PostgreSQL in [storage] url",
    )
    .addOption(
      new Option(
        "--order <name=key>",
        "a durable subscription whose consumer has orderBy: group-id, or an XPath; may be repeated",
      ).argParser(nameAndKey),
    )
    .option("--dry-run", "count what would be copied; both sides are asked, nothing is made")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  xqbus migrate --from /var/lib/xqbus --config cluster.toml --dry-run
  xqbus migrate --from /var/lib/xqbus --config cluster.toml
  xqbus migrate --from ./bus --config cluster.toml --order calls=//e:CallerId --order orders=group-id

The old folder stays as it is, but for a record of what was copied, so that the command can be repeated after an interruption: what the new broker had
accepted is not sent again, but for the last few messages, which have the same message ids. No broker starts with the folder from then on: docs/scaling.md,
"Leaving the embedded broker". The exit code is 1 when messages are damaged and stay behind.`,
    )
    .action(async ({ from, config: file, order, dryRun: isDry, json }: MigrateOptions) => {
      const { io } = session;
      const output = new Output(io, json === true);
      const { loadConfig, migrateFolder } = await loadMigration();
      const { config } = await loadConfig({ file, env: io.env });
      let progress: MigrationProgress = { what: "looking", done: 0, of: 0 };
      using line = new LiveLine(output, () => progressText(progress));
      const report = await migrateFolder({
        ...{ from, config, dryRun: isDry === true, orders: order ?? new Map<string, string>(), signal: io.signal },
        onProgress: (now) => (progress = now),
      });
      line.end();
      if (report.queues.some(({ damaged }) => damaged > 0)) session.exitCode = EXIT.failure;
      if (output.json) output.value(report);
      else show(report, output);
    });
};

/** A function of its own: in one with `using` TypeScript 6 leaves the ending of the path as it is. */
async function loadMigration(): Promise<Pick<typeof Server, "loadConfig"> & typeof Migration> {
  return { ...(await import("../../server/index.ts")), ...(await import("../../server/migration/index.ts")) };
}

function show({ domain, dryRun, parts, routes, queues, notes }: MigrationReport, output: Output): void {
  const line = (text: string): void => output.line(visibleText(text));
  for (const { title, rows, copied } of parts) {
    line(
      dryRun
        ? `${title}: ${counted(rows, "row")}`
        : `${title}: ${copied} of ${counted(rows, "row")} copied, ${rows - copied} were there`,
    );
  }
  for (const { name, queue, change } of routes) line(`route ${name}: ${change}; its queue: ${queue}`);
  for (const { from, to, messages, before, copied, damaged } of queues) {
    const were = before === 0 ? "" : `, ${before} were copied before`;
    const faults = damaged === 0 ? "" : `, ${damaged} damaged and left (xqbus store check tells which)`;
    const what = dryRun ? `${messages - before} to copy` : `${copied} copied`;
    line(`${from} -> ${to}: ${what}${were}${faults}`);
  }
  for (const note of notes) output.note(visibleText(note));
  const messages = queues.reduce((sum, each) => sum + (dryRun ? each.messages - each.before : each.copied), 0);
  line(`${counted(messages, "message")} of ${domain} ${dryRun ? "would be copied" : "copied"}`);
}

function progressText({ what, done, of }: MigrationProgress): string {
  return of === 0 ? `${what} …` : `${what}: ${done} of ${of}`;
}

function nameAndKey(text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const at = text.indexOf("=");
  const [name, key] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || key === "") throw new InvalidArgumentError("It must be NAME=group-id or NAME=XPATH.");
  return new Map([...before, [name, key]]);
}
