import type { Cell, Report, Table, Target } from "./report.ts";
import type { Spread } from "./spread.ts";

/** A report as text: the tables are those of Markdown, with columns that line up. */
export function formatReport({ tables, targets = [], notes = [] }: Report): string {
  return [
    ...tables.map(formatTable),
    ...(targets.length > 0 ? [targets.map(formatTarget).join("\n")] : []),
    ...notes,
  ].join("\n\n");
}

/** Title, heading and rows; measured values as median (min–max). */
export function formatTable({ title, columns, rows }: Table): string {
  const texts = [columns, ...rows.map((row) => row.map(formatCell))];
  const widths = columns.map((_, column) => Math.max(3, ...texts.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => pad(text, widths[column] ?? 0, column)).join(" | ")} |`;
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  const [heading = [], ...body] = texts;
  return [title, "", line(heading), line(rule), ...body.map(line)].join("\n");
}

/** Whether a target was reached, with both numbers; a median within the limit does not hide rounds beyond it. */
export function formatTarget({ text, limit, measured }: Target): string {
  return `Target: ${text} ≤ ${limit}: ${verdict(limit, measured)}, ${formatCell(measured)}.`;
}

function verdict(limit: number, { median, max }: Spread): string {
  if (median > limit) return "NOT reached";
  return max > limit ? "reached by the median, not in every round" : "reached in every round";
}

/** Names stand on the left, numbers on the right. */
function pad(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}

function formatCell(cell: Cell): string {
  if (cell === undefined) return "–";
  if (typeof cell === "string") return cell;
  if (typeof cell === "number") return formatNumber(cell);
  const { median, min, max } = cell;
  return min === max ? formatNumber(median) : `${formatNumber(median)} (${formatNumber(min)}–${formatNumber(max)})`;
}

/** Three digits, more only where they stand before the point. */
function formatNumber(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.01))));
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
