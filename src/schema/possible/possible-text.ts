import { parseXml } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { SimpleType } from "../model/components.ts";
import { outlineOf, type SimpleTypeOutline } from "../model/simple-type.ts";
import { compileSimpleType, type SimpleTypeChecker } from "../values/index.ts";
import { familyOf, type TextFamily } from "./text-family.ts";
import { joinRanges, type NumberRange } from "./number-range.ts";
import { numbersOf } from "./numbers-of.ts";

/** Why a text cannot be the value of an element or attribute. */
export interface TextRefusal {
  /** The facet that refuses it, `fixed` for a fixed value; undefined when it has not the form of the type. */
  readonly facet: string | undefined;
  /** What the facet asks for, as written. */
  readonly limit: string;
  /** Where one of a few values is asked for: these. */
  readonly values: readonly string[];
  /** The built-in type that the values have the form of, where it is one: `integer`. */
  readonly builtIn: string | undefined;
}

/** What a possible text is made of. */
export interface TextSource {
  /** The types that the text may be of; undefined when it may be any text. */
  readonly types: readonly SimpleType[] | undefined;
  /** Whether it may be empty whatever the types say: a nil element, and one that leaves its default value unwritten. */
  readonly mayBeEmpty: boolean;
  readonly fixed: string | undefined;
}

/** The texts that an element or attribute can have in valid documents, as they are written there. */
export class PossibleText {
  readonly mayBeEmpty: boolean;
  readonly #table: ComponentTable;
  readonly #fixed: string | undefined;
  readonly #types: readonly SimpleType[] | undefined;
  #outlines: readonly SimpleTypeOutline[] | undefined;
  #checkers: readonly SimpleTypeChecker[] | undefined;

  constructor(table: ComponentTable, { types, mayBeEmpty, fixed }: TextSource) {
    this.#table = table;
    this.mayBeEmpty = mayBeEmpty;
    this.#fixed = fixed;
    this.#types = types?.every((type) => isContextFree(type, table)) === true ? types : undefined;
  }

  /** Why no value is exactly this text; undefined when one may be. */
  refusalOf(text: string): TextRefusal | undefined {
    if (this.#types === undefined || (this.mayBeEmpty && text === "")) return undefined;
    let refusal: TextRefusal | undefined;
    for (const [i, checker] of this.#checked().entries()) {
      const problem = checker.check(text, NO_SCOPE);
      if (problem === undefined) return this.#refusalByFixedValue(text, checker);
      const { enumeration, builtIn, variety } = this.#outlined()[i]!;
      refusal ??= {
        facet: problem.facet,
        limit: problem.limit,
        values: enumeration ?? [],
        builtIn: variety === "atomic" ? builtIn : undefined,
      };
    }
    return refusal;
  }

  /** The values where they are one of a few words, white space at their ends and in them apart. */
  get words(): readonly string[] | undefined {
    const words = this.#outlined().map(({ variety, builtIn, enumeration }) =>
      variety === "atomic" && familyOf(builtIn) === "string" ? enumeration : undefined,
    );
    return words.length > 0 && words.every((each) => each !== undefined) ? words.flat() : undefined;
  }

  /** What all values have the form of; undefined when that is not the same for all, or not known. */
  get family(): TextFamily | undefined {
    const families = this.#outlined().map(({ variety, builtIn }) =>
      variety === "atomic" ? familyOf(builtIn) : undefined,
    );
    return families.every((each) => each === families[0]) ? families[0] : undefined;
  }

  /** The numbers that the values stand for, where all of them are numbers. */
  get numbers(): NumberRange | undefined {
    const outlines = this.#outlined();
    const ranges = outlines.map(numbersOf);
    return ranges.reduce(
      (all, each) => (all === undefined || each === undefined ? undefined : joinRanges(all, each)),
      ranges[0],
    );
  }

  /** The values of numbers where they are one of a few. */
  get listedNumbers(): readonly string[] | undefined {
    const lists = this.#outlined().map(({ enumeration }) => enumeration);
    return lists.length > 0 && lists.every((each) => each !== undefined) ? lists.flat() : undefined;
  }

  #refusalByFixedValue(text: string, checker: SimpleTypeChecker): TextRefusal | undefined {
    const fixed = this.#fixed;
    if (fixed === undefined || checker.check(fixed, NO_SCOPE) !== undefined) return undefined;
    if (checker.equal(text, fixed, NO_SCOPE)) return undefined;
    return { facet: "fixed", limit: fixed, values: [fixed], builtIn: undefined };
  }

  #checked(): readonly SimpleTypeChecker[] {
    return (this.#checkers ??= (this.#types ?? []).map((type) => compileSimpleType(type, this.#table)));
  }

  #outlined(): readonly SimpleTypeOutline[] {
    return (this.#outlines ??= (this.#types ?? []).map((type) => outlineOf(type, this.#table)));
  }
}

/** Whether the values do not depend on the namespaces that are declared around them. */
function isContextFree(type: SimpleType, table: ComponentTable): boolean {
  const { builtIn, item, members } = outlineOf(type, table);
  if (builtIn === "QName" || builtIn === "NOTATION") return false;
  return [item, ...members].every((each) => each === undefined || isContextFree(each, table));
}

/** Texts that depend on no namespace are checked as if they stood in this element. */
const NO_SCOPE = parseXml("<none/>").documentElement;
