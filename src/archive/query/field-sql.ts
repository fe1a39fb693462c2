import { likePattern, type ImpliedCondition, type PropertyTest } from "../../filter/index.ts";
import type { ArchiveDatabase } from "../tables.ts";

/** A part of a statement that is true or false. */
export type SqlCondition = ReturnType<ArchiveDatabase["sql"]["raw"]>;

/** The condition on the fields of the event `e` in SQL. */
export function fieldSql(sql: ArchiveDatabase["sql"], condition: Exclude<ImpliedCondition, boolean>): SqlCondition {
  if (condition.kind !== "atom") {
    const parts = condition.parts.map((part) =>
      typeof part === "boolean" ? (part ? sql`1 = 1` : sql`1 = 0`) : fieldSql(sql, part),
    );
    return sql`(${sql.join(parts, condition.kind === "and" ? sql` and ` : sql` or `)})`;
  }
  const { property, test } = condition;
  const isMissing = test.kind === "missing";
  const field = sql`select 1 from archive_field x where x.event = e.id and x.name = ${property}`;
  const value = isMissing ? sql`` : sql` and ${valueSql(sql, "x", test)}`;
  return sql`${isMissing ? sql`not ` : sql``}exists (${field}${value})`;
}

/** What is asked of the value of the field with this alias. */
export function valueSql(sql: ArchiveDatabase["sql"], alias: string, test: PropertyTest): SqlCondition {
  const text = sql.ref(`${alias}.text`);
  switch (test.kind) {
    case "compare": {
      const { value, operator } = test;
      const column = typeof value === "string" ? text : sql.ref(`${alias}.number`);
      return sql`${column} ${sql.raw(operator)} ${typeof value === "string" ? value : Number(value)}`;
    }
    case "in":
      return sql`${text} in (${sql.join(test.values)})`;
    case "not":
      return sql`not (${valueSql(sql, alias, test.test)})`;
    case "missing":
    case "present":
      return sql`1 = 1`;
    default:
      return sql`${text} like ${likePattern(test.kind, test.part)} escape '\\'`;
  }
}
