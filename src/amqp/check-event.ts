import { XqbusError } from "../errors.ts";
import { bytesOf, Event } from "../event/index.ts";
import { InvalidEventError, type Catalog, type ValidationProblem } from "../schema/index.ts";
import { XmlSyntaxError, type XmlLimits } from "../xml/index.ts";
import type { Deadline } from "./deadline.ts";

/**
 * Reads what somebody gave or sent as an event: an element `Event` around exactly one event element.
 *
 * @param catalog has the types of its content
 *
 * @throws InvalidEventError with one problem; XqbusError `xqbus:illegal-argument` for what is neither text nor bytes
 */
export function readEvent(
  input: Event | string | Uint8Array,
  limits: Partial<XmlLimits> = {},
  catalog?: Catalog,
): Event {
  if (input instanceof Event) return input;
  if (typeof input !== "string" && !(input instanceof Uint8Array)) {
    throw new XqbusError("xqbus:illegal-argument", "an event must be an Event, a string or bytes (Uint8Array)");
  }
  try {
    return Event.parse(input, catalog === undefined ? { limits } : { limits, catalog });
  } catch (error) {
    throw error instanceof XqbusError ? new InvalidEventError([problemOf(error)]) : error;
  }
}

/**
 * Checks an event against a catalog: at once, or without stopping the event loop when it is large.
 *
 * @param deadline bounds the check of a large event
 * @returns undefined when the event is valid; for a large one a promise, which rejects with what is thrown for others, and
 *   with `xqbus:timeout`, `xqbus:aborted` or `xqbus:limit-exceeded` when there is no answer
 * @throws InvalidEventError with all problems that the catalog finds
 */
export function checkEvent(event: Event, catalog: Catalog, deadline?: Deadline): Promise<void> | undefined {
  const bytes = bytesOf(event);
  if (bytes.length > catalog.maxInlineBytes) return checkLarge(bytes, catalog, deadline);
  assertNone(catalog.validate(bytes));
  return undefined;
}

async function checkLarge(bytes: Uint8Array, catalog: Catalog, deadline: Deadline | undefined): Promise<void> {
  if (deadline === undefined) {
    assertNone(await catalog.validateAsync(bytes));
    return;
  }
  // Of its own: many calls may share the caller's signal, and the time that is left is the deadline's affair.
  const giveUp = new AbortController();
  const forget = deadline.onEnd((error) => giveUp.abort(error));
  try {
    const limits = { timeoutMs: Infinity, signal: giveUp.signal };
    assertNone(await deadline.race(catalog.validateAsync(bytes, limits)));
  } finally {
    forget();
  }
}

function assertNone(problems: readonly ValidationProblem[]): void {
  if (problems.length > 0) throw new InvalidEventError(problems);
}

function problemOf(error: XqbusError): ValidationProblem {
  if (error instanceof XmlSyntaxError) {
    return { path: "", line: error.line, column: error.column, code: error.code, message: error.reason };
  }
  return { path: "", line: 1, column: 1, code: error.code, message: error.message };
}
