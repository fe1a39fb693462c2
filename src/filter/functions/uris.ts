import type { Sequence } from "../values/item.ts";
import { QueryError } from "../values/query-error.ts";
import { anyUri } from "../values/string-value.ts";
import { Constant } from "../evaluate/expressions/literal.ts";
import { resolveUri } from "./resolve-uri.ts";
import { optionalText, textArgument } from "./arguments.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";

/** Writes the characters that a pattern does not spare as the percent signs of their UTF-8 bytes. */
function escapeUri(text: string, spared: RegExp): string {
  let result = "";
  for (const character of text) {
    if (spared.test(character)) result += character;
    else
      for (const byte of Buffer.from(character, "utf8"))
        result += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return result;
}

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:/;

function resolve(relative: string, base: string): Sequence {
  if (ABSOLUTE.test(relative)) return [anyUri(relative)];
  if (!ABSOLUTE.test(base) || !isUri(base)) {
    throw new QueryError("FORG0002", `the base URI ${JSON.stringify(base)} is not an absolute URI`);
  }
  if (!isUri(relative)) throw new QueryError("FORG0002", `${JSON.stringify(relative)} is not a URI`);
  return [anyUri(resolveUri(relative, base))];
}

function isUri(text: string): boolean {
  return !text.startsWith(":") && !/%(?![0-9a-fA-F]{2})|[ <>"{}|\\^`\t\n\r]/.test(text);
}

/** Functions and Operators 3.1, section 6, and `fn:static-base-uri`. */
export const URI_FUNCTIONS: readonly FunctionDefinition[] = [
  define("fn:encode-for-uri($text as xs:string?) as xs:string", ([text]) => [
    escapeUri(textArgument(text), /[A-Za-z0-9_.~-]/),
  ]),
  define("fn:iri-to-uri($iri as xs:string?) as xs:string", ([text]) => [
    escapeUri(textArgument(text), /[!#-;=?-[\]_a-z~]/),
  ]),
  define("fn:escape-html-uri($uri as xs:string?) as xs:string", ([text]) => [escapeUri(textArgument(text), /[ -~]/)]),
  define("fn:resolve-uri($relative as xs:string?, $base as xs:string) as xs:anyURI?", ([relative, base]) => {
    const text = optionalText(relative);
    return text === undefined ? [] : resolve(text, textArgument(base));
  }),
  define("fn:static-base-uri() as xs:anyURI?", () => [], {
    compile: (_, at, { baseUri }) => new Constant(at, baseUri === undefined ? [] : [anyUri(baseUri)]),
  }),
];
