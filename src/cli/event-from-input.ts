import { XqbusError } from "../errors.ts";
import { Event, fromJson } from "../event/index.ts";
import type { Catalog } from "../schema/index.ts";

/** An event that somebody gave as a document. */
export interface InputEvent {
  readonly event: Event;
  /** What the lines of problems refer to; undefined for JSON, whose lines are not those of the event. */
  readonly source: string | undefined;
}

/**
 * Reads an event as XML, or as JSON (`docs/json.md`), which begins with a brace.
 *
 * @param source what the input is called in messages
 * @throws XmlSyntaxError, XqbusError as `Event.parse` and `fromJson`; `xqbus:invalid-event` for JSON that is not in UTF-8
 */
export function eventFromInput(input: Uint8Array, source: string, catalog: Catalog): InputEvent {
  if (isJson(input)) return { event: fromJson(decode(input, source), catalog), source: undefined };
  return { event: Event.parse(input, { source, catalog }), source };
}

/** XML begins with `<`, white space or a byte order mark. */
function isJson(input: Uint8Array): boolean {
  const start = new TextDecoder().decode(input.subarray(0, MAX_LEADING_BYTES));
  return /^\s*\{/.test(start);
}

/** White space in front of JSON, and a byte order mark. */
const MAX_LEADING_BYTES = 1024;

function decode(input: Uint8Array, source: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(input);
  } catch (cause) {
    throw new XqbusError("xqbus:invalid-event", `${source} looks like JSON, but is not in UTF-8`, { cause });
  }
}
