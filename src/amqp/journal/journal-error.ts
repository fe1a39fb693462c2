import { XqbusError } from "../../errors.ts";

/** An error of the storage in the words of a journal, and what to do about it. */
export function journalError(error: unknown, file: string): unknown {
  if (!(error instanceof XqbusError)) return error;
  if (error.code === "xqbus:store-in-use") {
    const message = `the send journal ${file} is in use by another publisher or process; give each publisher a journal of its own`;
    return new XqbusError(error.code, message, { cause: error });
  }
  if (error.code !== "xqbus:store-damaged") return error;
  return new XqbusError(
    error.code,
    `the send journal ${file} is damaged (${error.message}): move it and ${file}-wal away and keep both, since events in it may not have ` +
      "been sent, and start again; a new journal is made",
    { cause: error },
  );
}
