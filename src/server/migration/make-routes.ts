import { routerQueue } from "../../amqp/index.ts";
import { isThere, openDatabase } from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import { openRouterDatabase, RouteStore, type RouteInput } from "../../router/index.ts";
import type { MigrationReport } from "./migration-report.ts";

/** A route that is to be there. */
export interface WantedRoute {
  readonly name: string;
  readonly input: RouteInput;
}

/** Where routes are made. */
export interface MakeRoutesOptions {
  /** Of PostgreSQL. */
  readonly url: string;
  readonly domain: string;
  /** Those that an earlier migration of the same folder has made: what they are by now is right. */
  readonly known: readonly string[];
}

type MadeRoutes = MigrationReport["routes"];

/** What would become of routes; no tables are made. @throws XqbusError `xqbus:illegal-argument` names are taken; what databases do */
export async function tryRoutes(wanted: readonly WantedRoute[], options: MakeRoutesOptions): Promise<MadeRoutes> {
  const { url, domain } = options;
  await using database = await openDatabase<unknown>(url);
  if (await isThere(database, "route")) return putRoutes(wanted, options, true);
  return wanted.map(({ name }) => ({ name, queue: routerQueue(domain, name), change: "created" }));
}

/** Makes routes, all of them or none of those whose names are taken. @throws as {@link tryRoutes} */
export async function makeRoutes(wanted: readonly WantedRoute[], options: MakeRoutesOptions): Promise<MadeRoutes> {
  await putRoutes(wanted, options, true);
  return putRoutes(wanted, options, false);
}

async function putRoutes(
  wanted: readonly WantedRoute[],
  { url, domain, known }: MakeRoutesOptions,
  dryRun: boolean,
): Promise<MadeRoutes> {
  await using database = await openRouterDatabase(url);
  const store = new RouteStore(database, domain);
  const there = new Map((await store.list()).map((route) => [route.name, route]));
  const made: MadeRoutes[number][] = [];
  for (const { name, input } of wanted) {
    const own = known.includes(name) ? there.get(name) : undefined;
    if (own !== undefined) {
      made.push({ name, queue: own.queue, change: "unchanged" });
      continue;
    }
    const { route, change } = await store.put(name, input, { dryRun: dryRun || there.has(name) });
    if (change === "changed") {
      throw new XqbusError(
        "xqbus:illegal-argument",
        `${database.name} has a route ${name} that wants other events: delete it with xqbus route delete, or unsubscribe the old one`,
      );
    }
    made.push({ name, queue: route.queue, change });
  }
  return made;
}
