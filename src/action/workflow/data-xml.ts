import { XqbusError } from "../../errors.ts";
import { escapeAttribute, escapeText, isNCName, isXmlChar } from "../../xml/index.ts";

/** Deeper documents are not read. */
const MAX_DEPTH = 190;

/**
 * Data of JSON as XML, so that queries can be asked of it.
 *
 * A list is `<rows>` with a `<row>` for each of its items, anything else is `<result>`. A member of an object is an element of its
 * name, `<member name="…">` where that is no name of XML; a list within has an `<item>` for each of its items. null is an element without content, and has
 * the attribute `nil="true"`. Characters that XML does not have are U+FFFD.
 *
 * @throws XqbusError `xqbus:limit-exceeded` for data that is too deep
 */
export function dataXml(data: unknown): string {
  if (!Array.isArray(data)) return elementXml("result", data, 1);
  return `<rows>${data.map((item) => elementXml("row", item, 2)).join("")}</rows>`;
}

/** What a query sees of a step that failed: `<failed code="…">message</failed>`. */
export function failedXml({ code, message }: { readonly code: string; readonly message: string }): string {
  return `<failed code="${escapeAttribute(possible(code))}">${escapeText(possible(message))}</failed>`;
}

function elementXml(name: string, data: unknown, depth: number): string {
  if (depth > MAX_DEPTH) {
    throw new XqbusError("xqbus:limit-exceeded", `the data is more than ${MAX_DEPTH} deep, too deep for a query`);
  }
  const tag = isNCName(name) ? name : "member";
  const attributes = tag === name ? "" : ` name="${escapeAttribute(possible(name))}"`;
  if (data === null || data === undefined) return `<${tag}${attributes} nil="true"/>`;
  return `<${tag}${attributes}>${contentXml(data, depth + 1)}</${tag}>`;
}

function contentXml(data: unknown, depth: number): string {
  if (Array.isArray(data)) return data.map((item) => elementXml("item", item, depth)).join("");
  if (typeof data !== "object" || data === null) return escapeText(possible(String(data)));
  return Object.entries(data)
    .map(([name, value]) => elementXml(name, value, depth))
    .join("");
}

function possible(text: string): string {
  let clean = "";
  for (const character of text) clean += isXmlChar(character.codePointAt(0) ?? 0) ? character : "\uFFFD";
  return clean;
}
