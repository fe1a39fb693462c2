import { isXmlChar } from "../../xml/index.ts";
import { QueryError } from "../values/query-error.ts";

/**
 * A text with its predefined entities and character references resolved (XQuery 3.1, section 3.1.1).
 *
 * @param at where the text begins in the query
 * @throws QueryError XPST0003, XQST0090
 */
export function resolveReferences(text: string, at: number): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(/&([^;&]*);?/g, (reference, name: string) => {
    const character = reference.endsWith(";") ? characterOf(name) : undefined;
    if (character !== undefined) return character;
    const isNumber = /^&#(?:[0-9]+|x[0-9a-fA-F]+);$/.test(reference);
    throw new QueryError(
      isNumber ? "XQST0090" : "XPST0003",
      isNumber
        ? `${reference} stands for a character that XML does not allow`
        : `"&" begins a reference such as &lt; &gt; &amp; &quot; &apos; or &#233;; write &amp; for the character itself`,
      at,
    );
  });
}

function characterOf(name: string): string | undefined {
  const [, decimal, hexadecimal] = /^#(?:([0-9]+)|x([0-9a-fA-F]+))$/.exec(name) ?? [];
  if (decimal === undefined && hexadecimal === undefined) return ENTITIES[name];
  const code = decimal === undefined ? Number.parseInt(hexadecimal!, 16) : Number(decimal);
  return isXmlChar(code) ? String.fromCodePoint(code) : undefined;
}

const ENTITIES: Readonly<Record<string, string | undefined>> = Object.freeze(
  Object.assign(Object.create(null) as object, { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }),
);
