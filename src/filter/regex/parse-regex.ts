import { QueryError, UnsupportedError } from "../values/query-error.ts";
import { anyOf, character, dot, escapeSet, not, propertySet, range, without } from "./character-sets.ts";
import type { CharacterSet, Regex, RegexFlags } from "./syntax.ts";

/**
 * Reads flags (Functions and Operators 3.1, section 5.6.2).
 *
 * @throws QueryError FORX0001
 */
export function parseFlags(flags: string): RegexFlags {
  const unknown = /[^smixq]/.exec(flags)?.[0];
  if (unknown !== undefined) {
    throw new QueryError(
      "FORX0001",
      `${JSON.stringify(unknown)} is not a flag of a regular expression; expected s, m, i, x or q`,
    );
  }
  const isLiteral = flags.includes("q");
  return {
    dotMatchesAll: flags.includes("s"),
    multiLine: flags.includes("m"),
    ignoreCase: flags.includes("i"),
    ignoreWhiteSpace: flags.includes("x") && !isLiteral,
    isLiteral,
  };
}

/** A parsed regular expression and its groups. */
export interface ParsedRegex {
  readonly regex: Regex;
  /** For each group the one it stands in; 0 for none. */
  readonly parents: readonly number[];
}

/**
 * Reads a regular expression (section 5.6.1: those of XML Schema, with anchors, reluctant quantifiers and groups).
 *
 * @throws QueryError FORX0002; UnsupportedError for back-references, which no automaton can follow
 */
export function parseRegex(pattern: string, flags: RegexFlags): ParsedRegex {
  if (flags.isLiteral) {
    const parts = [...pattern].map((c): Regex => ({
      kind: "set",
      matches: character(c.codePointAt(0)!, flags.ignoreCase),
    }));
    return { regex: { kind: "sequence", parts }, parents: [] };
  }
  return new RegexParser(pattern, flags).parse();
}

/** Groups inside one another. */
const MAX_DEPTH = 200;
/** Repetitions that a quantifier may ask for. */
const MAX_COUNT = 1000;

class RegexParser {
  readonly #characters: readonly string[];
  readonly #flags: RegexFlags;
  #position = 0;
  readonly #parents: number[] = [];
  readonly #openGroups: number[] = [];
  #closedGroups = new Set<number>();
  #depth = 0;

  constructor(pattern: string, flags: RegexFlags) {
    this.#flags = flags;
    this.#characters = [...(flags.ignoreWhiteSpace ? withoutWhiteSpace(pattern) : pattern)];
  }

  parse(): ParsedRegex {
    const regex = this.#choice();
    if (this.#position < this.#characters.length) throw this.#error(`unexpected ${JSON.stringify(this.#next)}`);
    return { regex, parents: this.#parents };
  }

  get #next(): string | undefined {
    return this.#characters[this.#position];
  }

  #take(character: string): boolean {
    if (this.#next !== character) return false;
    this.#position++;
    return true;
  }

  #error(what: string): QueryError {
    return new QueryError("FORX0002", `the regular expression ${JSON.stringify(this.#shown())}: ${what}`);
  }

