import { withoutPasswords } from "../amqp/index.ts";
import { messageOf, XqbusError } from "../errors.ts";
import { FilterError } from "../filter/index.ts";
import { InvalidEventError, UnknownNameError } from "../schema/index.ts";
import type { InvalidConfigError } from "../server/index.ts";
import { ServiceError } from "../service/index.ts";
import { inCommandWords } from "./command-words.ts";
import { InvalidInputError } from "./invalid-input-error.ts";
import type { Io } from "./io.ts";
import { oneLine, visibleText } from "./visible-text.ts";

/** Longest piece of a wrong filter that its message repeats. */
const MAX_QUOTED = 40;

/**
 * The one place that turns an error into text: a line `xqbus: what was wrong` (an invalid event gives one for each
 * problem), no stack trace; with `--json` one JSON object `{"error":{"code":…,"message":…}}`.
 * An error that is not ours is a defect of ours: it is named as such, and XQBUS_DEBUG=1 shows the stack.
 */
export function reportError(error: unknown, io: Io, json: boolean): void {
  const lines = json
    ? [JSON.stringify({ error: errorToJson(error) })]
    : linesOf(error).map((line) => `xqbus: ${visibleText(oneLine(line))}`);
  if ((io.env["XQBUS_DEBUG"] ?? "") !== "" && error instanceof Error) lines.push(error.stack ?? "");
  for (const line of lines) io.stderr.write(`${withoutPasswords(line)}\n`);
}

/** The error as the value of `error` in JSON output: code, message, and what the kind of error adds. */
export function errorToJson(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof XqbusError)) return { code: "xqbus:internal", message: messageOf(error) };
  const code = error.code;
  const message = linesOf(error).join("; ");
  if (error instanceof InvalidEventError) return { code, message, problems: error.problems };
  if (isInvalidConfig(error)) return { code, message, problems: error.problems };
  if (error instanceof FilterError) {
    const { line, column, problems } = error;
    return { code, message, line, column, ...(problems.length === 0 ? {} : { problems }) };
  }
  if (error instanceof ServiceError) return { code, message, rpcCode: error.rpcCode, data: error.data };
  return { code, message };
}

function linesOf(error: unknown): readonly string[] {
  if (error instanceof InvalidInputError) return error.lines;
  if (isInvalidConfig(error)) return error.lines;
  if (error instanceof FilterError) return [`${inCommandWords(error.message)}${quotation(error)}`];
  if (error instanceof UnknownNameError && error.suggestion === undefined) {
    return [`${error.message}; "xqbus event list" shows them`];
  }
  if (error instanceof XqbusError) return [inCommandWords(error.message)];
  return [`unexpected error (a defect, please report it): ${messageOf(error)}`];
}

/** What stands at the place of the error, because a place alone is hard to find in a filter between quotes. */
function quotation({ query, line, column }: FilterError): string {
  if (line === undefined || column === undefined) return "";
  const text = (query.split(/\r\n|\r|\n/)[line - 1] ?? "").slice(column - 1).trim();
  if (text === "") return "";
  return ` (at "${text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED - 1)}…`}")`;
}

/** Told by its code, so that not every command loads the daemon. */
function isInvalidConfig(error: unknown): error is InvalidConfigError {
  return error instanceof XqbusError && error.code === "xqbus:invalid-config" && "lines" in error;
}
