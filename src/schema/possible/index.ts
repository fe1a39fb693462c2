export { ALL_NUMBERS, rangeOfNumber, type NumberRange } from "./number-range.ts";
export { possibleDocuments, type PossibleDocuments } from "./possible-documents.ts";
export type { PossibleAttribute, PossibleElement } from "./possible-element.ts";
export type { PossibleText, TextRefusal } from "./possible-text.ts";
export { familyOf, type TextFamily } from "./text-family.ts";
