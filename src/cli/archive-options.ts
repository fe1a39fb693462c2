import { InvalidArgumentError, Option, type Command } from "commander";
import type { QueryOptions, QueryProgress } from "../archive/index.ts";
import type { ArchiveChoice } from "../server/api-client/index.ts";
import { parseDuration } from "../subscription/index.ts";
import { apiLimits, apiOptions, openApi, type ApiOptions } from "./api/open-api.ts";
import { ApiSource } from "./archive/api-source.ts";
import type { ArchiveSource } from "./archive/archive-source.ts";
import type { Session } from "./command.ts";
import { Output } from "./io.ts";
import { LiveLine } from "./live-line.ts";
import {
  busUrl,
  collect,
  jsonOption,
  openCatalog,
  positiveInteger,
  schemasOption,
  type CatalogOption,
} from "./options.ts";
import { given } from "./given.ts";

/** Values of the options of commands that work on an archive. */
export interface ArchiveOptions extends CatalogOption, ApiOptions {
  readonly database?: string;
  readonly json?: true;
}

/** Values of the options that choose events. */
export interface ChoiceOptions {
  readonly since?: number;
  readonly until?: number;
  readonly type?: readonly string[];
  readonly routingKey?: string;
  readonly xquery?: string;
  readonly limit?: number;
}

/** What an action on an archive gets. */
export interface ArchiveCall<O> {
  readonly archive: ArchiveSource;
  readonly options: O;
  readonly output: Output;
}

/** Adds the options that say which events are meant; all of them must hold. */
export function addChoiceOptions(
  command: Command,
  { hasFilter = true, hasLimit = true }: { readonly hasFilter?: boolean; readonly hasLimit?: boolean } = {},
): Command {
  const added = command
    .addOption(new Option("--since <time>", "sent since then: 2h, 30d, 2026-11-22T08:00Z").argParser(timeOf))
    .addOption(new Option("--until <time>", "sent before then").argParser(timeOf))
    .addOption(new Option("--type <type>", "only events of this type; may be repeated").argParser(collect))
    .option("--routing-key <pattern>", "only these routing keys: * is a word, # any number of them");
  if (hasLimit) added.addOption(new Option("--limit <number>", "events at most").argParser(positiveInteger));
  return hasFilter ? added.option("--xquery <query>", "only events for which this filter holds") : added;
}

/** The events that the options choose. */
export function choiceOf({ since, until, type, routingKey, xquery, limit }: ChoiceOptions): ArchiveChoice {
  return given({ since, until, type, routingKey, limit, xquery });
}

/**
 * Makes a command that works on an archive: that of a database which is named, else that of the daemon.
 *
 * @typeParam O values of its own options
 */
export function usesArchive<O extends object>(
  command: Command,
  session: Session,
  action: (call: ArchiveCall<O>, argument: string) => Promise<void>,
): void {
  command.addOption(
    new Option(
      "--database <url>",
      "the archive's database: sqlite:archive.db or postgres://user:password@host/name (default: XQBUS_ARCHIVE, else the daemon is asked)",
    ).conflicts("http"),
  );
  for (const option of apiOptions()) command.addOption(option);
  command
    .addOption(schemasOption())
    .addOption(jsonOption())
    .action(async (...args: readonly unknown[]) => {
      const options = command.opts<O & ArchiveOptions>();
      const output = new Output(session.io, options.json === true);
      const argument = typeof args[0] === "string" ? args[0] : "";
      let progress: QueryProgress | undefined;
      using live = new LiveLine(output, () => progressText(progress));
      const onProgress = (latest: QueryProgress): void => void (progress = latest);
      await withArchive({ options, output, session, onProgress }, (archive) =>
        action({ archive, options, output }, argument),
      );
      live.end();
    });
}

interface Following {
  readonly options: ArchiveOptions;
  readonly output: Output;
  readonly session: Session;
  readonly onProgress: (progress: QueryProgress) => void;
}

async function withArchive(
  { options, output, session: { io }, onProgress }: Following,
  act: (archive: ArchiveSource) => Promise<void>,
): Promise<void> {
  const variable = options.http === undefined ? io.env["XQBUS_ARCHIVE"] : undefined;
  const url = options.database ?? variable ?? "";
  const onWarning = ({ number, message }: { readonly number: number; readonly message: string }): void =>
    output.warning(`event #${number}: ${message}`, { number, message });
  if (url === "") {
    const limits = apiLimits(options, io);
    return act(new ApiSource(await openApi(options, io), { ...limits, onProgress, onWarning }));
  }
  const { Archive, DatabaseSource } = await databaseModules();
  using catalog = await openCatalog(options, output);
  await using archive = await Archive.open(url, { catalog, readOnly: true });
  let isTold = false;
  const onFilterError: QueryOptions["onFilterError"] = ({ number }, { message }) => {
    if (!isTold) onWarning({ number, message });
    isTold = true;
  };
  const reading = { catalog, signal: io.signal, onProgress, onFilterError };
  await act(new DatabaseSource(archive, { ...reading, busUrl: () => busUrl({ timeout: 0 }, io) }));
}

/**
 * Loaded when they are needed, so that other commands start as fast as without them. Not in a function with `using`: TypeScript leaves
 * the names of such imports as they are.
 */
async function databaseModules() {
  const { Archive } = await import("../archive/index.ts");
  const { DatabaseSource } = await import("./archive/database-source.ts");
  return { Archive, DatabaseSource };
}

function progressText(progress: QueryProgress | undefined): string {
  if (progress === undefined) return "";
  const { looked, done } = progress;
  return `${Math.round(done * 100)} % of the archive, ${looked} events looked at; Ctrl-C ends it`;
}

function timeOf(text: string): number {
  try {
    return Date.now() - parseDuration(text, "");
  } catch {
    const time = Date.parse(text);
    if (!Number.isNaN(time)) return time;
    throw new InvalidArgumentError(
      "It must be a time before now such as 2h or 30d, or a date such as 2026-11-22T08:00Z.",
    );
  }
}
