import type { Event } from "../event/index.ts";
import type { DeadLetter } from "../subscription/index.ts";

/** Hears of each dead letter of a consumer; of what is no event there is no event. */
export type DeadLetterListener = (letter: DeadLetter, event: Event | undefined) => void;
