import { BASE64_BINARY } from "../values/atomic-type.ts";
import { BinaryValue } from "../values/binary-value.ts";
import { compareStrings } from "../values/compare-values.ts";
import { atomizeAll } from "../values/atomize.ts";
import { textOf } from "../values/cast.ts";
import { assertCollation, CODEPOINT_COLLATION } from "../values/collation.ts";
import type { AtomicValue, Sequence } from "../values/item.ts";
import { toNumber } from "../values/numeric.ts";
import { QueryError } from "../values/query-error.ts";
import { isXmlChar } from "../../xml/index.ts";
import { Constant } from "../evaluate/expressions/literal.ts";
import type { Context } from "../evaluate/environment.ts";
import { numberArgument, optionalText, textArgument } from "./arguments.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";
import { contextText } from "./context-value.ts";

/** Charges a string that the query made, and makes a sequence of it. */
function made(text: string, { environment }: Context): Sequence {
  environment.budget.hold(1 + text.length / 8);
  return [text];
}

/** Length in code points. */
function lengthOf(text: string): bigint {
  let length = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) length++;
  return BigInt(length);
}

/** Positions count code points from 1 (Functions and Operators 3.1, section 5.4.3). */
function substring(text: string, start: number, length: number): string {
  const from = roundHalfUp(start);
  const to = from + roundHalfUp(length);
  if (Number.isNaN(from) || Number.isNaN(to)) return "";
  const first = Math.max(from, 1);
  if (!hasSurrogates(text)) return text.slice(first - 1, Math.max(first - 1, Math.min(to - 1, text.length)));
  return [...text].slice(first - 1, Math.max(first - 1, Math.min(to - 1, text.length))).join("");
}

function roundHalfUp(number: number): number {
  return Math.floor(number + 0.5);
}

function hasSurrogates(text: string): boolean {
  return /[\ud800-\udbff]/.test(text);
}

function normalizeSpace(text: string): string {
  return text.replaceAll(/[ \t\n\r]+/g, " ").replace(/^ | $/g, "");
}

/** Section 5.4.9: the mapping goes by code points. */
function translate(text: string, from: string, to: string): string {
  const targets = [...to];
  const map = new Map<string, string>();
  for (const [i, character] of [...from].entries()) {
    if (!map.has(character)) map.set(character, targets[i] ?? "");
  }
  let result = "";
  for (const character of text) result += map.get(character) ?? character;
  return result;
}

function collationArgument(argument: Sequence | undefined): void {
  if (argument !== undefined) assertCollation(textArgument(argument), "FOCH0002");
}

/** A function of two strings, with and without a collation as the third argument. */
function withCollation(
  name: string,
  types: readonly [result: string, parameter: string],
  compute: (a: string, b: string) => Sequence,
): readonly FunctionDefinition[] {
  const [result, parameter] = types;
  const signature = `$a as ${parameter}, $b as ${parameter}`;
  return [
    define(`fn:${name}(${signature}) as ${result}`, ([a, b]) => compute(textArgument(a), textArgument(b))),
    define(`fn:${name}(${signature}, $collation as xs:string) as ${result}`, ([a, b, collation]) => {
      collationArgument(collation);
      return compute(textArgument(a), textArgument(b));
    }),
  ];
}

function compare([a, b, collation]: readonly Sequence[]): Sequence {
  collationArgument(collation);
  const [first, second] = [optionalText(a), optionalText(b)];
  if (first === undefined || second === undefined) return [];
  return [BigInt(Math.sign(compareStrings(first, second)))];
}

function joinStrings([items, separator]: readonly Sequence[], context: Context): Sequence {
  const between = separator === undefined ? "" : textArgument(separator);
  const texts = items!.map((item) => textOf(item as AtomicValue));
  context.environment.budget.step(texts.length);
  return made(texts.join(between), context);
}

function codepointsToString([codepoints]: readonly Sequence[], context: Context): Sequence {
  let text = "";
  for (const item of codepoints!) {
    const code = toNumber(item as AtomicValue);
    if (!isXmlChar(code)) throw new QueryError("FOCH0001", `${code} is not the code point of a character of XML`);
    text += String.fromCodePoint(code);
  }
  return made(text, context);
}

const NORMALIZATION_FORMS: ReadonlySet<string> = new Set(["NFC", "NFD", "NFKC", "NFKD"]);

function normalizeUnicode(text: string, form: string, context: Context): Sequence {
  const wanted = form.trim().toUpperCase();
  if (wanted === "") return [text];
  if (!NORMALIZATION_FORMS.has(wanted)) {
    throw new QueryError(
      "FOCH0003",
      `the normalization form ${JSON.stringify(form)} is not supported; expected NFC, NFD, NFKC or NFKD`,
    );
  }
  return made(text.normalize(wanted), context);
}

