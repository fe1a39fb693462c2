/** One thing that is wrong in a document, at one place. */
export interface ValidationProblem {
  /**
   * The node as a path from the root: `/Event/PhoneStatus/Statsu`, `/Event/UserSession/User/Name[2]`,
   * `/Event/CollectD/Values/@unit`; `/` when the document is not well-formed.
   *
   * Names in the catalog's namespace or in no namespace stand alone, others have the prefix they are written with
   * (`Q{urn:x}Status` without one). A number is there only when several siblings have the name.
   */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
  /**
   * The violated rule of XML Schema (`cvc-…`), or a code of our own (`xqbus:not-well-formed`; `xqbus:limit-exceeded` for the last
   * entry of a list that had to end before all problems were found).
   */
  readonly code: string;
  /** The name or value that is there; long values are cut. */
  readonly found?: string;
  /** The names, values or limits that are allowed instead. */
  readonly expected?: readonly string[];
  /** The one of them that was probably meant. */
  readonly suggestion?: string;
  /** A sentence without the place: `element "Statsu" is not allowed in PhoneStatus here; expected Status (did you mean "Status"?)`. */
  readonly message: string;
}
