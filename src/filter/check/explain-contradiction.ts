import type { Analysis } from "./analysis.ts";
import type { EventSet } from "./event-set.ts";
import type { Finding } from "./findings.ts";
import { listOr } from "./words.ts";

/** Why two conditions that can both hold cannot hold together: they are about events of different types. */
export function explainContradiction(at: number, before: EventSet, here: EventSet, { universe }: Analysis): Finding {
  const [first, second] = [before, here].map((events) => universe.namesIn(events));
  const message =
    first === undefined || second === undefined || first === "all" || second === "all"
      ? "this cannot hold together with what is in front of it"
      : `this cannot hold together with what is in front of it: that asks for an event of type ${listOr(first)}, ` +
        `and this for ${listOr(second)}`;
  return { code: "xqbus:filter-never-matches", message, at };
}
