import { setTimeout as sleep } from "node:timers/promises";
import { routerQueue, TimeoutError, type WaitLimits } from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import { databaseNow, type Transaction } from "../database/index.ts";
import { assertRouteName } from "./check-route.ts";
import type { Route, RouteChange, RouteInput } from "./route.ts";
import type { RouterDatabase, RouterTables, RouteRow } from "./tables.ts";

/** Channel of the database that tells of changes. */
export const ROUTES_CHANGED = "xqbus_routes";

/** A name that is not free for so long after its route ended belongs to an end that was not finished. */
const END_MS = 60_000;
const END_POLL_MS = 100;

/** What is new in the routes. */
export interface RouteUpdate {
  /** That of the routes with it; some of what is here may be newer. */
  readonly generation: number;
  /** Routes that were made or changed after the generation that was asked about. */
  readonly changed: readonly Route[];
  /** How many routes there are, and the sum of their revisions: who comes to others knows some that are gone, or does not know all. */
  readonly total: number;
  readonly revisions: number;
}

/** A change that is in the database. */
export interface StoredChange extends RouteChange {
  /** The generation that has it; undefined where nothing was written. */
  readonly generation: number | undefined;
}

/** Routes that are read at a time. */
const PAGE = 1000;

/** Some of the routes. */
export interface RoutePage {
  readonly items: readonly Route[];
  /** There are more: what the next page comes after. */
  readonly next?: string;
}

/** How a route is put into the database. */
type PutOptions = WaitLimits & { readonly dryRun: boolean };

/** The routes in the database. Every change makes a new generation of all of them. */
export class RouteStore {
  readonly #database: RouterDatabase;
  readonly #domain: string;

  constructor(database: RouterDatabase, domain: string) {
    this.#database = database;
    this.#domain = domain;
  }

  async generation(): Promise<number> {
    return this.state("generation");
  }

  async state(
    name: "generation" | "ordered" | "has_ordered",
    kysely: Pick<RouterDatabase["kysely"], "selectFrom"> = this.#database.kysely,
  ): Promise<number> {
    const query = kysely.selectFrom("router_state").select("value").where("name", "=", name);
    return (await query.executeTakeFirstOrThrow()).value;
  }

  async setState(name: "ordered" | "has_ordered", value: number): Promise<void> {
    await this.#database.kysely.updateTable("router_state").set({ value }).where("name", "=", name).execute();
    await this.#database.signal(ROUTES_CHANGED);
  }

  /** What has changed after a generation; -1: all routes. */
  async changesAfter(known: number): Promise<RouteUpdate> {
    // The generation first: routes that are newer than it do no harm.
    const generation = await this.generation();
    const { kysely, sql } = this.#database;
    // One statement, so that total and routes are of the same moment.
    const rows = await kysely
      .selectFrom(
        kysely
          .selectFrom("route")
          .select([sql<number>`count(*)`.as("total"), sql<number>`coalesce(sum(revision), 0)`.as("revisions")])
          .as("all"),
      )
      .leftJoin("route", (join) => join.on("route.generation", ">", known))
      .selectAll()
      .execute();
    const changed = rows.flatMap((row) => (row.name === null ? [] : [routeOf(row as RouteRow)]));
    return { generation, changed, total: Number(rows[0]?.total), revisions: Number(rows[0]?.revisions) };
  }

  async names(): Promise<ReadonlySet<string>> {
    const rows = await this.#database.kysely.selectFrom("route").select("name").execute();
    return new Set(rows.map(({ name }) => name));
  }

  async list(): Promise<readonly Route[]> {
    const rows = await this.#database.kysely.selectFrom("route").selectAll().orderBy("name").execute();
    return rows.map(routeOf);
  }

  /** By their names, {@link PAGE} at most. @param after name of the last one before */
  async page(after: string): Promise<RoutePage> {
    const query = this.#database.kysely.selectFrom("route").selectAll().where("name", ">", after);
    const rows = await query
      .orderBy("name")
      .limit(PAGE + 1)
      .execute();
    const items = rows.slice(0, PAGE).map(routeOf);
    const next = rows.length > PAGE ? items.at(-1)?.name : undefined;
    return { items, ...(next === undefined ? {} : { next }) };
  }

  /** @throws XqbusError `xqbus:unknown-name` */
  async get(name: string): Promise<Route> {
    const row = await this.#database.kysely.selectFrom("route").selectAll().where("name", "=", name).executeTakeFirst();
    return row === undefined ? unknownRoute(name) : routeOf(row);
  }

  async has(name: string): Promise<boolean> {
    const query = this.#database.kysely.selectFrom("route").select("name").where("name", "=", name);
    return (await query.executeTakeFirst()) !== undefined;
  }

  /**
   * Makes a route, or changes what it wants.
   *
   * @param input a checked one
   * @throws XqbusError `xqbus:illegal-argument` order cannot be given or taken later; TimeoutError one of this name ends, and its queue was not
   *   emptied in time
   */
  async put(
    name: string,
    input: RouteInput,
    { dryRun, timeoutMs = 10_000, signal }: PutOptions,
  ): Promise<StoredChange> {
    assertRouteName(name);
    for (const until = performance.now() + timeoutMs; ;) {
      const stored = await this.#put(name, input, dryRun);
      if (stored !== "ends") return stored;
      if (performance.now() > until) {
        throw new TimeoutError(
          `the route ${name} ends, and its queue was not emptied within ${timeoutMs} ms; try again`,
        );
      }
      await sleep(END_POLL_MS, undefined, signal === undefined ? {} : { signal });
    }
  }

