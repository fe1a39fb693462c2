import { counted } from "../counted.ts";
import { XqbusError } from "../errors.ts";
import { FilterError, formatExplanation } from "../filter/index.ts";
import type { Filter } from "../filter/index.ts";
import type { RecordedEvent } from "./event-journal.ts";

/** Events that a message lists; the newest ones. */
const MAX_LISTED = 10;
/** Characters of an event that a message shows. */
const MAX_SHOWN = 400;

/** What a test expected of a bus did not happen. The message says what happened instead. */
export class ExpectationError extends XqbusError {
  constructor(message: string) {
    super("xqbus:expectation-failed", message);
  }
}

/** The event that was expected did not come. */
export function missingEvent(
  filter: Filter | undefined,
  timeoutMs: number,
  seen: readonly RecordedEvent[],
): ExpectationError {
  const wanted = filter === undefined ? "an event" : `an event that matches ${filter.text}`;
  const arrived =
    seen.length === 0 ? "nothing was published" : `${counted(seen.length, "event was", "events were")} published:`;
  return new ExpectationError(
    [
      `expected ${wanted} within ${timeoutMs} ms; ${arrived}`,
      ...listed(seen, (each) => (each.taken ? "it answered an earlier expectEvent" : reasonOf(filter, each))),
    ].join("\n"),
  );
}

/** Events came that should not have. */
export function unexpectedEvents(filter: Filter | undefined, found: readonly RecordedEvent[]): ExpectationError {
  const wanted = filter === undefined ? "no event" : `no event that matches ${filter.text}`;
  const lines = listed(found, ({ event }) => excerpt(event.toString()));
  return new ExpectationError(
    [`expected ${wanted}; ${counted(found.length, "event was", "events were")} published:`, ...lines].join("\n"),
  );
}

function listed(events: readonly RecordedEvent[], tell: (event: RecordedEvent) => string): readonly string[] {
  const first = Math.max(0, events.length - MAX_LISTED);
  const left = first === 0 ? [] : [`(${first} older ones are not shown)`];
  const lines = events.slice(first).map((each, i) => {
    const { event, message } = each;
    const subject = message.subject === undefined ? "" : ` (${message.subject})`;
    return `${first + i + 1}. ${event.name}${subject}\n${indented(tell(each))}`;
  });
  return [...left, ...lines];
}

function reasonOf(filter: Filter | undefined, { event, message }: RecordedEvent): string {
  if (filter === undefined) return excerpt(event.toString());
  try {
    return formatExplanation(filter.explain(event.document, message));
  } catch (error) {
    if (error instanceof FilterError) return error.message;
    throw error;
  }
}

function excerpt(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gmu, "   ");
}
