import { XqbusError } from "../errors.ts";
import { parseXml } from "../xml/index.ts";
import type { XmlElement } from "../xml/index.ts";

/** What stands before the end of the first start tag in all but strange documents; in bytes or UTF-16 code units. */
const MAX_HEAD = 64 * 1024;

/**
 * The document element without its content, read from the first start tag alone; what follows may be anything. Undefined when there is
 * none; `unknown` when that would take more than a look at the beginning (other encodings, a long comment).
 */
export function rootElement(body: string | Uint8Array): XmlElement | "unknown" | undefined {
  const head = headOf(body);
  const end = head === undefined ? undefined : endOfStartTag(head);
  if (head === undefined || end === undefined) return "unknown";
  if (end === 0) return undefined;
  const tag = head.slice(0, end).replace(/\/?>$/, "");
  try {
    return parseXml(`${tag}/>`).documentElement;
  } catch (error) {
    if (error instanceof XqbusError) return undefined;
    throw error;
  }
}

function headOf(body: string | Uint8Array): string | undefined {
  if (typeof body === "string") return body.slice(0, MAX_HEAD);
  const bytes = body.subarray(0, MAX_HEAD);
  // UTF-16 has a zero among its first bytes, or its mark.
  if (bytes.subarray(0, 4).some((byte) => byte === 0 || byte >= 0xfe)) return undefined;
  return new TextDecoder().decode(bytes);
}

/** Where the first start tag ends; 0 when something else comes first, undefined when the text ends before. */
function endOfStartTag(text: string): number | undefined {
  let at = 0;
  for (;;) {
    while (/[\s\uFEFF]/.test(text.charAt(at))) at++;
    if (at === text.length) return undefined;
    const closing = text.startsWith("<?", at) ? "?>" : text.startsWith("<!--", at) ? "-->" : undefined;
    if (closing === undefined) break;
    const end = text.indexOf(closing, at);
    if (end < 0) return undefined;
    at = end + closing.length;
  }
  if (text.charAt(at) !== "<") return 0;
  let quote = "";
  for (at++; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === ">") return at + 1;
    else if (character === '"' || character === "'") quote = character;
  }
  return undefined;
}
