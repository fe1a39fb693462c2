import { MASK, sensitiveTexts, type Event } from "../event/index.ts";
import { annotationsOf, type Catalog } from "../schema/index.ts";
import { boundedLine } from "../subscription/index.ts";
import { withoutTexts } from "./without-texts.ts";

/** Bytes of a receiver's answer that are kept, about: characters. */
const MAX_EXCERPT = 1024;

/**
 * The beginning of what a receiver said, for the record: on one line, without the values of the event's sensitive fields, which many
 * receivers repeat.
 */
export function maskedAnswer(text: string, event: Event, catalog: Catalog): string {
  if (annotationsOf(catalog.model).event(event.name, event.namespace)?.isSensitive === true) return MASK;
  // Longer than what is kept: a value may begin near its end.
  return boundedLine(withoutTexts(text.slice(0, 4 * MAX_EXCERPT), sensitiveTexts(event, catalog), MASK), MAX_EXCERPT);
}
