import type { ArchiveEntry, EntryForm } from "../archive/index.ts";

/** The forms in which events are printed. */
export const FORMATS = ["table", "json", "xml", "csv"] as const;

/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];

const HEAD = ["number", "time", "type", "id", "routing key", "bytes"];

/** What of the documents a form of printing needs. */
export function formOf(format: Format): EntryForm {
  return format === "json" || format === "xml" ? format : "none";
}

/** The line before the first event; undefined: none. */
export function headOf(format: Format): string | undefined {
  return format === "csv" ? csvLine(HEAD) : undefined;
}

/** An event as one line, or as its document. */
export function lineOf(entry: ArchiveEntry, format: Format): string {
  if (format === "json") return JSON.stringify(entry);
  const { number, time, type, id = "", routingKey, size, document = "" } = entry;
  if (format === "xml") return document;
  const cells = [`${number}`, new Date(time).toISOString(), type, id, routingKey, `${size}`];
  return format === "csv" ? csvLine(cells) : cells.join("  ");
}

/** A line of a table (RFC 4180). */
function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",");
}
