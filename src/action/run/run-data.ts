import type { Kysely } from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import { isId } from "./new-id.ts";
import { PARENTS_EVENT, RUN_COLUMNS, runOf } from "./run-rows.ts";
import type { ActionEvent, Run, RunData } from "./run.ts";
import type { RunTables } from "./tables.ts";

/** Undefined: there is none. */
export async function findRun(kysely: Kysely<RunTables>, id: string): Promise<Run | undefined> {
  const query = kysely.selectFrom("run").select(RUN_COLUMNS).where("id", "=", id);
  const row = isId(id) ? await query.executeTakeFirst() : undefined;
  return row && runOf(row);
}

/** @throws XqbusError `xqbus:unknown-name` */
export async function readRun(kysely: Kysely<RunTables>, id: string): Promise<Run> {
  return (await findRun(kysely, id)) ?? unknownRun(id);
}

/**
 * Everything that a run was given and gave.
 *
 * @throws XqbusError `xqbus:unknown-name`
 */
export async function readData(kysely: Kysely<RunTables>, id: string): Promise<RunData> {
  const event = await readEvent(kysely, id);
  const [definition, output] = [await readJson(kysely, id, "definition"), await readJson(kysely, id, "output")];
  return { event, definition, output };
}

/**
 * What a run was started with.
 *
 * @throws XqbusError `xqbus:unknown-name`, also for a step whose event was that of a parent that is forgotten
 */
export async function readEvent(kysely: Kysely<RunTables>, id: string): Promise<ActionEvent> {
  const query = kysely.selectFrom("run").select(["event", "parent"]);
  const own = await query.where("id", "=", id).executeTakeFirst();
  const isParents = own?.event === PARENTS_EVENT;
  const row = isParents ? await query.where("id", "=", own.parent).executeTakeFirst() : own;
  return row === undefined ? unknownRun(isParents ? (own.parent ?? "") : id) : (JSON.parse(row.event) as ActionEvent);
}

/**
 * The definition or the output of a run; undefined: it has none.
 *
 * @throws XqbusError `xqbus:unknown-name`
 */
export async function readJson(
  kysely: Kysely<RunTables>,
  id: string,
  column: "definition" | "output",
): Promise<unknown> {
  const row = await kysely.selectFrom("run").select(column).where("id", "=", id).executeTakeFirst();
  const text = row === undefined ? unknownRun(id) : row[column];
  return text === null || text === undefined ? undefined : (JSON.parse(text) as unknown);
}

function unknownRun(id: string): never {
  throw new XqbusError("xqbus:unknown-name", `"${id.slice(0, 60)}" is not the id of a run`);
}
