import type { Output } from "./io.ts";
import { oneLine, visibleText } from "./visible-text.ts";

/** Prints rows in columns under a bold head; foreign text is made visible. The last column is not padded. */
export function printTable(output: Output, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const shown = rows.map((row) => row.map((cell) => visibleText(oneLine(cell))));
  const widths = head.map((title, at) =>
    shown.reduce((width, row) => Math.max(width, row[at]?.length ?? 0), title.length),
  );
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join("  ");
  output.line(output.style("bold", line(head)));
  for (const row of shown) output.line(line(row).trimEnd());
}

/** Prints labels with their values in one column; lines without a value are left out. Foreign text is made visible. */
export function printFields(
  output: Output,
  fields: readonly (readonly [label: string, value: string | undefined])[],
  { indent = "", width = 0 }: { readonly indent?: string; readonly width?: number } = {},
): void {
  const given = fields.flatMap(([label, value]) => (value === undefined ? [] : [[`${label}:`, value] as const]));
  const column = given.reduce((widest, [label]) => Math.max(widest, label.length + 1), width);
  for (const [label, value] of given) {
    output.line(`${indent}${label.padEnd(column)}${visibleText(oneLine(value))}`.trimEnd());
  }
}
