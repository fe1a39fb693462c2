import { openDatabase, type DatabaseOptions } from "../database/index.ts";
import { Backlog, type BacklogCount } from "./backlog.ts";
import type { HeardGroup } from "./group.ts";
import { GroupStore } from "./group-store.ts";
import type { RouterTables } from "./tables.ts";

/** How the routes of a database are. */
export interface RouterState {
  readonly routes: number;
  /** What waits for queues that do not take it. */
  readonly backlog: readonly BacklogCount[];
  /** Groups of daemons that were heard of lately and serve the domain with another database. */
  readonly others: readonly HeardGroup[];
}

/**
 * Looks at the database of routers, and changes nothing.
 *
 * @returns undefined: no router was here
 * @throws those of databases
 */
export async function routerState(
  url: string,
  options: Omit<DatabaseOptions, "migrations">,
): Promise<RouterState | undefined> {
  await using database = await openDatabase<RouterTables>(url, options);
  const { kysely, sql } = database;
  const tables = await kysely.introspection.getTables();
  if (!tables.some(({ name }) => name === "backlog")) return undefined;
  const row = await kysely
    .selectFrom("route")
    .select(sql<number>`count(*)`.as("routes"))
    .executeTakeFirstOrThrow();
  const knowsGroups = tables.some(
    ({ name, columns }) => name === "router_group" && columns.some((column) => column.name === "shared"),
  );
  const others = knowsGroups ? await new GroupStore(database).others() : [];
  return { routes: Number(row.routes), backlog: await new Backlog(database).counts(), others };
}
