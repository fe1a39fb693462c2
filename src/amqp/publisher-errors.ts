import { XqbusError } from "../errors.ts";
import { NotConnectedError } from "./errors.ts";

/** For what is asked of a closed publisher, and for what it has not sent. */
export function closedError(): XqbusError {
  return new XqbusError("xqbus:already-closed", "the publisher was closed; open a new one to send events");
}

/** For what was not sent, and for what has no answer, when the connection will not be made again. */
export function lostFor(error: XqbusError): readonly [waiting: XqbusError, inFlight: XqbusError] {
  const unknown = `the connection was lost before the broker answered: whether it has the event is unknown (${error.message})`;
  return [
    new NotConnectedError(`the event was not sent: ${error.message}`, { cause: error }),
    new NotConnectedError(unknown, { cause: error }),
  ];
}
