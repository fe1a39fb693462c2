import { dirname, resolve } from "node:path";
import { databaseName, parseDatabaseUrl, sqliteUrl } from "../../database/index.ts";
import { messageOf } from "../../errors.ts";
import type { TomlFile } from "./read-toml.ts";

/** The section whose keys are free: names of `connect()` to URLs of databases. */
export const DATABASES_SECTION = "databases";

/** What stands in `[databases]`. */
export interface DatabasesSection {
  /** URLs by name, without a slash at the end; paths of files are absolute. */
  readonly databases: Readonly<Record<string, string>>;
  readonly problems: readonly { readonly path: readonly string[]; readonly message: string }[];
}

const MAX_NAME = 200;

/** Reads `[databases]` of a file: `"dwh/data_prim" = "sqlite:./data.db"`; a relative path starts at the folder of the file. */
export function databasesSection(file: TomlFile | undefined): DatabasesSection {
  const content = file?.table[DATABASES_SECTION];
  if (file === undefined || content === undefined) return { databases: {}, problems: [] };
  if (typeof content !== "object" || content === null || Array.isArray(content) || content instanceof Date) {
    const message = `databases is a section, not a value; write [databases] with "name" = "sqlite:data.db" below`;
    return { databases: {}, problems: [{ path: [DATABASES_SECTION], message }] };
  }
  const databases: Record<string, string> = {};
  const problems: { readonly path: readonly string[]; readonly message: string }[] = [];
  for (const [key, value] of Object.entries(content)) {
    const name = databaseName(key);
    const tell = (message: string): void => void problems.push({ path: [DATABASES_SECTION, key], message });
    if (name === "" || name.length > MAX_NAME) tell(`databases has a name that cannot be used: ${JSON.stringify(key)}`);
    else if (Object.hasOwn(databases, name)) tell(`databases has ${name} twice: a slash at the end does not count`);
    else if (typeof value !== "string")
      tell(`databases.${key} is no text; expected "sqlite:data.db" or "postgres://…"`);
    else {
      try {
        databases[name] = absolute(value, dirname(resolve(file.name)));
      } catch (error) {
        tell(`databases.${key}: ${messageOf(error)}`);
      }
    }
  }
  return { databases, problems };
}

function absolute(url: string, folder: string): string {
  const place = parseDatabaseUrl(url, folder);
  return place.product === "postgres" ? place.url : sqliteUrl(place.path);
}
