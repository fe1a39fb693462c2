import { XqbusError } from "../errors.ts";
import { FilterError } from "../filter/index.ts";
import { formatProblem, InvalidEventError } from "../schema/index.ts";
import type { Io } from "./io.ts";

/**
 * The one place that turns an error into text: lines `xqbus: what was wrong`, no stack trace; with `--json` one JSON object.
 * An error that is not ours is a defect of ours: it is named as such, and XQBUS_DEBUG=1 shows the stack.
 */
export function reportError(error: unknown, io: Io, json: boolean): void {
  const write = (text: string): void => void io.stderr.write(`${text}\n`);
  if (json) {
    write(JSON.stringify({ error: toJson(error) }));
  } else {
    for (const line of linesOf(error)) write(`xqbus: ${line}`);
    if (error instanceof FilterError && error.excerpt !== "") write(error.excerpt);
  }
  if ((io.env["XQBUS_DEBUG"] ?? "") !== "" && error instanceof Error) write(error.stack ?? "");
}

function linesOf(error: unknown): readonly string[] {
  if (error instanceof InvalidEventError) {
    return ["the event is not valid:", ...error.problems.map((problem) => `  ${formatProblem(problem)}`)];
  }
  if (error instanceof XqbusError) return [oneLine(error.message)];
  return [`unexpected error (a defect, please report it): ${oneLine(messageOf(error))}`];
}

function toJson(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof XqbusError)) return { code: "xqbus:internal", message: messageOf(error) };
  const { code, message } = error;
  if (error instanceof InvalidEventError) return { code, message, problems: error.problems };
  if (error instanceof FilterError) return { code, message, line: error.line, column: error.column };
  return { code, message };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, "; ");
}
