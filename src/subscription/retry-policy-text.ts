import { illegalOption, shown } from "../assert-option.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import type { Backoff, RetryPolicy, RetryPolicyOptions } from "./retry-policy.ts";

type Draft = { -readonly [Member in keyof RetryPolicyOptions]: RetryPolicyOptions[Member] };

/** More than any policy needs. */
const MAX_CHARACTERS = 100_000;

/**
 * Reads the textual form of a retry policy: words in any order, each at most once.
 *
 *     5x | forever                     attempts in all
 *     exponential 1s..5m [factor 3]    or  schedule 5s,5m,30m,2h
 *     jitter 0.2
 *     max-age 1d
 *     permanent xqbus:invalid-event,xqbus:timeout
 *
 * The values are judged by `retryPolicy`.
 *
 * @throws XqbusError `xqbus:illegal-argument` naming the word that is wrong
 */
export function parseRetryPolicy(text: string): RetryPolicyOptions {
  if (text.length > MAX_CHARACTERS) throw illegalOption(`retry: a text of ${text.length} characters is no policy`);
  const words = text.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) throw illegalOption('retry: an empty text; expected such as "5x exponential 1s..5m"');
  const draft: Draft = {};
  const seen = new Set<string>();
  const once = (part: string): void => {
    if (seen.has(part)) throw illegalOption(`retry: ${part} is there twice in ${shown(text)}`);
    seen.add(part);
  };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const after = word;
    const value = (): string => {
      const next = words.shift();
      if (next === undefined) throw illegalOption(`retry: ${shown(after)} has no value in ${shown(text)}`);
      return next;
    };
    if (word === "forever" || /^\d{1,15}x$/.test(word)) {
      once("the number of attempts");
      draft.attempts = word === "forever" ? Infinity : Number(word.slice(0, -1));
    } else if (word === "exponential" || word === "schedule") {
      once("the back-off");
      draft.backoff = word === "exponential" ? exponential(value(), words) : schedule(value());
    } else if (word === "jitter") {
      once("jitter");
      draft.jitter = numberOf(value(), "retry jitter");
    } else if (word === "max-age") {
      once("max-age");
      draft.maxAgeMs = parseDuration(value(), "retry max-age");
    } else if (word === "permanent") {
      once("permanent");
      draft.permanent = value().split(",");
    } else {
      throw illegalOption(
        `retry: ${shown(word)} is not understood; expected 5x or forever, exponential 1s..5m or schedule 5s,5m, ` +
          "factor 2 behind exponential, jitter 0.2, max-age 1d, permanent CODE,CODE",
      );
    }
  }
  return draft;
}

function exponential(range: string, words: string[]): NonNullable<RetryPolicyOptions["backoff"]> {
  const [from = "", to, ...more] = range.split("..");
  if (to === undefined || more.length > 0) {
    throw illegalOption(`retry exponential: ${shown(range)} is no range of durations; expected such as 1s..5m`);
  }
  const hasFactor = words[0] === "factor";
  const [, factor = ""] = hasFactor ? words.splice(0, 2) : [];
  return {
    kind: "exponential",
    fromMs: parseDuration(from, "retry exponential"),
    toMs: parseDuration(to, "retry exponential"),
    ...(hasFactor && { factor: numberOf(factor, "retry factor") }),
  };
}

function schedule(list: string): Backoff {
  return { kind: "schedule", delaysMs: list.split(",").map((delay) => parseDuration(delay, "retry schedule")) };
}

function numberOf(text: string, option: string): number {
  if (/^\d{1,15}(\.\d{1,40})?(e-?\d{1,3})?$/.test(text)) return Number(text);
  throw illegalOption(`${option}: ${shown(text)} is no number; expected such as 0.2`);
}

/** Writes a policy so that `retryPolicy` reads the same one again. */
export function formatRetryPolicy(policy: RetryPolicy): string {
  const { attempts, jitter, maxAgeMs, permanent } = policy;
  return [
    attempts === Infinity ? "forever" : `${attempts}x`,
    formatBackoff(policy.backoff),
    `jitter ${jitter}`,
    ...(maxAgeMs === Infinity ? [] : [`max-age ${formatDuration(maxAgeMs)}`]),
    ...(permanent.length === 0 ? [] : [`permanent ${permanent.join(",")}`]),
  ].join(" ");
}

function formatBackoff(backoff: Backoff): string {
  if (backoff.kind === "schedule") return `schedule ${backoff.delaysMs.map(formatDuration).join(",")}`;
  const { fromMs, toMs, factor } = backoff;
  return `exponential ${formatDuration(fromMs)}..${formatDuration(toMs)} factor ${factor}`;
}
