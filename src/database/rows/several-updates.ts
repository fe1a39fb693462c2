import type { SqlValue } from "../../storage/index.ts";

type Row = readonly SqlValue[];

/** An update of one row by its number, which is the last parameter. */
const UPDATE = /^(UPDATE \w+ SET [^?]*(?:\?[^?]*)*)(\sWHERE number = )\?([^?]*)$/;

/**
 * Such an update for many rows at a time: `UPDATE … FROM (VALUES …)`. Rows of one statement have different numbers, because PostgreSQL changes a row once.
 *
 * @param most parameters of one statement
 * @returns undefined: the statement is of another form
 */
export function severalUpdates(
  text: string,
  rows: readonly Row[],
  most: number,
): readonly (readonly [text: string, parameters: Row])[] | undefined {
  const [, set = "", where = "", rest = ""] = UPDATE.exec(text) ?? [];
  if (set === "" || rows.length < 2) return undefined;
  return chunks(rows, Math.floor(most / (rows[0]?.length ?? 1))).map((some) => {
    const types = (some[0] ?? []).map((_, column) => typeOf(some, column));
    let column = 0;
    // What is NULL in all rows says nothing of its type.
    const values = set.replaceAll("?", () => (types[column++] === undefined ? "NULL" : `given.c${column}`));
    const one = `(${types.map((type) => `?::${type ?? "text"}`).join(",")})`;
    const names = types.map((_, at) => `c${at + 1}`).join(",");
    const given = `(VALUES${some.map(() => one).join(",")}) AS given(${names})`;
    return [`${values} FROM ${given}${where}given.c${types.length}${rest}`, some.flat()] as const;
  });
}

/** In their order; a number that comes again begins the next part. */
function chunks(rows: readonly Row[], most: number): readonly (readonly Row[])[] {
  const parts: Row[][] = [];
  let part: Row[] = [];
  const numbers = new Set<SqlValue | undefined>();
  for (const row of rows) {
    const number = row.at(-1);
    if (part.length === 0 || part.length >= most || numbers.has(number)) {
      parts.push((part = []));
      numbers.clear();
    }
    part.push(row);
    numbers.add(number);
  }
  return parts;
}

function typeOf(rows: readonly Row[], column: number): "text" | "bigint" | "bytea" | undefined {
  const value = rows.map((row) => row[column]).find((each) => each !== null && each !== undefined);
  if (value === undefined) return undefined;
  if (typeof value === "string") return "text";
  return typeof value === "number" ? "bigint" : "bytea";
}
