import type { ColumnKind, TableColumn } from "./table-columns.ts";

/** What a cell may be that goes to a database. */
export type DestinationCell = string | number | Uint8Array | null;

/** What is expected of each kind, as it stands in messages. */
const EXPECTED: Readonly<Record<ColumnKind, string>> = {
  integer: "a whole number (in SQLite of 64 bits)",
  number: "a number",
  text: "a text",
  boolean: "true or false",
  date: "a date such as 2026-11-22",
  timestamp: "a time such as 2026-11-22T00:30:00Z",
  bytes: "bytes",
  json: "a value that JSON has",
  any: "a text, a number, true or false",
};

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * A value as the column takes it: numbers also as texts of digits, dates and times also as Date.
 *
 * @returns what is expected where it does not fit
 */
export function cellOf(
  value: unknown,
  column: Pick<TableColumn, "kind" | "type">,
  product: "sqlite" | "postgres",
): { readonly cell: DestinationCell } | { readonly expected: string } {
  const cell = value === undefined || value === null ? null : valueOf(value, column, product);
  return cell === undefined ? { expected: EXPECTED[column.kind] } : { cell };
}

function valueOf(
  value: unknown,
  { kind, type }: Pick<TableColumn, "kind" | "type">,
  product: "sqlite" | "postgres",
): DestinationCell | undefined {
  switch (kind) {
    case "integer":
      return wholeNumber(value, product);
    case "number":
      return numberOf(value);
    case "boolean":
      return typeof value !== "boolean" ? undefined : product === "sqlite" ? Number(value) : String(value);
    case "text":
      return textOf(value);
    case "date":
      return value instanceof Date ? isoOf(value)?.slice(0, 10) : isDate(value) ? value : undefined;
    case "timestamp":
      if (value instanceof Date) return isoOf(value);
      if (!isTime(value)) return undefined;
      return type.startsWith("timestamp without") ? inUtc(value) : value;
    case "bytes":
      return value instanceof Uint8Array ? value : undefined;
    case "json":
      return jsonOf(value);
    case "any":
      return typeof value === "boolean"
        ? product === "sqlite"
          ? Number(value)
          : String(value)
        : (numberOf(value) ?? textOf(value));
  }
}

/** Numbers that JavaScript does not have exactly come as texts. */
function wholeNumber(value: unknown, product: "sqlite" | "postgres"): DestinationCell | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : undefined;
  const text = typeof value === "bigint" ? String(value) : value;
  if (typeof text !== "string" || !/^[+-]?\d{1,40}$/.test(text)) return undefined;
  return product === "postgres" || isInt64(text) ? text : undefined;
}

function numberOf(value: unknown): DestinationCell | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "bigint") return String(value);
  return typeof value === "string" && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(value) ? value : undefined;
}

/** PostgreSQL has no text with U+0000. */
function textOf(value: unknown): string | undefined {
  return typeof value === "string" && !value.includes("\0") ? value : undefined;
}

function jsonOf(value: unknown): string | undefined {
  try {
    return textOf(JSON.stringify(value));
  } catch {
    return undefined;
  }
}

function isoOf(date: Date): string | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Whether the calendar has it. */
function isDate(value: unknown): value is string {
  const [, year, month, day] = (typeof value === "string" && DATE.exec(value)) || [];
  if (year === undefined) return false;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
}

/** The database would leave the offset out, and keep another time. */
function inUtc(text: string): string {
  const [, time, fraction = "", offset] = /^([^.+Z]*?)(\.\d+)?([+-]\d\d:?\d\d)$/.exec(text) ?? [];
  if (time === undefined || offset === undefined) return text;
  const colons = offset.includes(":") ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`;
  return `${new Date(`${time.replace(" ", "T")}${colons}`).toISOString().slice(0, 19)}${fraction}Z`;
}

/** SQLite keeps others as floating-point numbers, with fewer digits. */
function isInt64(text: string): boolean {
  const number = BigInt(text.replace(/^\+/, ""));
  return BigInt.asIntN(64, number) === number;
}

function isTime(value: unknown): value is string {
  const [, date] = (typeof value === "string" && TIME.exec(value)) || [];
  return date !== undefined && isDate(date);
}
