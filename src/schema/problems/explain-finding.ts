import type { Finding } from "../engine/finding.ts";
import type { Explanation } from "./explanation.ts";
import { subjectOf } from "./explain-values.ts";
import { shorten, shortenSentence } from "./words.ts";

/**
 * Puts into words what the engine found, for documents that only the engine finds fault with. They are the engine's own words
 * with what it names beside them: what our own judgement would add is just what it does not see.
 */
export function explainFinding({ element, attribute, value, limit, text }: Finding): Explanation {
  return {
    ...(value === "" ? {} : { found: shorten(value) }),
    ...(limit === "" ? {} : { expected: [limit] }),
    message: `${subjectOf(attribute ?? element)}: ${shortenSentence(text)}`,
  };
}
