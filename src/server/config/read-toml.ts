import { readFile, stat } from "node:fs/promises";
import { unreadableReason } from "../../daemon/index.ts";
import { XqbusError } from "../../errors.ts";
import { optionalPackage } from "../../optional-package.ts";
import { InvalidConfigError } from "./config-problem.ts";

/** A table of a TOML file. */
export type TomlTable = Readonly<Record<string, unknown>>;

/** A configuration file that was read. */
export interface TomlFile {
  /** As it was named. */
  readonly name: string;
  readonly table: TomlTable;
  /** The line of the statement that defines each of these, from 1: `["email", "port"]` or `["email"]`. */
  readonly linesOf: (paths: readonly (readonly string[])[]) => readonly (number | undefined)[];
}

/** A configuration is no place for data: places of problems are looked for line by line. */
const MAX_BYTES = 256 * 1024;
const MAX_LINES = 5000;

/**
 * Reads a TOML file (TOML 1.0).
 *
 * @throws XqbusError `xqbus:unreadable`, `xqbus:missing-package`; InvalidConfigError with line and column for what is no TOML
 */
export async function readTomlFile(name: string): Promise<TomlFile> {
  return readToml(await textOf(name), name);
}

/** The same for a text. */
export async function readToml(text: string, name: string): Promise<TomlFile> {
  const { parse } = await optionalPackage("smol-toml", "reading a configuration", () => import("smol-toml"));
  const lines = text.split("\n");
  if (text.length > MAX_BYTES || lines.length > MAX_LINES) {
    throw new XqbusError(
      "xqbus:limit-exceeded",
      `${name} has ${lines.length} lines and ${text.length} characters; expected at most ${MAX_LINES} and ${MAX_BYTES}`,
    );
  }
  const table = ((): TomlTable => {
    try {
      return parse(text);
    } catch (error) {
      throw syntaxError(error, name);
    }
  })();
  return { name, table, linesOf: (paths) => findLines(lines, paths, parse) };
}

async function textOf(name: string): Promise<string> {
  try {
    const { size } = await stat(name);
    if (size <= MAX_BYTES) return await readFile(name, "utf8");
  } catch (error) {
    throw new XqbusError("xqbus:unreadable", `cannot read ${name}: ${unreadableReason(error)}`, { cause: error });
  }
  throw new XqbusError(
    "xqbus:limit-exceeded",
    `${name} has more than ${MAX_BYTES} bytes, the limit of a configuration`,
  );
}

/** The parser's text quotes lines around the place, in which secrets may stand: only its first sentence is used. */
function syntaxError(error: unknown, name: string): InvalidConfigError {
  const { line, column, message } = error as {
    readonly line?: number;
    readonly column?: number;
    readonly message: string;
  };
  const reason = (message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "");
  const place = line === undefined ? name : `${name}:${line}${column === undefined ? "" : `:${column}`}`;
  return new InvalidConfigError([{ place, line, setting: undefined, message: `this is no TOML: ${reason}` }]);
}

/** The parser tells no places of values: what defines one is the statement that ends the shortest beginning that has it. */
function findLines(
  lines: readonly string[],
  paths: readonly (readonly string[])[],
  parse: (text: string) => TomlTable,
): readonly (number | undefined)[] {
  const found = new Map<number, number>();
  let statement = 1;
  for (let count = 1; count <= lines.length && found.size < paths.length; count++) {
    const table = attempt(() => parse(lines.slice(0, count).join("\n")));
    // In the middle of a list or text of several lines.
    if (table === undefined) continue;
    for (const [index, path] of paths.entries()) if (!found.has(index) && has(table, path)) found.set(index, statement);
    statement = count + 1;
  }
  return paths.map((_, index) => found.get(index));
}

function has(table: unknown, path: readonly string[]): boolean {
  let value: unknown = table;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return false;
    value = (value as TomlTable)[key];
  }
  return true;
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
