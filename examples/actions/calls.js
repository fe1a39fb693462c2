import { bulkInsert, connect } from "xqbus/action";

/** Keeps calls of which events tell; what is kept twice has the same key. */
export async function keep_calls(event, context) {
  const rows = event.content.map(({ CallerId, Status }, row) => ({
    key: `${context.idempotencyKey}/${row}`,
    caller: CallerId,
    status: Status,
  }));
  const { stats, error } = await bulkInsert(connect("crm"), "call", rows);
  if (error !== null) throw error;
  context.log.info(`${stats.inserted} calls kept`);
  return { calls: stats.inserted };
}
