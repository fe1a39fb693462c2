import type { Atom, Branch, CharacterAtom, Piece, RegularExpression } from "./ast.ts";
import { charactersOf, complement, difference, union, type CharacterSet } from "./character-set.ts";
import { PatternError } from "./pattern-error.ts";
import { resolvePatternLimits, type PatternLimits } from "./pattern-limits.ts";
import { characterProperty, multiCharacterEscape } from "./unicode-sets.ts";

/**
 * Reads a regular expression of XML Schema 1.0 (part 2, appendix F).
 *
 * `^` and `$` are ordinary characters, there are no back-references and no lazy quantifiers.
 *
 * @throws PatternError for what the grammar does not allow, with the position; and when it is longer or nested deeper than
 *   the limits allow
 */
export function parsePattern(pattern: string, limits?: Partial<PatternLimits>): RegularExpression {
  return new PatternParser(pattern, resolvePatternLimits(limits)).parse();
}

class PatternParser {
  readonly #text: string;
  readonly #limits: PatternLimits;
  #at = 0;
  #depth = 0;

  constructor(text: string, limits: PatternLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  parse(): RegularExpression {
    const { maxLength } = this.#limits;
    if (this.#text.length > maxLength) {
      throw this.#tooMuch(
        `it has ${this.#text.length} characters; at most ${maxLength} are read (maxLength)`,
        maxLength,
      );
    }
    const expression = this.#expression();
    if (this.#at < this.#text.length) throw this.#error(`")" closes nothing; write "\\)" for the character`);
    return expression;
  }

  /** [1] regExp ::= branch ( '|' branch )* */
  #expression(): RegularExpression {
    const branches = [this.#branch()];
    while (this.#take("|")) branches.push(this.#branch());
    return { kind: "expression", branches };
  }

  /** [2] branch ::= piece* */
  #branch(): Branch {
    const pieces: Piece[] = [];
    while (this.#at < this.#text.length && !this.#isNext("|") && !this.#isNext(")")) pieces.push(this.#piece());
    return { pieces };
  }

  /** [3] piece ::= atom quantifier? */
  #piece(): Piece {
    const atom = this.#atom();
    if (this.#take("?")) return { atom, min: 0, max: 1 };
    if (this.#take("*")) return { atom, min: 0, max: Infinity };
    if (this.#take("+")) return { atom, min: 1, max: Infinity };
    if (this.#isNext("{")) return { atom, ...this.#quantity() };
    return { atom, min: 1, max: 1 };
  }

  /** [4] quantifier: `{n}`, `{n,}` or `{n,m}` */
  #quantity(): Pick<Piece, "min" | "max"> {
    const from = this.#at;
    const [text, minimum, comma, maximum] = /^\{([0-9]+)(,)?([0-9]+)?\}/.exec(this.#text.slice(from)) ?? [];
    if (text === undefined || (comma === undefined && maximum !== undefined)) {
      throw this.#error(`"{" begins no quantity; write {n}, {n,} or {n,m}, or "\\{" for the character`);
    }
    const min = Number(minimum);
    const max = comma === undefined ? min : maximum === undefined ? Infinity : Number(maximum);
    if (min > max) throw this.#error(`the quantity ${text} is empty; the second number is at least the first`);
    this.#at += text.length;
    return { min, max };
  }

  /** [9] atom ::= Char | charClass | ( '(' regExp ')' ) */
  #atom(): Atom {
    const from = this.#at;
    if (this.#isNext("(")) return this.#group();
    if (this.#isNext("[")) return this.#character(from, this.#class());
    if (this.#isNext("\\")) return this.#character(from, this.#escape().set);
    const character = this.#next();
    if (character === ".") return this.#character(from, multiCharacterEscape(".")!);
    if ("?*+{".includes(character)) {
      throw this.#error(`"${character}" repeats nothing; write "\\${character}" for the character`, from);
    }
    if ("}]".includes(character)) {
      throw this.#error(`"${character}" closes nothing; write "\\${character}" for the character`, from);
    }
    return this.#character(from, charactersOf(character));
  }

  #group(): RegularExpression {
    const from = this.#at++;
    if (++this.#depth > this.#limits.maxDepth) {
      throw this.#tooMuch(`its parentheses are nested more than ${this.#limits.maxDepth} deep (maxDepth)`, from);
    }
    const expression = this.#expression();
    if (!this.#take(")")) throw this.#error(`"(" is not closed; write "\\(" for the character`, from);
    this.#depth--;
    return expression;
  }

  #character(from: number, set: CharacterSet): CharacterAtom {
    return { kind: "character", set, text: this.#text.slice(from, this.#at) };
  }

  /** [11] charClass: escapes that stand for one character, a category or block, or several characters */
  #escape(): { readonly set: CharacterSet; readonly single: number | undefined } {
    const from = this.#at++;
    const letter = this.#next();
    const single = SINGLE_ESCAPES[letter];
    if (single !== undefined) return { set: charactersOf(single), single: single.codePointAt(0) };
    if (letter === "p" || letter === "P") {
      const set = this.#property(from);
      return { set: letter === "p" ? set : complement(set), single: undefined };
    }
    const set = letter === "." ? undefined : multiCharacterEscape(letter);
    if (set === undefined) {
      throw this.#error(letter === "" ? `"\\" at the end escapes nothing` : `there is no escape "\\${letter}"`, from);
    }
    return { set, single: undefined };
  }

  /** [26] charProp ::= IsCategory | IsBlock, in braces */
  #property(from: number): CharacterSet {
    const [text, name] = /^\{([^{}]*)\}/.exec(this.#text.slice(this.#at)) ?? [];
    if (text === undefined || name === undefined) {
      throw this.#error(`a category or block in braces is expected, such as \\p{Lu} or \\p{IsBasicLatin}`, from);
    }
    this.#at += text.length;
    const set = characterProperty(name);
    if (set === undefined) throw this.#error(`there is no Unicode category or block "${name}"`, from);
    return set;
  }

  /** [12] charClassExpr ::= '[' charGroup ']' */
  #class(): CharacterSet {
    const from = this.#at++;
    if (++this.#depth > this.#limits.maxDepth) {
      throw this.#tooMuch(`its classes are nested more than ${this.#limits.maxDepth} deep (maxDepth)`, from);
    }
    const isNegative = this.#take("^");
    const parts: CharacterSet[] = [];
    let subtracted: CharacterSet | undefined;
    while (!this.#isNext("]")) {
      if (this.#at >= this.#text.length) throw this.#error(`"[" is not closed; write "\\[" for the character`, from);
      if (parts.length > 0 && this.#text.startsWith("-[", this.#at)) {
        this.#at++;
        subtracted = this.#class();
        if (!this.#isNext("]")) throw this.#error(`"]" is expected behind a class that is taken away`);
        break;
      }
      parts.push(this.#range(parts.length === 0));
    }
    if (parts.length === 0) throw this.#error("the class is empty", from);
    this.#at++;
    this.#depth--;
    const set = isNegative ? complement(union(parts)) : union(parts);
    return subtracted === undefined ? set : difference(set, subtracted);
  }

  /** [17] charRange, or an escape for several characters */
  #range(isFirst: boolean): CharacterSet {
    const from = this.#at;
    const first = this.#rangeEnd(isFirst);
    const isRange =
      this.#isNext("-") && !this.#text.startsWith("-]", this.#at) && !this.#text.startsWith("-[", this.#at);
    if (first.single === undefined || !isRange) return first.set;
    this.#at++;
    const last = this.#rangeEnd(false);
    if (last.single === undefined) throw this.#error("a range ends with a single character", from);
    if (last.single < first.single) {
      throw this.#error(
        `the range ${this.#text.slice(from, this.#at)} is empty; the first character comes first`,
        from,
      );
    }
    return [first.single, last.single];
  }

  #rangeEnd(isFirst: boolean): { readonly set: CharacterSet; readonly single: number | undefined } {
    const from = this.#at;
    if (this.#isNext("\\")) return this.#escape();
    const character = this.#next();
    if (character === "[") throw this.#error(`"[" in a class is written "\\["`, from);
    if (character === "-" && !isFirst && !this.#isNext("]") && !this.#text.startsWith("-[", this.#at)) {
      throw this.#error(`"-" in a class stands at its beginning or end; write "\\-" elsewhere`, from);
    }
    // A hyphen at the beginning or end is itself and begins no range.
    const set = charactersOf(character);
    return { set, single: character === "-" ? undefined : character.codePointAt(0) };
  }

  #isNext(character: string): boolean {
    return this.#text[this.#at] === character;
  }

  #take(character: string): boolean {
    const isNext = this.#isNext(character);
    if (isNext) this.#at++;
    return isNext;
  }

  /** The next character, a surrogate pair being one; the empty string at the end. */
  #next(): string {
    const codePoint = this.#text.codePointAt(this.#at);
    const character = codePoint === undefined ? "" : String.fromCodePoint(codePoint);
    this.#at += character.length;
    return character;
  }

  #error(reason: string, position: number = this.#at): PatternError {
    return new PatternError(this.#text, position, reason);
  }

  #tooMuch(reason: string, position: number): PatternError {
    return new PatternError(this.#text, position, reason, "xqbus:limit-exceeded");
  }
}

/** [24] SingleCharEsc: what stands behind the backslash, and what it means. */
const SINGLE_ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  ...Object.fromEntries(Array.from("\\|.?*+(){}-[]^", (each) => [each, each])),
};
