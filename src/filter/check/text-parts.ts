import type { FunctionCall } from "../syntax/ast.ts";
import type { Analysis } from "./analysis.ts";
import { NO_EVENTS, type EventSet } from "./event-set.ts";
import type { AtomicItem } from "./value.ts";
import { listOr, quote } from "./words.ts";

/** The functions that look for a part of a text. */
export type PartRelation = "contains" | "starts-with" | "ends-with";

/** A call of such a function with a literal. */
export interface PartQuestion {
  readonly texts: readonly AtomicItem[];
  readonly wanted: string;
  readonly relation: PartRelation;
  readonly call: FunctionCall;
}

/**
 * Looks whether a part can be in one of the words that an enumeration lists.
 *
 * @returns the event types in whose documents it may be there
 */
export function judgePart({ texts, wanted, relation, call }: PartQuestion, { findings }: Analysis): EventSet {
  const possible = texts.filter((item) => mayHave(item, wanted, relation));
  const [first] = texts;
  if (first !== undefined) {
    findings.judge(call, possible.length > 0, () => ({
      code: "xqbus:filter-not-in-enumeration",
      message: `${first.origin ?? "this"} is ${listOr((first.text?.words ?? []).map(quote))}: ${relation} ${quote(wanted)} never holds`,
      at: call.arguments[1]?.at ?? call.at,
    }));
  }
  return possible.reduce((all, { events }) => all | events, NO_EVENTS);
}

/** White space around and between the words is as it is written in the document, so that a part with some may be there. */
function mayHave({ text }: AtomicItem, wanted: string, relation: PartRelation): boolean {
  const words = text?.words;
  if (words === undefined || /\s/u.test(wanted)) return true;
  return words.some((word) => HOLDS[relation](word.trim(), wanted));
}

const HOLDS: Readonly<Record<PartRelation, (text: string, part: string) => boolean>> = {
  contains: (text, part) => text.includes(part),
  "starts-with": (text, part) => text.startsWith(part),
  "ends-with": (text, part) => text.endsWith(part),
};
