import type { XmlElement } from "../../xml/index.ts";
import type { SimpleType } from "../model/components.ts";
import type { SimpleTypeChecker, ValueProblem } from "./simple-type-checker.ts";
import type { WhiteSpace } from "./white-space.ts";

/**
 * The values of a type and the texts that stand for them, facets apart (XML Schema 1.0 part 2, section 2). All texts have
 * normalised white space; `scope` is the element whose namespace declarations hold for the text.
 */
export interface ValueSpace {
  readonly whiteSpace: WhiteSpace;
  /** Whether the text stands for a value. */
  isValid(text: string, scope: XmlElement): boolean;
  /** A text that all texts for the same value share, and only they, also among the types of other primitives. */
  key(text: string, scope: XmlElement): string;
  /** Prepares comparing with a limit: the sign of value minus limit, undefined when they cannot be compared. Ordered types only. */
  readonly compareTo?: (limit: string) => Comparison;
  /** What the length facets count. */
  readonly length?: (text: string) => number;
  readonly unit?: LengthUnit;
}

/** The sign of a valid value minus a limit; undefined when they cannot be compared. */
export type Comparison = (text: string) => number | undefined;

/** What a length counts: characters (code points), the bytes of binary data, or the items of a list. */
export type LengthUnit = "characters" | "bytes" | "items";

/** A value space that can say why a text stands for none of its values: one of the three varieties of simple types. */
export interface Variety extends ValueSpace {
  readonly identity: SimpleTypeChecker["identity"];
  /** @param type the type that is checked, which has these values or some of them */
  problem(text: string, scope: XmlElement, type: SimpleType): ValueProblem | undefined;
  /** The valid text as the patterns of the type see it, where that is not the text itself. */
  readonly lexical?: (text: string, scope: XmlElement) => string;
}
