import type { RawBuilder } from "kysely";
import type { SqlRow, SqlValue } from "../../storage/index.ts";
import type { Database } from "../database.ts";
import { severalUpdates } from "./several-updates.ts";

/** Parameters that one statement of PostgreSQL may have (its protocol counts them with 16 bits). */
const MAX_PARAMETERS = 65_535;
/** A delete by the only parameter. */
const DELETE = /^(DELETE FROM \w+ WHERE \w+ )= \?([^?]*)$/;
const VALUES = /VALUES\(\?(?:,\?)*\)/;

/** A statement of ours, with its parameters, as PostgreSQL takes it. */
export function postgresStatement(
  { sql }: Pick<Database<unknown>, "sql">,
  text: string,
  parameters: readonly SqlValue[],
): RawBuilder<SqlRow> {
  const parts = text.replaceAll("json_each(?)", "json_array_elements_text(?::json)").split("?");
  return sql<SqlRow>(Object.assign([...parts], { raw: parts }), ...parameters.map(textWithoutNull));
}

/** Rows of one statement in as few statements as can be: an insert takes many at a time, and an update by number. */
export function* severalRows(
  text: string,
  rows: readonly (readonly SqlValue[])[],
): Generator<readonly [text: string, parameters: readonly SqlValue[]]> {
  const deletes = deletesByNumber(text, rows);
  if (deletes !== undefined) {
    yield deletes;
    return;
  }
  const updates = severalUpdates(text, rows, MAX_PARAMETERS);
  if (updates !== undefined) return yield* updates;
  const values = VALUES.exec(text)?.[0];
  const columns = rows[0]?.length ?? 1;
  const most = values === undefined ? 1 : Math.floor(MAX_PARAMETERS / columns);
  for (let first = 0; first < rows.length; first += most) {
    const some = rows.slice(first, first + most);
    const all = some.map(() => values?.slice("VALUES".length) ?? "").join(",");
    yield [values === undefined ? text : text.replace(VALUES, () => `VALUES${all}`), some.flat()];
  }
}

/** Deletes of one row each as one statement. */
function deletesByNumber(
  text: string,
  rows: readonly (readonly SqlValue[])[],
): readonly [text: string, parameters: readonly SqlValue[]] | undefined {
  const [, before = "", rest = ""] = DELETE.exec(text) ?? [];
  if (before === "" || rows.length < 2) return undefined;
  const numbers = rows.map(([number]) => number);
  if (!numbers.every((number) => typeof number === "number")) return undefined;
  return [`${before}IN (SELECT CAST(value AS BIGINT) FROM json_each(?))${rest}`, [JSON.stringify(numbers)]];
}

/** PostgreSQL has no text with U+0000. */
function textWithoutNull(value: SqlValue): SqlValue {
  return typeof value === "string" ? value.replaceAll("\0", "\uFFFD") : value;
}
