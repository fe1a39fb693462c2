import type { Database, Kysely } from "../database/index.ts";
import { XqbusError } from "../errors.ts";
import { checkAction, type ActionDefaults } from "./check-action.ts";
import type { Action, ActionInput } from "./action.ts";
import type { ActionRow } from "./action-tables.ts";
import { findAction } from "./find-action.ts";
import { assertNameIsFree, nameTaken } from "./name-taken.ts";
import { newId } from "./run/index.ts";
import type { WorkTables } from "./work-database.ts";

/** The actions of a database. Everything may fail with the codes of {@link Database}. */
export class Actions {
  readonly #database: Database<WorkTables>;
  readonly #defaults: ActionDefaults;

  constructor(database: Database<WorkTables>, defaults: ActionDefaults) {
    this.#database = database;
    this.#defaults = defaults;
  }

  /** By name. */
  async list(): Promise<readonly Action[]> {
    return (await this.#database.kysely.selectFrom("action").selectAll().orderBy("name").execute()).map(actionOf);
  }

  /** The action with this id or name; undefined: there is none. */
  async find(idOrName: string, kysely: Kysely<WorkTables> = this.#database.kysely): Promise<Action | undefined> {
    const row = await findAction(kysely, idOrName);
    return row === undefined ? undefined : actionOf(row);
  }

  /** @throws XqbusError `xqbus:unknown-name` that names those that there are */
  async get(idOrName: string): Promise<Action> {
    const found = await this.find(idOrName);
    if (found !== undefined) return found;
    const names = (await this.list()).slice(0, 20).map(({ id, name }) => `${id} "${name}"`);
    const hint = names.length === 0 ? "there is none" : `there is ${names.join(", ")}`;
    const message = `"${idOrName.slice(0, 60)}" is not the id or name of an action; ${hint}`;
    throw new XqbusError("xqbus:unknown-name", message);
  }

  /** @throws XqbusError `xqbus:illegal-argument`, also for a name that there is already */
  async create(input: ActionInput): Promise<Action> {
    const checked = checkAction(input, this.#defaults);
    await assertNameIsFree(this.#database, checked.name);
    const now = Date.now();
    const row = { id: newId(now), ...cellsOf(checked), created_at: now, updated_at: now };
    const inserted = await this.#database.kysely
      .insertInto("action")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returning("id")
      .execute();
    if (inserted.length === 0) throw nameTaken("an action", checked.name);
    return actionOf(row);
  }

  /** What is given changes; runs that are recorded keep the time-out and the retry policy that they have. */
  async update(idOrName: string, change: Partial<ActionInput>): Promise<Action> {
    const before = await this.get(idOrName);
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const checked = checkAction({ ...before, ...given }, this.#defaults);
    if (checked.name !== before.name) await assertNameIsFree(this.#database, checked.name);
    const row = await this.#database.kysely
      .updateTable("action")
      .set({ ...cellsOf(checked), updated_at: Date.now() })
      .where("id", "=", before.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return actionOf(row);
  }

  /** Deletes the action. */
  async delete({ id }: Pick<Action, "id">): Promise<void> {
    await this.#database.kysely.deleteFrom("action").where("id", "=", id).execute();
  }

  /** How many runs of each action may run at the same time, where that is limited. */
  async concurrency(): Promise<ReadonlyMap<string, number>> {
    const query = this.#database.kysely.selectFrom("action").select(["id", "concurrency"]);
    const rows = await query.where("concurrency", "is not", null).execute();
    return new Map(rows.map(({ id, concurrency }) => [id, concurrency ?? Infinity]));
  }
}

function cellsOf({ name, module, function: exported, timeoutMs, retry, concurrency }: ReturnType<typeof checkAction>) {
  return { name, module, function: exported, timeout_ms: timeoutMs, retry, concurrency: concurrency ?? null };
}

function actionOf(row: ActionRow): Action {
  return {
    ...{ id: row.id, name: row.name, module: row.module, function: row.function },
    ...{ timeoutMs: row.timeout_ms, retry: row.retry, concurrency: row.concurrency ?? undefined },
    ...{ createdAt: row.created_at, updatedAt: row.updated_at },
  };
}
