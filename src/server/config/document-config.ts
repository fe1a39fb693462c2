import { NAMED_SETTINGS } from "./names.ts";
import { SECTIONS } from "./sections.ts";

/** The documentation of all settings in Markdown: a heading, a sentence and a table for each section. */
export function configTables(): string {
  return Object.entries(SECTIONS)
    .map(([section, { help }]) => `### \`[${section}]\`\n\n${help}\n\n${tableOf(section)}`)
    .join("\n\n");
}

function tableOf(section: string): string {
  const rows = NAMED_SETTINGS.filter((named) => named.section === section).map(({ key, setting }) => {
    const { kind, help, default: value, isSecret } = setting;
    const name = isSecret ? `\`${key}\`, \`${key}_file\`` : `\`${key}\``;
    return [name, kind.expected, value === undefined ? "" : `\`${JSON.stringify(value)}\``, help];
  });
  return table([["setting", "value", "default", "what it is"], ...rows]);
}

/** Columns as wide as their widest cell, the way that the formatter of this repository leaves them. */
function table(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.slice(1).map(line)].join(
    "\n",
  );
}
