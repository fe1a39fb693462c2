import { XqbusError } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";

/** The name of a database as it is looked for: `dwh/data_prim/` is `dwh/data_prim`. */
export function databaseName(given: string): string {
  return given.replace(/\/+$/, "");
}

/**
 * The URL of a database by its name.
 *
 * @param databases URLs by {@link databaseName}
 * @param place where they stand, for the error: `[databases] of xqbus.toml`
 * @throws XqbusError `xqbus:illegal-argument` no database has this name
 */
export function urlOfDatabase(databases: ReadonlyMap<string, string>, given: string, place: string): string {
  const name = databaseName(given);
  const url = databases.get(name);
  if (url !== undefined) return url;
  const near = nearestName(name, databases.keys());
  const known = [...databases.keys()].join(", ");
  const hint = near !== undefined ? `did you mean ${near}?` : known === "" ? "there are none" : `there are ${known}`;
  throw new XqbusError("xqbus:illegal-argument", `${place} has no ${name}; ${hint}`);
}
