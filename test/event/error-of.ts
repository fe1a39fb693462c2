import { XqbusError } from "../../src/errors.ts";

/** What an error of this package says, for whole comparisons. */
export interface ErrorParts {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** The error that an action throws; an action that throws nothing, or something else, fails the test. */
export function errorOf(action: () => unknown): ErrorParts {
  try {
    action();
  } catch (error) {
    if (!(error instanceof XqbusError)) throw error;
    return { name: error.name, code: error.code, message: error.message };
  }
  throw new Error("no error was thrown");
}
