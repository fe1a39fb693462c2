/**
 * The child elements of the event element, read off markup that a maker wrote, without a tree: tags, attributes in double quotes, text
 * and character references are all that stands in it.
 *
 * @returns by local name the text of the first one, or null where it has child elements; undefined for markup that no maker writes
 */
export function fieldsInMarkup(markup: string): ReadonlyMap<string, string | null> | undefined {
  const fields = new Map<string, string | null>();
  // Elements that are open: the envelope is the first, the event element the second, a field the third.
  let depth = 0;
  for (let at = markup.indexOf("<"); at >= 0; at = markup.indexOf("<", at)) {
    const code = markup.charCodeAt(at + 1);
    if (code === BANG || code === QUESTION) return undefined;
    const end = endOfTag(markup, at + 1);
    if (end < 0) return undefined;
    if (code === SLASH) depth--;
    else {
      const isEmpty = markup.charCodeAt(end - 1) === SLASH;
      if (depth === 2) {
        const name = nameAt(markup, at + 1);
        if (!fields.has(name)) fields.set(name, isEmpty ? "" : textFrom(markup, end + 1));
      }
      if (!isEmpty) depth++;
    }
    at = end + 1;
  }
  return fields;
}

const BANG = 0x21;
const QUOTE = 0x22;
const SLASH = 0x2f;
const COLON = 0x3a;
const GREATER = 0x3e;
const QUESTION = 0x3f;

/** The index of the tag's `>`; one in an attribute's value is none. */
function endOfTag(markup: string, start: number): number {
  for (let at = start; at < markup.length; at++) {
    const code = markup.charCodeAt(at);
    if (code === GREATER) return at;
    if (code !== QUOTE) continue;
    at = markup.indexOf('"', at + 1);
    if (at < 0) return -1;
  }
  return -1;
}

/** Local name. */
function nameAt(markup: string, start: number): string {
  let begin = start;
  let end = start;
  // Space, tab, line feed, "/" and ">" are the characters behind a name; all others up to ">" are in it.
  for (; end < markup.length; end++) {
    const code = markup.charCodeAt(end);
    if (code <= 0x20 || code === SLASH || code === GREATER) break;
    if (code === COLON) begin = end + 1;
  }
  return markup.slice(begin, end);
}

/** The text up to the end tag, or null when a child element comes first. */
function textFrom(markup: string, start: number): string | null {
  const end = markup.indexOf("<", start);
  if (markup.charCodeAt(end + 1) !== SLASH) return null;
  const text = markup.slice(start, end);
  return text.includes("&") ? text.replace(/&(#x?)?(\w+);/g, character) : text;
}

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function character(reference: string, number: string | undefined, value: string): string {
  if (number === undefined) return NAMED[value] ?? reference;
  return String.fromCodePoint(Number.parseInt(value, number === "#x" ? 16 : 10));
}
