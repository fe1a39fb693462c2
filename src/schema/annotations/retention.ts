import { parseDuration } from "../values/duration.ts";
import type { EventAnnotations } from "./event-annotations.ts";

const DAY_MS = 86_400_000;

/** How long an archive keeps an event by its annotation, in ms: a month is 31 days and a year 366, so that nothing goes too early. */
export function retentionMs({ retention }: EventAnnotations): number | undefined {
  const duration = retention === undefined ? undefined : parseDuration(retention);
  if (duration === undefined) return undefined;
  const { months, seconds } = duration;
  return Math.floor(months / 12) * 366 * DAY_MS + (months % 12) * 31 * DAY_MS + seconds * 1000;
}
