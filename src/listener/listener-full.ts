import { XqbusError } from "../errors.ts";

/** There is no room for one more delivery of a listener. @param maxWaiting its limit */
export function listenerFull(maxWaiting: number): XqbusError {
  return new XqbusError("xqbus:limit-exceeded", `${maxWaiting} deliveries of the listener wait already; try later`);
}