  #shown(): string {
    const text = this.#characters.join("");
    return text.length > 60 ? `${text.slice(0, 60)}…` : text;
  }

  #choice(): Regex {
    if (++this.#depth > MAX_DEPTH) throw this.#error(`groups are nested more than ${MAX_DEPTH} deep`);
    const branches = [this.#branch()];
    while (this.#take("|")) branches.push(this.#branch());
    this.#depth--;
    return branches.length === 1 ? branches[0]! : { kind: "choice", branches };
  }

  #branch(): Regex {
    const parts: Regex[] = [];
    while (this.#next !== undefined && this.#next !== "|" && this.#next !== ")") parts.push(this.#piece());
    return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
  }

  #piece(): Regex {
    const part = this.#atom();
    const count = this.#quantifier();
    if (count === undefined) return part;
    const isGreedy = !this.#take("?");
    return { kind: "repeat", part, ...count, isGreedy };
  }

  #quantifier(): { readonly min: number; readonly max: number } | undefined {
    if (this.#take("?")) return { min: 0, max: 1 };
    if (this.#take("*")) return { min: 0, max: Infinity };
    if (this.#take("+")) return { min: 1, max: Infinity };
    if (!this.#take("{")) return undefined;
    const min = this.#number();
    const max = this.#take(",") ? (this.#next === "}" ? Infinity : this.#number()) : min;
    if (!this.#take("}")) throw this.#error('expected "}" behind the quantity');
    if (max < min) throw this.#error(`the quantity {${min},${max}} is upside down`);
    if (min > MAX_COUNT || (max !== Infinity && max > MAX_COUNT)) {
      throw new UnsupportedError(
        `a quantity of more than ${MAX_COUNT} in a regular expression`,
        "test string-length()",
      );
    }
    return { min, max };
  }

  #number(): number {
    let digits = "";
    while (this.#next !== undefined && this.#next >= "0" && this.#next <= "9")
      digits += this.#characters[this.#position++]!;
    if (digits === "") throw this.#error("expected a number in the quantity");
    return Number(digits);
  }

  #atom(): Regex {
    const c = this.#characters[this.#position++]!;
    switch (c) {
      case "(":
        return this.#group();
      case "[":
        return { kind: "set", matches: this.#class() };
      case ".":
        return { kind: "set", matches: dot(this.#flags.dotMatchesAll) };
      case "^":
      case "$":
        return { kind: "edge", isStart: c === "^", ofLine: this.#flags.multiLine };
      case "\\":
        return this.#escape();
      case "?":
      case "*":
      case "+":
      case "{":
      case "}":
      case "]":
        throw this.#error(`${JSON.stringify(c)} has nothing before it; write \\${c} for the character`);
      default:
        return { kind: "set", matches: character(c.codePointAt(0)!, this.#flags.ignoreCase) };
    }
  }

  #group(): Regex {
    let number: number | undefined;
    if (this.#take("?")) {
      if (!this.#take(":")) throw this.#error('"(?" must be "(?:"');
    } else {
      number = this.#parents.push(this.#openGroups.at(-1) ?? 0);
      this.#openGroups.push(number);
    }
    const part = this.#choice();
    if (!this.#take(")")) throw this.#error('a "(" is not closed');
    if (number !== undefined) {
      this.#openGroups.pop();
      this.#closedGroups.add(number);
    }
    return { kind: "group", number, part };
  }

  #escape(): Regex {
    if (this.#next !== undefined && /[1-9]/.test(this.#next)) {
      const number = Number(this.#next);
      if (!this.#closedGroups.has(number)) throw this.#error(`\\${number} refers to a group that is not there`);
      throw new UnsupportedError("a back-reference in a regular expression", "compare the parts with =");
    }
    return { kind: "set", matches: this.#escapedSet() };
  }

  /** What stands behind a backslash, as a set. */
  #escapedSet(): CharacterSet {
    const single = this.#singleEscape();
    if (single !== undefined) return character(single, this.#flags.ignoreCase);
    const letter = this.#characters[this.#position++];
    if (letter === "p" || letter === "P") {
      const set = this.#property();
      return letter === "p" ? set : not(set);
    }
    const set = letter === undefined ? undefined : escapeSet(letter);
    if (set !== undefined) return set;
    throw this.#error(letter === undefined ? 'a "\\" stands at the end' : `\\${letter} is not an escape`);
  }

  /** The code point of a single-character escape; undefined, and nothing taken, when it is none. */
  #singleEscape(): number | undefined {
    const c = this.#next;
    if (c === undefined) return undefined;
    const special = c === "n" ? 10 : c === "r" ? 13 : c === "t" ? 9 : undefined;
    const code = special ?? ("\\|.-^?*+{}()[]$".includes(c) ? c.codePointAt(0)! : undefined);
    if (code !== undefined) this.#position++;
    return code;
  }

  #property(): CharacterSet {
    if (!this.#take("{")) throw this.#error('expected "{" behind \\p');
    let name = "";
    while (this.#next !== undefined && this.#next !== "}") name += this.#characters[this.#position++]!;
    if (!this.#take("}")) throw this.#error('expected "}" behind the name of a category');
    const set = propertySet(name);
    if (set === undefined) throw this.#error(`\\p{${name}} is neither a category nor a block of Unicode`);
    return set;
  }

  /** Behind `[`. */
  #class(): CharacterSet {
    if (++this.#depth > MAX_DEPTH) throw this.#error(`classes are nested more than ${MAX_DEPTH} deep`);
    const isNegative = this.#take("^");
    const sets: CharacterSet[] = [];
    let taken: CharacterSet | undefined;
    for (;;) {
      const c = this.#next;
      if (c === undefined) throw this.#error('a "[" is not closed');
      if (c === "]" && sets.length > 0) break;
      if (c === "-" && this.#characters[this.#position + 1] === "[" && sets.length > 0) {
        this.#position += 2;
        taken = this.#class();
        if (this.#next !== "]") throw this.#error("a subtraction must be the last part of a class");
        break;
      }
      sets.push(this.#classPart(sets.length === 0));
    }
    this.#position++;
    this.#depth--;
    const all = isNegative ? not(anyOf(sets)) : anyOf(sets);
    return taken === undefined ? all : without(all, taken);
  }

  #classPart(isFirst: boolean): CharacterSet {
    const first = this.#classCharacter(isFirst);
    if (typeof first === "function") return first;
    const isRange =
      this.#next === "-" &&
      this.#characters[this.#position + 1] !== "]" &&
      this.#characters[this.#position + 1] !== "[";
    if (!isRange) return character(first, this.#flags.ignoreCase);
    this.#position++;
    const last = this.#classCharacter(false);
    if (typeof last === "function") throw this.#error("a range ends with a class of characters");
    if (last < first) throw this.#error("a range is upside down");
    return range(first, last, this.#flags.ignoreCase);
  }

  /** A code point, or the set of an escape. */
  #classCharacter(isFirst: boolean): number | CharacterSet {
    const c = this.#characters[this.#position++];
    if (c === undefined) throw this.#error('a "[" is not closed');
    if (c === "\\") return this.#singleEscape() ?? this.#escapedSet();
    if (c === "[" || c === "]") throw this.#error(`${JSON.stringify(c)} in a class must be written \\${c}`);
    // A hyphen stands for itself at the beginning and the end of a class.
    if (c === "-" && !isFirst && this.#next !== "]" && this.#next !== "-") {
      throw this.#error('"-" in the middle of a class must be written \\-');
    }
    return c.codePointAt(0)!;
  }
}

/** The flag `x`: white space goes, except in classes. */
function withoutWhiteSpace(pattern: string): string {
  let result = "";
  let depth = 0;
  let isEscaped = false;
  for (const c of pattern) {
    if (!isEscaped && c === "[") depth++;
    if (!isEscaped && c === "]") depth--;
    if (depth > 0 || !/[ \t\n\r]/.test(c)) result += c;
    isEscaped = !isEscaped && c === "\\";
  }
  return result;
}
