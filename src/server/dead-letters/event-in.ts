import { XqbusError } from "../../errors.ts";
import { Event } from "../../event/index.ts";

/** The event in a document; undefined when it is none. */
export function eventIn(document: Uint8Array): Event | undefined {
  try {
    return Event.parse(document);
  } catch (error) {
    if (error instanceof XqbusError) return undefined;
    throw error;
  }
}
