import type { ForeignDatabase } from "./describe-table.ts";
import type { OutboxRow } from "./outbox-row.ts";
import { OUTBOX } from "./sql-names.ts";

/** How much is read at a time. */
export interface BatchLimits {
  /** Rows. */
  readonly rows: number;
  /** Characters of one row; a larger one comes without its body. */
  readonly rowSize: number;
  /** Characters of all rows; the first one comes in any case. */
  readonly size: number;
}

/**
 * The first rows of an outbox, as of one moment.
 *
 * Their numbers are in the order in which the statements ran. A moment that shows a change shows whatever was committed before that
 * change was made, with a lower number; so nothing overtakes what it depends on, and the changes of one row come in their order.
 */
export async function readBatch(
  { sql }: Pick<ForeignDatabase, "sql">,
  kysely: ForeignDatabase["kysely"],
  { rows: limit, rowSize, size }: BatchLimits,
): Promise<readonly OutboxRow[]> {
  const { rows } = await sql<OutboxRow>`
    SELECT id, message_id, routing_key, kind, made_at, size, CASE WHEN size <= ${sql.lit(rowSize)} THEN body END AS body FROM (
      SELECT first.*, sum(CASE WHEN size <= ${sql.lit(rowSize)} THEN size ELSE 0 END) OVER (ORDER BY id) AS total FROM (
        SELECT o.*, length(body) AS size FROM ${sql.table(OUTBOX)} AS o WHERE reason IS NULL ORDER BY id LIMIT ${sql.lit(limit)}
      ) AS first
    ) AS summed WHERE total <= ${sql.lit(size)} OR total = size ORDER BY id`.execute(kysely);
  return rows;
}

/** Deletes rows that the broker has. */
export async function deleteRows(
  { sql }: Pick<ForeignDatabase, "sql">,
  kysely: ForeignDatabase["kysely"],
  rows: readonly OutboxRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => sql.lit(id));
  await sql`DELETE FROM ${sql.table(OUTBOX)} WHERE id IN (${sql.join(ids)})`.execute(kysely);
}

/** Puts a row aside, with the reason. */
export async function parkRow(
  { sql }: Pick<ForeignDatabase, "sql">,
  kysely: ForeignDatabase["kysely"],
  { id }: OutboxRow,
  reason: string,
): Promise<void> {
  await sql`UPDATE ${sql.table(OUTBOX)} SET reason = ${reason} WHERE id = ${id}`.execute(kysely);
}
