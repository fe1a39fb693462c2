import { BASE64_LINE, isBase64Line, isFullBase64Line, type Tag, type TagLine } from "./tag-line.ts";

const ESCAPED: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * The tag string of these lines: labels first, then tags, so that `parseTags` gives them back. Words that would be read otherwise are in
 * quotes. Lines without labels and tags are left out.
 */
export function formatTags(lines: readonly TagLine[]): string {
  return lines
    .filter(({ labels, tags }) => labels.length + tags.length > 0)
    .map(({ labels, tags }) =>
      [
        ...labels.map((label) => word(label, /^$|[ \t\r\n:]|^"/)),
        ...tags.map((tag, index) => formatTag(tag, index === tags.length - 1)),
      ].join(" "),
    )
    .join("\n");
}

function formatTag({ name, value }: Tag, isLast: boolean): string {
  return `${word(name, /^$|[ \t\r\n:]|^"/)}:${isLast && isWrapped(value) ? value : valueText(value)}`;
}

/** One that a line of base64 could follow is in quotes: what comes next is another line. */
function valueText(value: string): string {
  return isFullBase64Line(value) ? quoted(value) : word(value, /[ \t\r\n]|^"/);
}

/** Base64 with line breaks that is at its end: nothing can be taken for more of it. */
function isWrapped(value: string): boolean {
  const pieces = value.split("\n");
  const last = pieces.pop() ?? "";
  return (
    pieces.length > 0 &&
    pieces.every(isFullBase64Line) &&
    isBase64Line(last) &&
    (last.length < BASE64_LINE || last.endsWith("="))
  );
}

function word(text: string, needsQuotes: RegExp): string {
  return needsQuotes.test(text) ? quoted(text) : text;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\\n\r\t]/g, (character) => ESCAPED[character] ?? character)}"`;
}
