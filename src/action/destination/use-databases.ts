import { databaseName, openDatabase, urlOfDatabase, type Database } from "../../database/index.ts";

/** A database that rows go to, by the name that it has in the configuration. */
export interface Destination {
  readonly name: string;
}

const PLACE = "[databases] of the configuration";
/** Databases of this process by their names; opened when first used. */
let databases: ReadonlyMap<string, string> = new Map();
const opened = new Map<string, Promise<Database<unknown>>>();

/**
 * Says which databases {@link connect} knows in this process: `[databases]` of the configuration, as plain data.
 *
 * @param urls by name; a slash at the end of a name does not count
 * @returns closes those that were opened
 */
export function useDatabases(urls: Readonly<Record<string, string>>): () => Promise<void> {
  databases = new Map(Object.entries(urls).map(([name, url]) => [databaseName(name), url]));
  return closeDatabases;
}

/**
 * The destination of a name: `connect("dwh/data_prim/")`. It is opened when it is first used.
 *
 * @throws XqbusError `xqbus:illegal-argument` no database has this name
 */
export function connect(name: string): Destination {
  urlOfDatabase(databases, name, PLACE);
  return Object.freeze({ name: databaseName(name) });
}

/** @throws what `openDatabase` throws; the next use tries again */
export async function openDestination({ name }: Destination): Promise<Database<unknown>> {
  const url = urlOfDatabase(databases, name, PLACE);
  const known = opened.get(url);
  if (known !== undefined) return known;
  const opening = openDatabase<unknown>(url);
  opened.set(url, opening);
  try {
    return await opening;
  } catch (error) {
    opened.delete(url);
    throw error;
  }
}

async function closeDatabases(): Promise<void> {
  const all = [...opened.values()];
  opened.clear();
  for (const database of all) await (await database).close();
}
