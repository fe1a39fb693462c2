import type { Broker, ReplayTarget } from "../../broker/index.ts";
import { XqbusError } from "../../errors.ts";
import { nearestName } from "../../nearest-name.ts";
import { isMeantBy, subscriptionWords } from "../subscription-words.ts";

/** Subscriptions that a message names. */
const SHOWN = 5;

/**
 * The one subscription of the embedded broker that somebody means by a name, with or without its topic.
 *
 * @throws XqbusError `xqbus:unknown-name` when there is none, `xqbus:illegal-argument` when there are several
 */
export function findSubscription({ management }: Pick<Broker, "management">, asked: string): ReplayTarget {
  const all = management.named().map(({ topic, name, target }) => ({ words: subscriptionWords(topic, name), target }));
  const [found, ...others] = all.filter(({ words }) => isMeantBy(asked, words));
  if (found === undefined) throw unknown(asked, all);
  if (others.length === 0) return found.target;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `several subscriptions are called ${JSON.stringify(asked)}: ${listed([found, ...others])}; say which`,
  );
}

type Known = readonly { readonly words: string }[];

function unknown(asked: string, all: Known): XqbusError {
  const names = all.flatMap(({ words }) => [words, words.slice(words.indexOf(" ") + 1)]);
  const nearest = nearestName(asked, names);
  const hint = nearest === undefined ? `it has ${listed(all)}` : `did you mean ${JSON.stringify(nearest)}?`;
  const what = `the broker has no subscription ${JSON.stringify(asked)} that is kept or shared`;
  return new XqbusError("xqbus:unknown-name", `${what}; ${all.length === 0 ? "there is none at all" : hint}`);
}

function listed(all: Known): string {
  const shown = all.slice(0, SHOWN).map(({ words }) => JSON.stringify(words));
  return `${shown.join(", ")}${all.length > SHOWN ? ` and ${all.length - SHOWN} others` : ""}`;
}
