import { DEFAULT_FILTER_INDEX_OPTIONS } from "../../../filter/index.ts";
import type { FilterIndexOptions } from "../../../filter/index.ts";
import type { AmqpError } from "../../protocol/protocol-fault.ts";

/** What a query that is no accident may need for a small message, and for each byte of a larger one. */
const LEAST_STEPS = 100_000;
const STEPS_PER_BYTE = 2;
const MOST_STEPS = 2_000_000;
/** Cells cost more time than steps. */
const STEPS_PER_CELL = 4;

/** What one evaluation of a client's filter may cost with a message of that size: the whole broker waits meanwhile. */
export function filterBudget(bytes: number): FilterIndexOptions["budget"] {
  const maxSteps = Math.min(MOST_STEPS, LEAST_STEPS + STEPS_PER_BYTE * bytes);
  return { ...DEFAULT_FILTER_INDEX_OPTIONS.budget, maxSteps, maxCells: Math.floor(maxSteps / STEPS_PER_CELL) };
}

/** What a consumer is told whose filter is not evaluated any more. */
export const TOO_COSTLY: AmqpError = Object.freeze({
  condition: "amqp:resource-limit-exceeded",
  description: `the XQuery filter has run out of its budget ${DEFAULT_FILTER_INDEX_OPTIONS.quarantineAfter} times; expected one that costs less`,
});

/** What a user is told some of whose filters cost too much of late. */
export const TRY_LATER: AmqpError = Object.freeze({
  condition: "amqp:resource-limit-exceeded",
  description:
    "too many XQuery filters of the user have run out of their budget; attach without one, or again in a minute",
});
