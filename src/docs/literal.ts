import type { ContentValue } from "../event/index.ts";

/** How values are written. */
export interface LiteralStyle {
  readonly key: (name: string) => string;
  /** Behind the last of several lines. */
  readonly lastComma: "," | "";
}

export const JSON_STYLE: LiteralStyle = { key: (name) => JSON.stringify(name), lastComma: "" };

/** A value as a literal, on one line where it is short, as formatters write it. */
export function literalText(
  value: ContentValue | Readonly<Record<string, ContentValue>>,
  style: LiteralStyle,
  indent: string = "",
): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = (value as readonly ContentValue[]).map((item) => literalText(item, style, inner));
    return enclosed(["[", "]"], items, style, indent);
  }
  const properties = Object.entries(value).map(
    ([name, each]: readonly [string, ContentValue]) => `${style.key(name)}: ${literalText(each, style, inner)}`,
  );
  return enclosed(["{ ", " }"], properties, style, indent);
}

function enclosed(
  [open, close]: readonly [string, string],
  items: readonly string[],
  { lastComma }: LiteralStyle,
  indent: string,
): string {
  const line = items.length === 0 ? (open + close).replaceAll(" ", "") : open + items.join(", ") + close;
  if (indent.length + line.length <= WIDTH && !line.includes("\n")) return line;
  const lines = items.map((item) => `${indent}  ${item}`).join(",\n");
  return `${open.trimEnd()}\n${lines}${lastComma}\n${indent}${close.trimStart()}`;
}

/** Columns of a line, roughly: a key may stand before it. */
const WIDTH = 72;
