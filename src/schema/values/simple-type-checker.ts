import type { XmlElement } from "../../xml/index.ts";
import type { Facet, SimpleType } from "../model/components.ts";
import type { LengthUnit } from "./value-space.ts";

/** A simple type that is ready to check texts (XML Schema 1.0 part 1, section 3.14.4, and part 2). */
export interface SimpleTypeChecker {
  readonly type: SimpleType;
  /** Whether its values name elements: an ID gives its element a name, references name others. Lists and unions of them too. */
  readonly identity: "ID" | "IDREF" | undefined;
  /** Facets of the schema that could not be read and are not checked. */
  readonly ignoredFacets: readonly Facet[];
  /**
   * Checks a text as it stands in the document.
   *
   * @param scope the element whose namespace declarations hold for the text
   * @returns undefined when the text stands for a value of the type
   */
  check(text: string, scope: XmlElement): ValueProblem | undefined;
  /** The text with its white space normalised as the type says. */
  normalize(text: string): string;
  /** A text that all valid texts for the same value share, and only they, whatever their types. */
  key(text: string, scope: XmlElement): string;
  /** Whether two valid texts stand for the same value. */
  equal(a: string, b: string, scope: XmlElement, scopeOfB?: XmlElement): boolean;
}

/** Why a text does not stand for a value of a type. */
export interface ValueProblem {
  /** The rule of XML Schema that is violated: `cvc-datatype-valid.1.2.1`, `cvc-maxLength-valid`, … */
  readonly code: string;
  /** The facet that is violated; undefined when the text has not the form of the type. */
  readonly facet: string | undefined;
  /** What the facet asks for, as written; alternative patterns are joined by `|`. Empty where there is no single limit. */
  readonly limit: string;
  /** The value with normalised white space; of a list whose item is wrong, the item. */
  readonly value: string;
  /** Whether the value is an item of a list. */
  readonly isItem: boolean;
  /** For length facets: the length that the value has, and what it counts. */
  readonly length: { readonly count: number; readonly unit: LengthUnit } | undefined;
  /** The type that refuses the value; of a list whose item is wrong, the item type. */
  readonly type: SimpleType;
}
