import { XqbusError } from "../../src/errors.ts";

/** The error of ours that the action throws; any other error passes through. */
export function errorOf(action: () => unknown): XqbusError {
  try {
    action();
  } catch (error) {
    if (error instanceof XqbusError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
