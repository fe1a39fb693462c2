import { ALLOWED, illegalCharacter, runEnd } from "./characters.ts";

/**
 * Writes a string as character data: `&`, `<`, `>` and CR become references.
 *
 * @throws XqbusError `xqbus:illegal-character` naming code point and index of a character that XML cannot hold
 */
export function escapeText(s: string): string {
  return escape(s, TEXT_REFERENCES, "the text");
}

/**
 * Writes a string as an attribute value, without its quotes: `&`, `<`, `>`, both quotes, TAB, LF and CR become
 * references, so that reading gives the same string back.
 *
 * @throws XqbusError `xqbus:illegal-character` naming code point and index of a character that XML cannot hold
 */
export function escapeAttribute(s: string): string {
  return escape(s, ATTRIBUTE_REFERENCES, "the attribute value");
}

const TEXT_REFERENCES: readonly (string | undefined)[] = references({
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\r": "&#13;",
});

const ATTRIBUTE_REFERENCES: readonly (string | undefined)[] = references({
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
});

function escape(s: string, replacements: readonly (string | undefined)[], what: string): string {
  const legalEnd = runEnd(s, 0, s.length, ALLOWED);
  if (legalEnd < s.length) throw illegalCharacter(s, legalEnd, what);
  let escaped = "";
  let from = 0;
  for (let at = 0; at < s.length; at++) {
    const unit = s.charCodeAt(at);
    if (unit >= replacements.length) continue;
    const replacement = replacements[unit];
    if (replacement === undefined) continue;
    escaped += s.slice(from, at) + replacement;
    from = at + 1;
  }
  return from === 0 ? s : escaped + s.slice(from);
}

/** Indexed by the code unit; none of the characters lies behind `>`. */
function references(byCharacter: Readonly<Record<string, string>>): (string | undefined)[] {
  return Array.from({ length: 0x3f }, (_, unit) => byCharacter[String.fromCharCode(unit)]);
}
