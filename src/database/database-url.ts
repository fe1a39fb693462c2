import { isAbsolute, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { XqbusError } from "../errors.ts";

/** Where a database is. */
export type DatabaseUrl =
  { readonly product: "sqlite"; readonly path: string } | { readonly product: "postgres"; readonly url: string };

const EXPECTED = "expected sqlite:PATH of a file, or postgres://user:password@host:port/database";

/**
 * Reads the URL of a database: `sqlite:data.db`, `sqlite:///var/lib/data.db`, `postgres://user:password@host:5432/name`.
 *
 * @param folder that relative paths of files start at; default: the working folder
 * @throws XqbusError `xqbus:invalid-url`
 */
export function parseDatabaseUrl(text: string, folder: string = process.cwd()): DatabaseUrl {
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === "postgres" || scheme === "postgresql") return { product: "postgres", url: checkedServer(text) };
  if (scheme === "sqlite" || scheme === "file") return { product: "sqlite", path: pathOf(text, folder) };
  throw new XqbusError("xqbus:invalid-url", `${withoutDatabasePassword(text)} is no database: ${EXPECTED}`);
}

/** The URL of a database file. @param path an absolute one */
export function sqliteUrl(path: string): string {
  return pathToFileURL(path).href.replace(/^file:/, "sqlite:");
}

/** The URL of a database for people: a password is `***`. */
export function withoutDatabasePassword(url: string): string {
  // As far as the last @: a password that was not escaped has some of its own.
  return url.replace(/^([a-z+]+:\/\/[^/@:]*):.*@/i, "$1:***@").replace(/([?&]password=)[^&]*/gi, "$1***");
}

function checkedServer(text: string): string {
  if (URL.canParse(text) && new URL(text).pathname.length > 1) return text;
  throw new XqbusError("xqbus:invalid-url", `${withoutDatabasePassword(text)} names no database: ${EXPECTED}`);
}

function pathOf(text: string, folder: string): string {
  const rest = text.slice(text.indexOf(":") + 1);
  const path = rest.startsWith("//") ? localPathOf(rest, text) : decoded(rest, text);
  if (path === "" || path.includes("\0") || path === ":memory:") {
    throw new XqbusError("xqbus:invalid-url", `${text} names no file: ${EXPECTED}`);
  }
  return isAbsolute(path) ? path : resolve(folder, path);
}

function localPathOf(rest: string, text: string): string {
  try {
    return fileURLToPath(`file:${rest}`);
  } catch (cause) {
    const message = `${text} names no file of this machine: write sqlite:///path/file.db`;
    throw new XqbusError("xqbus:invalid-url", message, { cause });
  }
}

function decoded(path: string, text: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new XqbusError("xqbus:invalid-url", `${text} has a % that begins no escape; write it as %25`, { cause });
  }
}
