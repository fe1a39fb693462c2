/**
 * A document with its elements on lines of their own, where there is no text beside them: what has text stays as it is, so that no
 * value changes.
 *
 * @param text well-formed XML of elements and text only, as samples are
 */
export function indentXml(text: string): string {
  const tokens = text.match(TOKEN) ?? [];
  const root: Open = { start: "", children: [], hasText: false };
  const open: Open[] = [root];
  for (const token of tokens) {
    const parent = open.at(-1) ?? root;
    if (token.startsWith("</")) {
      open.pop();
      open.at(-1)?.children.push({ ...parent, end: token });
    } else if (!token.startsWith("<")) {
      parent.children.push(token);
      parent.hasText = true;
    } else if (token.endsWith("/>")) parent.children.push(token);
    else open.push({ start: token, children: [], hasText: false });
  }
  return root.children.map((child) => written(child, "")).join("\n");
}

/** Quoted attribute values may have `>` in them. */
const TOKEN = /<(?:"[^"]*"|'[^']*'|[^'">])*>|[^<]+/g;

interface Open {
  readonly start: string;
  readonly children: (string | Closed)[];
  hasText: boolean;
}

interface Closed extends Open {
  readonly end: string;
}

function written(part: string | Closed, indent: string): string {
  if (typeof part === "string") return indent + part;
  const { start, children, hasText, end } = part;
  if (hasText || children.length === 0) return indent + start + children.map(flat).join("") + end;
  return [indent + start, ...children.map((child) => written(child, `${indent}  `)), indent + end].join("\n");
}

function flat(part: string | Closed): string {
  return typeof part === "string" ? part : part.start + part.children.map(flat).join("") + part.end;
}
