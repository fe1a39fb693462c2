import { QueryError } from "../values/query-error.ts";

/** Runs a part of the evaluation; an error without a place gets this one. */
export function located<T>(at: number, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw locate(error, at);
  }
}

/** The error, with this place unless it has one. */
export function locate(error: unknown, at: number): unknown {
  if (error instanceof QueryError) error.at ??= at;
  return error;
}
