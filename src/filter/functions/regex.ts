import type { XmlElement } from "../../xml/index.ts";
import { internName } from "../../xml/index.ts";
import type { Context } from "../evaluate/environment.ts";
import { TreeBuilder } from "../evaluate/expressions/constructors/tree-builder.ts";
import { Constant } from "../evaluate/expressions/literal.ts";
import type { Compiled } from "../evaluate/compiled.ts";
import { RegexMatcher, codePointsOf, textBetween, type Match } from "../regex/matcher.ts";
import type { Sequence } from "../values/item.ts";
import { FN_NAMESPACE } from "../values/namespaces.ts";
import { QueryError } from "../values/query-error.ts";
import { locate } from "../evaluate/located.ts";
import { optionalText, textArgument } from "./arguments.ts";
import { define } from "./define.ts";
import type { FunctionDefinition } from "./function-definition.ts";

/** Compiled expressions by flags and pattern; those of the queries in use, at most so many. */
const cache = new Map<string, RegexMatcher>();
const MAX_CACHED = 1000;

function matcherOf(pattern: string, flags: string): RegexMatcher {
  const key = `${flags}/${pattern}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const matcher = RegexMatcher.compile(pattern, flags);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(key, matcher);
  return matcher;
}

/** Refuses a wrong literal pattern when the query is compiled. */
const checkPattern: NonNullable<FunctionDefinition["compile"]> = (args) => {
  const [, pattern, ...rest] = args;
  const flags = rest.at(-1);
  const text = literalText(pattern);
  const given = args.length > 2 && flags !== undefined ? literalText(flags) : "";
  if (text !== undefined && given !== undefined) tryCompile(text, /^[smixq]*$/.test(given) ? given : "", pattern!.at);
  return undefined;
};

function tryCompile(pattern: string, flags: string, at: number): void {
  try {
    matcherOf(pattern, flags);
  } catch (error) {
    // Whether the call is reached is not known yet: only what can never work is refused now.
    if (error instanceof QueryError && error.code !== "xqbus:unsupported") return;
    throw locate(error, at);
  }
}

function literalText(argument: Compiled | undefined): string | undefined {
  if (!(argument instanceof Constant)) return undefined;
  const [value] = argument.value;
  return typeof value === "string" ? value : undefined;
}

function matches([input, pattern, flags]: readonly Sequence[], { environment }: Context): Sequence {
  const matcher = matcherOf(textArgument(pattern), textArgument(flags));
  return [matcher.test(codePointsOf(textArgument(input)), environment.budget)];
}

/** Matches one behind the other, none of them empty. @throws QueryError FORX0003 when the empty string matches */
function allMatches(matcher: RegexMatcher, text: readonly number[], { environment }: Context): readonly Match[] {
  if (matcher.test([], environment.budget)) {
    throw new QueryError("FORX0003", "the regular expression matches the empty string");
  }
  const found: Match[] = [];
  for (let from = 0; ;) {
    const match = matcher.find(text, from, environment.budget);
    if (match === undefined) return found;
    environment.budget.hold(2);
    // An empty match, at the edge of a line for instance, would be found again for ever.
    if (match.end > match.start) found.push(match);
    from = match.end > match.start ? match.end : match.end + 1;
  }
}

function tokenize([input, pattern, flags]: readonly Sequence[], context: Context): Sequence {
  const written = textArgument(input);
  const matcher = matcherOf(textArgument(pattern), textArgument(flags));
  const text = codePointsOf(written);
  if (written === "") return [];
  let from = 0;
  const tokens: string[] = [];
  for (const { start, end } of allMatches(matcher, text, context)) {
    tokens.push(textBetween(text, from, start));
    from = end;
  }
  tokens.push(textBetween(text, from, text.length));
  context.environment.budget.hold(tokens.length + written.length / 8);
  return tokens;
}

function replace([input, pattern, replacement, flags]: readonly Sequence[], context: Context): Sequence {
  const given = textArgument(flags);
  const matcher = matcherOf(textArgument(pattern), given);
  const text = codePointsOf(textArgument(input));
  const parts = given.includes("q")
    ? [textArgument(replacement)]
    : parseReplacement(textArgument(replacement), matcher.groups);
  let result = "";
  let from = 0;
  for (const match of allMatches(matcher, text, context)) {
    result += textBetween(text, from, match.start);
    for (const part of parts) {
      if (typeof part === "string") result += part;
      else {
        const group = part === 0 ? match : match.groups[part - 1];
        if (group !== undefined) result += textBetween(text, group.start, group.end);
      }
    }
    from = match.end;
    context.environment.budget.hold(result.length / 64);
  }
  result += textBetween(text, from, text.length);
  context.environment.budget.hold(1 + result.length / 8);
  return [result];
}

/** Text and numbers of groups (Functions and Operators 3.1, section 5.6.4). @throws QueryError FORX0004 */
function parseReplacement(text: string, groups: number): readonly (string | number)[] {
  const parts: (string | number)[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    const next = text[i + 1] ?? "";
    if (c === "\\") {
      if (next !== "\\" && next !== "$")
        throw new QueryError("FORX0004", 'a "\\" in a replacement must be \\\\ or \\$');
      parts.push(next);
      i++;
    } else if (c === "$") {
      if (!/[0-9]/.test(next))
        throw new QueryError("FORX0004", 'a "$" in a replacement must be \\$ or $1, $2 and so on');
      let number = Number(next);
      i++;
      // As many digits as make the number of a group.
      while (/[0-9]/.test(text[i + 1] ?? "") && number * 10 + Number(text[i + 1]) <= groups)
        number = number * 10 + Number(text[++i]);
      if (number <= groups) parts.push(number);
    } else parts.push(c);
  }
  return parts;
}

const RESULT = internName(FN_NAMESPACE, "analyze-string-result");
const MATCH = internName(FN_NAMESPACE, "match");
const NON_MATCH = internName(FN_NAMESPACE, "non-match");
const GROUP = internName(FN_NAMESPACE, "group");
const NUMBER = internName("", "nr");

/** `fn:analyze-string` (section 5.6.6): the matches and what is between them as elements. */
function analyze([input, pattern, flags]: readonly Sequence[], context: Context): Sequence {
  const matcher = matcherOf(textArgument(pattern), textArgument(flags));
  const text = codePointsOf(textArgument(input));
  const builder = new TreeBuilder(context.environment.budget);
  const result = builder.element(builder.holder(), RESULT, "fn", undefined);
  const append = (name: typeof MATCH, start: number, end: number): XmlElement => {
    const element = builder.element(result, name, "fn", result.namespaces);
    if (name === NON_MATCH) builder.text(element, textBetween(text, start, end));
    return element;
  };
  let from = 0;
  for (const match of allMatches(matcher, text, context)) {
    if (match.start > from) append(NON_MATCH, from, match.start);
    appendGroups(builder, append(MATCH, match.start, match.end), match, text, matcher.parents);
    from = match.end;
  }
  if (from < text.length) append(NON_MATCH, from, text.length);
  return [result];
}

/** The groups of a match as elements in one another, as they are in the expression, with the text between them. */
function appendGroups(
  builder: TreeBuilder,
  root: XmlElement,
  match: Match,
  text: readonly number[],
  parents: readonly number[],
): void {
  const open = [{ number: 0, element: root, end: match.end }];
  let place = match.start;
  const writeTo = (end: number): void => {
    if (end > place) builder.text(open.at(-1)!.element, textBetween(text, place, end));
    place = Math.max(place, end);
  };
  const closeTo = (parent: number): void => {
    while (open.length > 1 && open.at(-1)!.number !== parent) {
      writeTo(open.at(-1)!.end);
      open.pop();
    }
  };
  for (const [i, group] of match.groups.entries()) {
    if (group === undefined) continue;
    const parent = enclosing(parents, i, match);
    closeTo(parent);
    writeTo(group.start);
    const outer = open.at(-1)!.element;
    const element = builder.element(outer, GROUP, "fn", outer.namespaces);
    builder.attribute(element, NUMBER, "", String(i + 1));
    open.push({ number: i + 1, element, end: group.end });
  }
  closeTo(0);
  writeTo(match.end);
}

/** The nearest group around this one that took part in the match. */
function enclosing(parents: readonly number[], index: number, match: Match): number {
  let parent = parents[index] ?? 0;
  while (parent > 0 && match.groups[parent - 1] === undefined) parent = parents[parent - 1] ?? 0;
  return parent;
}

/** Functions and Operators 3.1, section 5.6. */
export const REGEX_FUNCTIONS: readonly FunctionDefinition[] = [
  define("fn:matches($input as xs:string?, $pattern as xs:string) as xs:boolean", matches, { compile: checkPattern }),
  define("fn:matches($input as xs:string?, $pattern as xs:string, $flags as xs:string) as xs:boolean", matches, {
    compile: checkPattern,
  }),
  define("fn:replace($input as xs:string?, $pattern as xs:string, $replacement as xs:string) as xs:string", replace, {
    compile: ([input, pattern], at, scope) => checkPattern([input!, pattern!], at, scope),
  }),
  define(
    "fn:replace($input as xs:string?, $pattern as xs:string, $replacement as xs:string, $flags as xs:string) as xs:string",
    replace,
    { compile: ([input, pattern, , flags], at, scope) => checkPattern([input!, pattern!, flags!], at, scope) },
  ),
  define("fn:tokenize($input as xs:string?) as xs:string*", ([input]) => {
    const words = optionalText(input)
      ?.split(/[ \t\n\r]+/)
      .filter(Boolean);
    return words ?? [];
  }),
  define("fn:tokenize($input as xs:string?, $pattern as xs:string) as xs:string*", tokenize, { compile: checkPattern }),
  define("fn:tokenize($input as xs:string?, $pattern as xs:string, $flags as xs:string) as xs:string*", tokenize, {
    compile: checkPattern,
  }),
  define(
    "fn:analyze-string($input as xs:string?, $pattern as xs:string) as element(fn:analyze-string-result)",
    analyze,
    {
      compile: checkPattern,
    },
  ),
  define(
    "fn:analyze-string($input as xs:string?, $pattern as xs:string, $flags as xs:string) as element(fn:analyze-string-result)",
    analyze,
    { compile: checkPattern },
  ),
];
