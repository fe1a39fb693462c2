import { XqbusError } from "../errors.ts";
import type { Transaction } from "../database/index.ts";
import { assertRouteName } from "./check-route.ts";
import { queueOf, type Route, type RouteChange, type RouteInput } from "./route.ts";
import type { RouterDatabase, RouterTables, RouteRow } from "./tables.ts";

/** Channel of the database that tells of changes. */
export const ROUTES_CHANGED = "xqbus_routes";

/** What is new in the routes. */
export interface RouteUpdate {
  /** That of the routes with it; some of what is here may be newer. */
  readonly generation: number;
  /** Routes that were made or changed after the generation that was asked about. */
  readonly changed: readonly Route[];
  /** How many routes there are. Who has more of them has some that are gone. */
  readonly total: number;
}

/** A change that is in the database. */
export interface StoredChange extends RouteChange {
  /** The generation that has it; undefined where nothing was written. */
  readonly generation: number | undefined;
}

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
          .select(sql<number>`count(*)`.as("total"))
          .as("all"),
      )
      .leftJoin("route", (join) => join.on("route.generation", ">", known))
      .selectAll()
      .execute();
    const changed = rows.flatMap((row) => (row.name === null ? [] : [routeOf(row as RouteRow)]));
    return { generation, changed, total: Number(rows[0]?.total) };
  }

  async names(): Promise<ReadonlySet<string>> {
    const rows = await this.#database.kysely.selectFrom("route").select("name").execute();
    return new Set(rows.map(({ name }) => name));
  }

  async list(): Promise<readonly Route[]> {
    const rows = await this.#database.kysely.selectFrom("route").selectAll().orderBy("name").execute();
    return rows.map(routeOf);
  }

  /** @throws XqbusError `xqbus:unknown-name` */
  async get(name: string): Promise<Route> {
    const row = await this.#database.kysely.selectFrom("route").selectAll().where("name", "=", name).executeTakeFirst();
    if (row === undefined) throw new XqbusError("xqbus:unknown-name", `there is no route ${JSON.stringify(name)}`);
    return routeOf(row);
  }

  /**
   * Makes a route, or changes what it wants.
   *
   * @param input a checked one
   * @throws XqbusError `xqbus:illegal-argument` order cannot be given or taken later
   */
  async put(name: string, input: RouteInput, { dryRun }: { readonly dryRun: boolean }): Promise<StoredChange> {
    assertRouteName(name);
    const definition = JSON.stringify(input);
    const stored = await this.#database.kysely.transaction().execute(async (transaction): Promise<StoredChange> => {
      const find = () => transaction.selectFrom("route").selectAll().where("name", "=", name).executeTakeFirst();
      const same = await find();
      if (same?.definition === definition) {
        const generation = await this.state("generation", transaction);
        return { route: routeOf(same), change: "unchanged", generation };
      }
      const generation = dryRun ? undefined : await nextGeneration(transaction);
      const known = await find();
      if (known !== undefined) assertSameOrder(routeOf(known), input);
      const now = Date.now();
      const row: RouteRow = {
        ...{ name, definition, queue: known?.queue ?? queueOf(this.#domain, name) },
        ...{ revision: (known?.revision ?? 0) + 1, created_at: known?.created_at ?? now, updated_at: now },
        generation: generation ?? 0,
      };
      if (!dryRun) {
        const insert = transaction.insertInto("route").values(row);
        await insert.onConflict((conflict) => conflict.column("name").doUpdateSet(row)).execute();
      }
      return { route: routeOf(row), change: known === undefined ? "created" : "changed", generation };
    });
    if (!dryRun && stored.change !== "unchanged") await this.#database.signal(ROUTES_CHANGED);
    return stored;
  }

  /** @returns the generation without it; undefined: there was none */
  async delete(name: string): Promise<number | undefined> {
    const generation = await this.#database.kysely.transaction().execute(async (transaction) => {
      const next = await nextGeneration(transaction);
      const deleted = await transaction.deleteFrom("route").where("name", "=", name).returning("name").execute();
      return deleted.length === 0 ? undefined : next;
    });
    if (generation !== undefined) await this.#database.signal(ROUTES_CHANGED);
    return generation;
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
