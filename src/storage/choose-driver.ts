import { createRequire } from "node:module";
import { XqbusError } from "../errors.ts";
import type { SqlConnection, SqlDriver } from "./driver.ts";

/**
 * `node:sqlite` where Node.js has it without a flag (22.13 and later, 24), else better-sqlite3, an optional package.
 *
 * @throws XqbusError `xqbus:missing-package` when there is neither
 */
export function chooseDriver(): SqlDriver {
  const driver = nodeDriver();
  if (driver !== undefined) return driver;
  try {
    return betterDriver();
  } catch (error) {
    throw new XqbusError(
      "xqbus:missing-package",
      `Node.js ${process.version} has no SQLite and the optional package better-sqlite3 does not load: use Node.js 22.13 or ` +
        "later, or install better-sqlite3 with its install script (npm rebuild better-sqlite3)",
      { cause: error },
    );
  }
}

function nodeDriver(): SqlDriver | undefined {
  // Typed by hand: the types of Node.js 20, the oldest release supported, do not know the module.
  const builtin: unknown = process.getBuiltinModule("node:sqlite" as "node:fs");
  if (builtin === undefined) return undefined;
  const { DatabaseSync } = builtin as { readonly DatabaseSync: SqlClass };
  return {
    name: "node:sqlite",
    open: (path) => new DatabaseSync(path),
    openReadOnly: (path) => new DatabaseSync(path, { readOnly: true }),
  };
}

function betterDriver(): SqlDriver {
  const Database = createRequire(import.meta.url)("better-sqlite3") as SqlClass;
  // The package loads its native half with the first connection only.
  new Database(":memory:").close();
  return {
    name: "better-sqlite3",
    open: (path) => new Database(path),
    openReadOnly: (path) => new Database(path, { readonly: true }),
  };
}

type SqlClass = new (path: string, options?: { readonly readOnly?: true; readonly readonly?: true }) => SqlConnection;
