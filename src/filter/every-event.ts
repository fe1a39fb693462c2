import { UNCHECKED } from "./check/index.ts";
import { assertDocument } from "./assert-document.ts";
import { compileFilter } from "./compile-filter.ts";
import type { Filter } from "./filter.ts";

/** The filter of a consumer that gives none: every event matches; the result is the document. The same as the query `.`. */
export const EVERY_EVENT: Filter = Object.freeze<Filter>({
  text: ".",
  language: "xquery",
  xquery: ".",
  variables: [],
  eventTypes: "all",
  warnings: UNCHECKED.problems,
  check: () => UNCHECKED,
  selector: undefined,
  labelledSelector: () => undefined,
  implied: () => undefined,
  matches: (document) => {
    assertDocument(document);
    return true;
  },
  explain: (document) => compileFilter(".").explain(document),
  evaluate: (document) => {
    assertDocument(document);
    return Object.freeze([document]);
  },
});
