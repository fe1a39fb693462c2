import { XqbusError } from "../errors.ts";
import { bytesOf, Event } from "../event/index.ts";
import { InvalidEventError, type Catalog, type ValidationProblem } from "../schema/index.ts";
import { XmlSyntaxError, type XmlLimits } from "../xml/index.ts";

/**
 * Reads what somebody gave or sent as an event: an element `Event` around exactly one event element.
 *
 * @throws InvalidEventError with one problem; XqbusError `xqbus:illegal-argument` for what is neither text nor bytes
 */
export function readEvent(input: Event | string | Uint8Array, limits: Partial<XmlLimits> = {}): Event {
  if (input instanceof Event) return input;
  if (typeof input !== "string" && !(input instanceof Uint8Array)) {
    throw new XqbusError("xqbus:illegal-argument", "an event must be an Event, a string or bytes (Uint8Array)");
  }
  try {
    return Event.parse(input, { limits });
  } catch (error) {
    throw error instanceof XqbusError ? new InvalidEventError([problemOf(error)]) : error;
  }
}

/** @throws InvalidEventError with all problems that the catalog finds */
export function assertValid(event: Event, catalog: Catalog): void {
  const problems = catalog.validate(bytesOf(event));
  if (problems.length > 0) throw new InvalidEventError(problems);
}

function problemOf(error: XqbusError): ValidationProblem {
  if (error instanceof XmlSyntaxError) {
    return { path: "", line: error.line, column: error.column, code: error.code, message: error.reason };
  }
  return { path: "", line: 1, column: 1, code: error.code, message: error.message };
}
