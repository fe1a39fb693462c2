import { PermanentError } from "../../subscription/index.ts";
import type { ActionContext } from "../child/action-context.ts";
import { bulkInsert, connect, type DestinationRow, type InsertStats } from "../destination/index.ts";
import type { ActionEvent } from "../run/index.ts";

const DESTINATION = "dwh/data_prim/";
const TABLE = "event_handle";

/**
 * The action `xqbus:event_handle`: rows that a request brings go to the table `event_handle` of the database `dwh/data_prim`, with
 * the day in the column `date`. It is shipped, and an example of how one is written.
 *
 * @returns what was inserted
 * @throws PermanentError for content that is no list, and for rows that do not fit the table; nothing is inserted then
 */
export async function event_handle(
  event: ActionEvent,
  { log }: Pick<ActionContext, "log">,
): Promise<{ readonly stats: InsertStats }> {
  log.info("Start inserting event to data_prim/event_handle");
  const { content } = event;
  log.info(`event_type = ${event.type}, number of rows = ${Array.isArray(content) ? content.length : "none"}`);
  if (!Array.isArray(content)) throw new PermanentError("When playing this action you need to send rows");
  const date = new Date().toISOString().slice(0, 10);
  const rows = content.map((row: unknown) => withDate(row, date));
  const { stats, error } = await bulkInsert(connect(DESTINATION), TABLE, rows);
  log.info(`End insert of event: stats=${JSON.stringify(stats)}, error=${error?.message ?? "None"}`);
  // Whoever only logs an error has lost the rows.
  if (error !== null) throw error.code === "xqbus:illegal-argument" ? new PermanentError(error.message) : error;
  return { stats };
}

function withDate(row: unknown, date: string): DestinationRow {
  if (typeof row === "object" && row !== null && !Array.isArray(row)) return { ...row, date };
  throw new PermanentError(`a row is ${JSON.stringify(row)?.slice(0, 60) ?? "nothing"}; expected an object`);
}