  /**
   * Ends a route, or goes on with an end that was interrupted. Nobody makes a route of the name before {@link RouteStore.ended}, or a minute later.
   *
   * @returns the generation without it, and its queue
   * @throws XqbusError `xqbus:unknown-name`; TimeoutError somebody else ends it at the moment
   */
  async delete(name: string): Promise<{ readonly generation: number; readonly queue: string }> {
    const { kysely, sql } = this.#database;
    const until = sql<number>`${databaseNow(this.#database)} + ${END_MS}`;
    const ended = await kysely.transaction().execute(async (transaction) => {
      const generation = await nextGeneration(transaction);
      const [route] = await transaction.deleteFrom("route").where("name", "=", name).returning("queue").execute();
      const left = await this.#endOf(name, transaction);
      if (left?.isUnderWay === true) throw new TimeoutError(`the route ${name} ends already; look again in a minute`);
      const queue = route?.queue ?? left?.queue ?? unknownRoute(name);
      const end = transaction.insertInto("route_end").values({ name, queue, until });
      await end.onConflict((conflict) => conflict.column("name").doUpdateSet({ until })).execute();
      return { generation, queue };
    });
    await this.#database.signal(ROUTES_CHANGED);
    return ended;
  }

  /** Nothing of the route is left: the name is free. */
  async ended(name: string): Promise<void> {
    await this.#database.kysely.deleteFrom("route_end").where("name", "=", name).execute();
  }

  /** Something of the route may be left: whoever makes one of the name looks at what comes from the queue. */
  async interrupted(name: string): Promise<void> {
    await this.#database.kysely.updateTable("route_end").set({ until: 0 }).where("name", "=", name).execute();
  }

  /** @returns `ends`: one of this name is about to end, and its queue to be emptied */
  async #put(name: string, input: RouteInput, dryRun: boolean): Promise<StoredChange | "ends"> {
    const definition = JSON.stringify(input);
    const stored = await this.#database.kysely
      .transaction()
      .execute(async (transaction): Promise<StoredChange | "ends"> => {
        const find = () => transaction.selectFrom("route").selectAll().where("name", "=", name).executeTakeFirst();
        const same = await find();
        if (same?.definition === definition) {
          const generation = await this.state("generation", transaction);
          return { route: routeOf(same), change: "unchanged", generation };
        }
        // Before a generation is made: who waits asks again and again.
        if ((await this.#endOf(name, transaction))?.isUnderWay === true) return "ends";
        const generation = dryRun ? undefined : await nextGeneration(transaction);
        // Others may have changed it before our turn came.
        const left = await this.#endOf(name, transaction);
        if (left?.isUnderWay === true) return "ends";
        const known = await find();
        if (known !== undefined) assertSameOrder(routeOf(known), input);
        const now = Date.now();
        const row: RouteRow = {
          ...{ name, definition, queue: known?.queue ?? routerQueue(this.#domain, name) },
          // What an end has left in the queue was not chosen by this route.
          revision: (known?.revision ?? (left === undefined ? 0 : 1)) + 1,
          ...{ created_at: known?.created_at ?? now, updated_at: now, generation: generation ?? 0 },
        };
        if (!dryRun) {
          const insert = transaction.insertInto("route").values(row);
          await insert.onConflict((conflict) => conflict.column("name").doUpdateSet(row)).execute();
          await transaction.deleteFrom("route_end").where("name", "=", name).execute();
        }
        return { route: routeOf(row), change: known === undefined ? "created" : "changed", generation };
      });
    if (!dryRun && stored !== "ends" && stored.change !== "unchanged") await this.#database.signal(ROUTES_CHANGED);
    return stored;
  }

  async #endOf(
    name: string,
    transaction: Transaction<RouterTables>,
  ): Promise<{ readonly queue: string; readonly isUnderWay: boolean } | undefined> {
    const isUnderWay = this.#database.sql<number>`CASE WHEN until > ${databaseNow(this.#database)} THEN 1 ELSE 0 END`;
    const query = transaction.selectFrom("route_end").select(["queue", isUnderWay.as("isUnderWay")]);
    const row = await query.where("name", "=", name).executeTakeFirst();
    return row && { queue: row.queue, isUnderWay: Number(row.isUnderWay) === 1 };
  }
}

/** Also what keeps changes one behind the other. */
async function nextGeneration(transaction: Transaction<RouterTables>): Promise<number> {
  const { value } = await transaction
    .updateTable("router_state")
    .set((set) => ({ value: set("value", "+", 1) }))
    .where("name", "=", "generation")
    .returning("value")
    .executeTakeFirstOrThrow();
  return value;
}

function unknownRoute(name: string): never {
  throw new XqbusError("xqbus:unknown-name", `there is no route ${JSON.stringify(name)}`);
}

function assertSameOrder({ name, orderBy }: Route, input: RouteInput): void {
  if ((orderBy === undefined) === (input.orderBy === undefined)) return;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `the route ${name} ${orderBy === undefined ? "has no order" : "has an order"}, and that cannot change: delete it first (unsubscribe)`,
  );
}

function routeOf({ name, definition, queue, revision, created_at, updated_at }: RouteRow): Route {
  const input = JSON.parse(definition) as RouteInput;
  return { ...input, name, queue, revision, createdAt: created_at, updatedAt: updated_at };
}
