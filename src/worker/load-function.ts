import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { serialize } from "node:v8";
import { messageOf, XqbusError } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import { OWN_FOLDER, type LoadedFiles } from "./loaded-files.ts";

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** Exports that are named in a message. */
const MAX_NAMED = 20;
/** Files that are looked at for the place of a syntax error. */
const MAX_CHECKED = 10;
const CHECK_TIMEOUT_MS = 10_000;
/** File and line of each frame of a stack that is in a file. */
const FRAMES = /^ {4}at (?:[^\n]*\()?(file:[^\n]*?|\/[^\n]*?):(\d+):\d+\)?$/gm;

/**
 * The exported function of a module.
 *
 * @throws XqbusError `xqbus:invalid-module` with file and line where they are known
 */
export async function loadFunction(module: string, name: string, files: LoadedFiles): Promise<AnyFunction> {
  const found = exportsOf(await load(module, files));
  const value = found.get(name);
  if (typeof value === "function") return value as AnyFunction;
  if (found.has(name)) throw invalidModule(`"${name}" of ${module} is no function but ${typeof value}`);
  const nearest = nearestName(name, found.keys());
  const hint = nearest === undefined ? "" : ` (did you mean "${nearest}"?)`;
  const names = [...found.keys()].slice(0, MAX_NAMED).join(", ");
  throw invalidModule(`${module} has no export "${name}"${hint}; ${names === "" ? "it has none" : `it has ${names}`}`);
}

/** What a module exports: the names of its functions, and its other values as far as they are plain data. */
export interface ModuleDescription {
  readonly functions: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * What a module exports.
 *
 * @throws XqbusError `xqbus:invalid-module` as {@link loadFunction}
 */
export async function describeModule(module: string, files: LoadedFiles): Promise<ModuleDescription> {
  const found = [...exportsOf(await load(module, files))];
  const isFunction = ([, value]: readonly [string, unknown]): boolean => typeof value === "function";
  return {
    functions: found.filter(isFunction).map(([name]) => name),
    values: Object.fromEntries(found.filter((entry) => !isFunction(entry) && isPlain(entry[1]))),
  };
}

function isPlain(value: unknown): boolean {
  try {
    serialize(value);
    return true;
  } catch {
    return false;
  }
}

async function load(module: string, files: LoadedFiles): Promise<object> {
  if (/\.[mc]?ts$/.test(module) && !readsTypeScript()) {
    throw invalidModule(
      `${module} is TypeScript, which needs Node 22.18 or newer (this is ${process.versions.node}); or compile it`,
    );
  }
  if (!existsSync(module)) throw invalidModule(`${module} cannot be loaded: there is no such file`);
  try {
    return (await import(pathToFileURL(module).href)) as object;
  } catch (error) {
    throw invalidModule(`${module} cannot be loaded: ${placed(error, files)}`, error);
  }
}

function readsTypeScript(): boolean {
  const { typescript } = process.features as { readonly typescript?: unknown };
  return typescript !== undefined && typescript !== false;
}

/** With those that CommonJS has and Node.js does not see before it runs. */
function exportsOf(namespace: object): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const { default: whole } = namespace as { readonly default?: unknown };
  if (typeof whole === "object" && whole !== null) for (const entry of Object.entries(whole)) found.set(...entry);
  for (const [name, value] of Object.entries(namespace)) {
    if (name !== "module.exports") found.set(name, value);
  }
  return found;
}

/** What an error says, with file and line of it. */
function placed(error: unknown, files: LoadedFiles): string {
  const said = error instanceof Error ? `${error.name}: ${error.message}` : messageOf(error);
  const place = placeOf(error) ?? (error instanceof SyntaxError ? syntaxPlace(files) : undefined);
  return place === undefined ? said : `${place}: ${said}`;
}

/** Node.js writes the place of a syntax error above it; other errors have it in their first frame. */
function placeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || typeof error.stack !== "string") return undefined;
  const above = /^((?:file:|\/|[A-Z]:\\)[^\n]*):(\d+)\n/.exec(error.stack);
  if (above !== null) return `${pathOf(above[1] ?? "")}:${above[2]}`;
  if (error instanceof SyntaxError) return undefined;
  for (const [, place = "", line = ""] of error.stack.matchAll(FRAMES)) {
    const path = pathOf(place);
    if (!path.startsWith(OWN_FOLDER)) return `${path}:${line}`;
  }
  return undefined;
}

function pathOf(place: string): string {
  return place.startsWith("file:") ? fileURLToPath(place) : place;
}

/** Node.js tells the place of a syntax error in an ES module only by printing it. */
function syntaxPlace(files: LoadedFiles): string | undefined {
  for (const path of files.newestFirst().slice(0, MAX_CHECKED)) {
    // Node.js 20 finds nothing wrong with a .js file where no package.json says which kind of module it is.
    const line = printedLine(["--check", path], basename(path)) ?? moduleLine(path);
    if (line !== undefined) return `${path}:${line}`;
  }
  return undefined;
}

function moduleLine(path: string): string | undefined {
  if (!path.endsWith(".js")) return undefined;
  return printedLine(["--input-type=module", "--check"], "[stdin]", readFileSync(path));
}

/** The line that Node.js prints with the name of a file before it; undefined: it finds nothing wrong. */
function printedLine(args: readonly string[], name: string, input?: Uint8Array): string | undefined {
  const { status, stderr } = spawnSync(process.execPath, [...process.execArgv, ...args], {
    encoding: "utf8",
    timeout: CHECK_TIMEOUT_MS,
    ...(input === undefined ? {} : { input }),
  });
  return status !== 0 && stderr.includes(name) ? /^[^\n]*?:(\d+)\n/.exec(stderr)?.[1] : undefined;
}

function invalidModule(message: string, cause?: unknown): XqbusError {
  return new XqbusError("xqbus:invalid-module", message, { cause });
}
