import type { Database } from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import { nearestName } from "../../nearest-name.ts";

/** A column of a table that is to be created: `event_id:number`. */
export interface NewColumn {
  readonly name: string;
  readonly type: NewColumnType;
}

/** Types that both products have. */
export type NewColumnType = keyof typeof SQL_TYPES;

const SQL_TYPES = {
  number: { sqlite: "numeric", postgres: "numeric" },
  integer: { sqlite: "integer", postgres: "bigint" },
  text: { sqlite: "text", postgres: "text" },
  boolean: { sqlite: "boolean", postgres: "boolean" },
  date: { sqlite: "date", postgres: "date" },
  timestamp: { sqlite: "timestamp", postgres: "timestamptz" },
  bytes: { sqlite: "blob", postgres: "bytea" },
} as const;

/** Tables that need no columns to be named: what events that start actions are archived in. */
export const SHIPPED_TABLES: Readonly<Record<string, readonly NewColumn[]>> = {
  event_handle: [
    { name: "event_id", type: "number" },
    { name: "event_name", type: "text" },
    { name: "event_content", type: "text" },
    { name: "date", type: "date" },
  ],
};

/** @throws XqbusError `xqbus:illegal-argument` */
export function parseColumn(text: string): NewColumn {
  const at = text.lastIndexOf(":");
  const [name, type] = [text.slice(0, at), text.slice(at + 1)];
  if (at > 0 && Object.hasOwn(SQL_TYPES, type)) return { name, type: type as NewColumnType };
  const types = Object.keys(SQL_TYPES);
  const near = at > 0 ? nearestName(type, types) : undefined;
  const hint =
    near === undefined ? `expected name:type, the types are ${types.join(", ")}` : `did you mean ${name}:${near}?`;
  throw new XqbusError("xqbus:illegal-argument", `${text} is no column; ${hint}`);
}

/** A statement that creates a table. */
export interface TableStatement {
  readonly text: string;
  run(): Promise<void>;
  /** Runs it and takes it back: what refuses it now would refuse it then. */
  tryOut(): Promise<void>;
}

/** The statement that creates a table. @throws XqbusError `xqbus:illegal-argument` without columns */
export function createTableSql(
  { product, sql, kysely }: Database<unknown>,
  table: string,
  columns: readonly NewColumn[] = SHIPPED_TABLES[table] ?? [],
): TableStatement {
  if (columns.length === 0) {
    throw new XqbusError("xqbus:illegal-argument", `table ${table} needs columns: --column name:type for each`);
  }
  const parts = columns.map(({ name, type }) => sql`${sql.ref(name)} ${sql.raw(SQL_TYPES[type][product])}`);
  const statement = sql`CREATE TABLE ${sql.table(table)}(${sql.join(parts)})`;
  return {
    text: statement.compile(kysely).sql,
    run: async () => void (await statement.execute(kysely)),
    tryOut: async () => {
      const undo = new Error("nothing is to stay");
      const trial = kysely.transaction().execute(async (transaction) => {
        await statement.execute(transaction);
        throw undo;
      });
      await trial.catch((error: unknown) => {
        if (error !== undo) throw error;
      });
    },
  };
}