/** Functions and Operators 3.1, sections 5.2 to 5.5. */
export const STRING_FUNCTIONS: readonly FunctionDefinition[] = [
  define("fn:codepoints-to-string($arg as xs:integer*) as xs:string", codepointsToString),
  define("fn:string-to-codepoints($arg as xs:string?) as xs:integer*", ([text], context) => {
    const characters = [...textArgument(text)];
    context.environment.budget.hold(characters.length);
    return characters.map((character) => BigInt(character.codePointAt(0)!));
  }),
  define("fn:compare($a as xs:string?, $b as xs:string?) as xs:integer?", compare),
  define("fn:compare($a as xs:string?, $b as xs:string?, $collation as xs:string) as xs:integer?", compare),
  define("fn:codepoint-equal($a as xs:string?, $b as xs:string?) as xs:boolean?", ([a, b]) => {
    const [first, second] = [optionalText(a), optionalText(b)];
    return first === undefined || second === undefined ? [] : [first === second];
  }),
  define("fn:collation-key($key as xs:string) as xs:base64Binary", ([key]) => collationKey(textArgument(key))),
  define("fn:collation-key($key as xs:string, $collation as xs:string) as xs:base64Binary", ([key, collation]) => {
    collationArgument(collation);
    return collationKey(textArgument(key));
  }),
  define("fn:default-collation() as xs:string", () => [CODEPOINT_COLLATION], {
    compile: (_, at) => new Constant(at, [CODEPOINT_COLLATION]),
  }),
  define("fn:string-join($arg1 as xs:anyAtomicType*) as xs:string", joinStrings),
  define("fn:string-join($arg1 as xs:anyAtomicType*, $separator as xs:string) as xs:string", joinStrings),
  define("fn:substring($text as xs:string?, $start as xs:double) as xs:string", ([text, start], context) =>
    made(substring(textArgument(text), numberArgument(start), Infinity), context),
  ),
  define(
    "fn:substring($text as xs:string?, $start as xs:double, $length as xs:double) as xs:string",
    ([text, start, length], context) =>
      made(substring(textArgument(text), numberArgument(start), numberArgument(length)), context),
  ),
  define("fn:string-length() as xs:integer", (_, context) => [lengthOf(contextText(context))], { usesFocus: true }),
  define("fn:string-length($arg as xs:string?) as xs:integer", ([text]) => [lengthOf(textArgument(text))]),
  define("fn:normalize-space() as xs:string", (_, context) => [normalizeSpace(contextText(context))], {
    usesFocus: true,
  }),
  define("fn:normalize-space($arg as xs:string?) as xs:string", ([text]) => [normalizeSpace(textArgument(text))]),
  define("fn:normalize-unicode($arg as xs:string?) as xs:string", ([text], context) =>
    normalizeUnicode(textArgument(text), "NFC", context),
  ),
  define("fn:normalize-unicode($arg as xs:string?, $form as xs:string) as xs:string", ([text, form], context) =>
    normalizeUnicode(textArgument(text), textArgument(form), context),
  ),
  define("fn:upper-case($arg as xs:string?) as xs:string", ([text], context) =>
    made(textArgument(text).toUpperCase(), context),
  ),
  define("fn:lower-case($arg as xs:string?) as xs:string", ([text], context) =>
    made(textArgument(text).toLowerCase(), context),
  ),
  define(
    "fn:translate($text as xs:string?, $from as xs:string, $to as xs:string) as xs:string",
    ([text, from, to], context) => {
      context.environment.budget.step(1 + textArgument(text).length / 8);
      return made(translate(textArgument(text), textArgument(from), textArgument(to)), context);
    },
  ),
  ...withCollation("contains", ["xs:boolean", "xs:string?"], (text, part) => [text.includes(part)]),
  ...withCollation("starts-with", ["xs:boolean", "xs:string?"], (text, part) => [text.startsWith(part)]),
  ...withCollation("ends-with", ["xs:boolean", "xs:string?"], (text, part) => [text.endsWith(part)]),
  ...withCollation("substring-before", ["xs:string", "xs:string?"], (text, part) => {
    const at = text.indexOf(part);
    return [at < 0 ? "" : text.slice(0, at)];
  }),
  ...withCollation("substring-after", ["xs:string", "xs:string?"], (text, part) => {
    const at = text.indexOf(part);
    return [at < 0 ? "" : text.slice(at + part.length)];
  }),
  define("fn:contains-token($input as xs:string*, $token as xs:string) as xs:boolean", containsToken),
  define(
    "fn:contains-token($input as xs:string*, $token as xs:string, $collation as xs:string) as xs:boolean",
    containsToken,
  ),
];

function containsToken([input, token, collation]: readonly Sequence[]): Sequence {
  collationArgument(collation);
  const wanted = textArgument(token).replaceAll(/^[ \t\n\r]+|[ \t\n\r]+$/g, "");
  if (wanted === "") return [false];
  return [
    atomizeAll(input!).some((value) =>
      textOf(value)
        .split(/[ \t\n\r]+/)
        .includes(wanted),
    ),
  ];
}

function collationKey(text: string): Sequence {
  return [new BinaryValue(BASE64_BINARY, Buffer.from(text, "utf8"))];
}
