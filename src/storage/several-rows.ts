/** Rows that one run of a statement takes where there are that many: a run costs as much as some rows. */
export const ROWS_AT_ONCE = 16;

const ONE_ROW = /^INSERT .*\bVALUES ?(\((?:\?, ?)*\?\))$/s;

/** An insert of one row as an insert of {@link ROWS_AT_ONCE} rows; undefined for what is no such insert. */
export function severalRows(sql: string): string | undefined {
  const tuple = ONE_ROW.exec(sql)?.[1];
  return tuple === undefined ? undefined : sql + `,${tuple}`.repeat(ROWS_AT_ONCE - 1);
}
