import type { ChangeReport } from "../../daemon/index.ts";
import type { Output } from "../io.ts";
import { errorToJson } from "../report-error.ts";
import { visibleText } from "../visible-text.ts";

/** Tells a person at the terminal what happens to files that `serve` follows. */
export function changeReport(output: Output): ChangeReport {
  return {
    note: (text) => output.note(text),
    problem: (text, error) => output.warning(visibleText(text), errorToJson(error)),
  };
}
