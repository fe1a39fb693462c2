import { PLAIN_VALUE, runEnd } from "./characters.ts";
import { quoted } from "./quoted.ts";
import { readReference } from "./references.ts";
import { AMPERSAND, APOSTROPHE, LESS_THAN, LINE_FEED, QUOTATION_MARK, TAB, type Scanner } from "./scanner.ts";

/**
 * Reads a quoted attribute value and normalises it (XML 1.0, sections 2.3 and 3.3.3, type CDATA): white space becomes
 * blanks, what a character reference stands for remains as it is.
 *
 * @param attribute the attribute's name, for messages
 */
export function readAttributeValue(scanner: Scanner, attribute: string): string {
  const { text } = scanner;
  const start = scanner.position;
  const quote = text.charCodeAt(start);
  if (quote !== QUOTATION_MARK && quote !== APOSTROPHE) {
    throw scanner.error(
      start,
      `attribute ${quoted(attribute)} has no quoted value: found ${scanner.found()}; expected a quote`,
    );
  }
  let value = "";
  let from = start + 1;
  let at = from;
  for (;;) {
    at = runEnd(text, at, text.length, PLAIN_VALUE);
    const unit = at < text.length ? text.charCodeAt(at) : 0;
    if (unit === quote) break;
    if (unit === QUOTATION_MARK || unit === APOSTROPHE) {
      at++;
    } else if (unit === LINE_FEED || unit === TAB) {
      value += text.slice(from, at) + " ";
      from = ++at;
    } else if (unit === AMPERSAND) {
      value += text.slice(from, at);
      scanner.position = at;
      value += readReference(scanner);
      from = at = scanner.position;
    } else {
      throw unexpected(scanner, at, start, attribute);
    }
  }
  scanner.position = at + 1;
  const rest = text.slice(from, at);
  return value === "" ? rest : value + rest;
}

function unexpected(scanner: Scanner, at: number, start: number, attribute: string): Error {
  const quote = scanner.text.charAt(start);
  if (at >= scanner.text.length) {
    return scanner.error(
      start,
      `the value of attribute ${quoted(attribute)} begins here and does not end; expected the closing ${quote}`,
    );
  }
  if (scanner.text.charCodeAt(at) !== LESS_THAN) return scanner.characterError(at);
  return scanner.error(
    at,
    `"<" in the value of attribute ${quoted(attribute)}; expected "&lt;", or the closing ${quote} before it`,
  );
}
