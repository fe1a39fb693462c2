/** What the facet whiteSpace does to a value before it is checked (XML Schema 1.0 part 2, section 4.3.6). */
export type WhiteSpace = "preserve" | "replace" | "collapse";

/** The value with its white space normalised; the same string where there is nothing to do. */
export function normalizeWhiteSpace(text: string, whiteSpace: WhiteSpace): string {
  if (whiteSpace === "preserve") return text;
  if (whiteSpace === "replace") return hasOtherThanSpaces(text) ? text.replaceAll(/[\t\n\r]/g, " ") : text;
  return isCollapsed(text) ? text : splitAtWhiteSpace(text).join(" ");
}

/** The items of a list: the pieces between white space, as XML Schema knows it (not all that Unicode calls so). */
export function splitAtWhiteSpace(text: string): readonly string[] {
  const items: string[] = [];
  let start = -1;
  for (let at = 0; at <= text.length; at++) {
    const isGap = at === text.length || isWhiteSpace(text.charCodeAt(at));
    if (isGap && start >= 0) {
      items.push(text.slice(start, at));
      start = -1;
    } else if (!isGap && start < 0) {
      start = at;
    }
  }
  return items;
}

/** Whether the text has nothing but white space. */
export function isBlank(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (!isWhiteSpace(text.charCodeAt(at))) return false;
  return true;
}

function isWhiteSpace(code: number): boolean {
  return code === SPACE || code === 0x9 || code === 0xa || code === 0xd;
}

function hasOtherThanSpaces(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && isWhiteSpace(code)) return true;
  }
  return false;
}

function isCollapsed(text: string): boolean {
  let isAfterSpace = true;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isSpace = code === SPACE;
    if (isSpace ? isAfterSpace : isWhiteSpace(code)) return false;
    isAfterSpace = isSpace;
  }
  return text === "" || !isAfterSpace;
}

const SPACE = 0x20;
