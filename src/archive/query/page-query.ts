import type { ArchiveDatabase } from "../tables.ts";
import type { ArchiveQuery } from "./archive-query.ts";
import { keyBeginning, keyText } from "../event-row.ts";
import type { Branch } from "./branches.ts";
import { fieldSql, valueSql, type SqlCondition } from "./field-sql.ts";

/** Numbers of events: behind the first one, up to the last one. */
export interface Range {
  readonly behind: number;
  readonly last: number;
}

/** What of a query is not in its branches. */
export type MessageConditions = Pick<ArchiveQuery, "since" | "until" | "routingKey">;

/** Numbers and sizes of the next events that a query may want, in their order. */
export interface Candidate {
  readonly id: number;
  readonly size: number;
}

/** A statement for a page: kysely's, as far as it is needed. */
export interface PageStatement {
  execute(): Promise<readonly Candidate[]>;
  compile(): { readonly sql: string; readonly parameters: readonly unknown[] };
  explain(format?: undefined, options?: SqlCondition): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** The statement for the next events; undefined when there can be none. */
export function pageQuery(
  database: ArchiveDatabase,
  branches: readonly Branch[],
  conditions: MessageConditions,
  range: Range,
  limit: number,
): PageStatement | undefined {
  const [first, ...others] = branches.map((branch) => branchQuery(database, branch, conditions, range, limit));
  if (first === undefined) return undefined;
  if (others.length === 0) return first;
  const { kysely } = database;
  let union = kysely.selectFrom(first.as("b")).select(["b.id", "b.size"]);
  for (const other of others) union = union.union(kysely.selectFrom(other.as("b")).select(["b.id", "b.size"]));
  return kysely.selectFrom(union.as("u")).select(["u.id", "u.size"]).orderBy("u.id").limit(limit);
}

function branchQuery(
  { kysely, sql }: ArchiveDatabase,
  { kinds, driver, rest }: Branch,
  conditions: MessageConditions,
  { behind, last }: Range,
  limit: number,
) {
  const all: SqlCondition[] = messageSql(sql, conditions);
  if (kinds !== undefined) {
    const [only, ...more] = kinds;
    all.push(more.length === 0 ? sql`e.kind = ${only}` : sql`e.kind in (${sql.join(kinds)})`);
  }
  if (rest !== true) all.push(fieldSql(sql, rest));
  const id = driver === undefined ? "e.id" : "f.event";
  all.push(sql`${sql.ref(id)} > ${behind} and ${sql.ref(id)} <= ${last}`);
  const where = sql<boolean>`${sql.join(all, sql` and `)}`;
  if (driver === undefined) {
    return kysely.selectFrom("archive_event as e").select(["e.id", "e.size"]).where(where).orderBy("e.id").limit(limit);
  }
  const { name, value } = driver;
  const found = sql<boolean>`f.name = ${name} and ${valueSql(sql, "f", { kind: "compare", operator: "=", value })}`;
  return (
    kysely
      .selectFrom("archive_field as f")
      // SQLite never looks through the second of them first.
      .crossJoin("archive_event as e")
      .select(["e.id", "e.size"])
      .whereRef("e.id", "=", "f.event")
      .where(found)
      .where(where)
      .orderBy("f.event")
      .limit(limit)
  );
}

function messageSql(sql: ArchiveDatabase["sql"], { since, until, routingKey }: MessageConditions): SqlCondition[] {
  const all: SqlCondition[] = [];
  if (since !== undefined) all.push(sql`e.time >= ${since}`);
  if (until !== undefined) all.push(sql`e.time < ${until}`);
  const beginning = routingKey === undefined ? "" : /^(?:[^.*#]+(?:\.(?=[^*#]|$)|$))*/.exec(routingKey)?.[0];
  if (routingKey !== undefined && !/[*#]/.test(routingKey)) all.push(sql`e.routing_key = ${keyText(routingKey)}`);
  else if (beginning !== undefined && beginning !== "") {
    const fixed = keyBeginning(beginning);
    all.push(sql`substr(e.routing_key, 1, ${[...fixed].length}) = ${fixed}`);
  }
  return all;
}
