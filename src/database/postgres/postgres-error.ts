import { messageOf, XqbusError } from "../../errors.ts";

/** Conditions that pass by themselves: connection, resources, shutdown, locks, read-only (appendix A of PostgreSQL's manual). */
const PASSING = /^(?:08|53|57P|40|55P03|57014)/;
/** read_only_sql_transaction: a standby, or a setting of the database. */
const READ_ONLY = "25006";
/** Of values: data exceptions, broken rules but for keys that are there already (another may win a race for them), limits. */
const OF_VALUES = /^(?:22|23(?!505)|54)/;
/** Errors of sockets and of the name service (Node.js), which have no SQLSTATE. */
const SOCKET = /^E[A-Z]+$/;
const LOST =
  /connection (?:terminated|ended)|query read timeout|timeout exceeded when trying to connect|client was closed|not queryable/i;

/** Whether pg gave up waiting for the answer to a statement (`query_timeout`), which may still come. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof Error && error.message === "Query read timeout";
}

/** An error of pg as one of ours: whether trying again later is of use, and what the server said. */
export function postgresError(error: unknown, database: string): XqbusError {
  if (error instanceof XqbusError) return error;
  const { code, detail } = (error ?? {}) as { readonly code?: unknown; readonly detail?: unknown };
  const state = typeof code === "string" ? code : "";
  const reason = isUnanswered(error) ? "the server did not answer in time" : reasonOf(error);
  if (state === READ_ONLY) {
    const message = `${database}: the database is read-only: ${reason}; it is worth trying again`;
    return new XqbusError("xqbus:database-unavailable", message, { cause: error });
  }
  const said = typeof detail === "string" ? `${reason} (${detail})` : reason;
  if (/^53100/.test(state)) return new XqbusError("xqbus:store-full", `${database}: ${said}`, { cause: error });
  if (OF_VALUES.test(state)) return new XqbusError("xqbus:value-refused", `${database}: ${said}`, { cause: error });
  const isPassing = PASSING.test(state) || SOCKET.test(state) || (state === "" && LOST.test(messageOf(error)));
  return isPassing
    ? new XqbusError("xqbus:database-unavailable", `${database}: ${said}; it is worth trying again`, { cause: error })
    : new XqbusError("xqbus:database-failed", `${database}: ${said}`, { cause: error });
}

/** Failed attempts at several addresses come together, without a text of their own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return messageOf(error);
}
