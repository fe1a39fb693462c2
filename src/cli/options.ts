import { InvalidArgumentError, Option } from "commander";
import { busUrlOfEnvironment, type ConnectOptions } from "../amqp/index.ts";
import { readTextFile } from "../daemon/index.ts";
import { XqbusError } from "../errors.ts";
import { formatSchemaProblem, loadCatalog } from "../schema/index.ts";
import { parseDuration } from "../subscription/index.ts";
import type { Catalog, SchemaProblem } from "../schema/index.ts";
import { inCommandWords } from "./command-words.ts";
import type { Io, Output } from "./io.ts";
import { pathAsGiven } from "./path-as-given.ts";
import { visibleText } from "./visible-text.ts";

/** Options that several commands share, with the values that commander gives. */
export interface CatalogOption {
  readonly schemas?: readonly string[];
}

export interface UrlOptions {
  readonly url?: string;
  readonly tlsCa?: string;
  readonly timeout: number;
}

export const schemasOption = (): Option =>
  new Option(
    "--schemas <dir>",
    "folder with XSD files; may be repeated (default: XQBUS_SCHEMAS, else ./schemas/events and the shipped types)",
  ).argParser(collect);

export const jsonOption = (): Option => new Option("--json", "machine-readable output");

export const urlOptions = (): readonly Option[] => [
  new Option("--url <url>", "bus: amqp[s]://user:password@host:port/domain (default: XQBUS_URL, else BROKER_URL)"),
  new Option("--tls-ca <file>", "PEM file with the authority that signed the broker's certificate"),
  new Option("--timeout <seconds>", "give up connecting or sending after this time")
    .default(10)
    .argParser(waitingSeconds),
];

/** Entries that the API gives in one answer at most. */
const MAX_ENTRIES = 1000;

/** How much of a list of the daemon is shown. */
export const limitOption = (entries: number): Option =>
  new Option("--limit <number>", `at most so many, up to ${MAX_ENTRIES}`).default(entries).argParser((text) => {
    const value = positiveInteger(text);
    if (value > MAX_ENTRIES) throw new InvalidArgumentError(`It must be at most ${MAX_ENTRIES}.`);
    return value;
  });

/** The bus to talk to: `--url`, else the environment. */
export function busUrl(options: UrlOptions, io: Io): string {
  const url = options.url ?? busUrlOfEnvironment(io.env) ?? "";
  if (url !== "") return url;
  throw new XqbusError(
    "xqbus:invalid-url",
    "no bus was named; give --url amqp://user:password@host/domain or set XQBUS_URL (xqbus serve prints one)",
  );
}

/** How to connect: time limit, TLS authority, and Ctrl-C. */
export async function connectOptions(options: UrlOptions, io: Io): Promise<ConnectOptions> {
  const connect: ConnectOptions = { timeoutMs: options.timeout * 1000, signal: io.signal };
  if (options.tlsCa === undefined) return connect;
  return { ...connect, tls: { ca: await readTextFile(options.tlsCa) } };
}

/**
 * Loads the catalog and tells of files that had to be left out, so that nobody wonders where an event type went, and of
 * annotations without effect.
 */
export async function openCatalog(options: CatalogOption, output: Output): Promise<Catalog> {
  const { schemas: folders = [] } = options;
  const catalog = await loadCatalog(options.schemas === undefined ? {} : { directories: folders });
  for (const found of catalog.problems) {
    const problem = withPathAsGiven(found, folders);
    output.warning(`left out ${inCommandWords(formatSchemaProblem(problem))}`, {
      code: "xqbus:invalid-schema",
      ...problem,
    });
  }
  for (const found of catalog.warnings) {
    const warning = withPathAsGiven(found, folders);
    output.warning(visibleText(inCommandWords(formatSchemaProblem(warning))), { ...warning });
  }
  // Only where --schemas names the folders: the shipped types are not in them then.
  if (catalog.eventNames.length === 0 && catalog.problems.length === 0) {
    const message = `the catalog has no event types: there are no XSD files of events in ${folders.join(", ")}`;
    output.warning(message, { code: "xqbus:unknown-name", message });
  }
  return catalog;
}

function withPathAsGiven(problem: SchemaProblem, folders: readonly string[]): SchemaProblem {
  return { ...problem, file: pathAsGiven(problem.file, folders) };
}

export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0) || !Number.isFinite(value))
    throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

/** Longest time that a timer of Node can take, rounded down to whole days. */
const MAX_WAIT_SECONDS = 24 * 24 * 60 * 60;

function waitingSeconds(text: string): number {
  const value = positiveNumber(text);
  if (value > MAX_WAIT_SECONDS) throw new InvalidArgumentError(`It must be at most ${MAX_WAIT_SECONDS}.`);
  return value;
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value === 0 || !Number.isSafeInteger(value))
    throw new InvalidArgumentError("It must be a whole number above 0.");
  return value;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

/** Ms of a duration such as 30s. */
export function durationMs(text: string): number {
  try {
    return parseDuration(text, "");
  } catch {
    throw new InvalidArgumentError('It must be a duration such as "500ms", "30s", "5m" or "2h".');
  }
}

export function portNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65535)
    throw new InvalidArgumentError("It must be a port number from 0 to 65535; 0 takes a free one.");
  return value;
}
