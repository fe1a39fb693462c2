import { isHexDigit } from "./binary.ts";
import { digitsEnd } from "./digits.ts";

/**
 * Whether the text is an anyURI (XML Schema 1.0 part 2, section 3.2.17): a URI reference (RFC 3986) once the characters that
 * XLink says to escape are escaped. A space is none of these for libxml2, whose judgement this follows.
 */
export function isAnyUri(text: string): boolean {
  const fragment = endOr(text.indexOf("#"), text);
  const path = schemeEnd(text, fragment);
  if (path === undefined) return false;
  let from = path;
  if (text.startsWith("//", path)) {
    from = authorityEnd(text, path + 2, fragment);
    if (!isAuthority(text.slice(path + 2, from))) return false;
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === SPACE || (code === HASH && at > fragment)) return false;
    if ((code === OPEN || code === CLOSE) && at >= from && at < fragment) return false;
    if (code === PERCENT && !(isHexDigit(text.charCodeAt(at + 1)) && isHexDigit(text.charCodeAt(at + 2)))) return false;
  }
  return true;
}

/** The offset behind the scheme and its colon, 0 where there is none; undefined when a colon stands where none may. */
function schemeEnd(text: string, end: number): number | undefined {
  const colon = text.indexOf(":");
  if (colon < 0 || colon > end) return 0;
  for (let at = 0; at < colon; at++) {
    const code = text.charCodeAt(at);
    if (code === SLASH || code === QUESTION) return 0;
    const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
    const isOther = (code >= 0x30 && code <= 0x39) || code === PLUS || code === MINUS || code === POINT;
    if (!isLetter && (at === 0 || !isOther)) return undefined;
  }
  return colon === 0 ? undefined : colon + 1;
}

function authorityEnd(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && text.charCodeAt(at) !== SLASH && text.charCodeAt(at) !== QUESTION) at++;
  return at;
}

function isAuthority(authority: string): boolean {
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const isLiteral = host.startsWith("[");
  const hostEnd = isLiteral ? host.indexOf("]") + 1 : endOr(host.indexOf(":"), host);
  if (isLiteral && hostEnd === 0) return false;
  const port = host.slice(hostEnd);
  const isBare = !isLiteral && /[[\]]/.test(host.slice(0, hostEnd));
  return !isBare && (port === "" || (port.length > 1 && port[0] === ":" && digitsEnd(port, 1) === port.length));
}

function endOr(index: number, text: string): number {
  return index < 0 ? text.length : index;
}

const SPACE = 0x20;
const HASH = 0x23;
const PERCENT = 0x25;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const SLASH = 0x2f;
const QUESTION = 0x3f;
const OPEN = 0x5b;
const CLOSE = 0x5d;
