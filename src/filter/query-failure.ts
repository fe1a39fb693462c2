import { FilterError, type FilterPhase } from "./filter-error.ts";
import { positionIn } from "./position-in.ts";
import { QueryError } from "./values/query-error.ts";

/**
 * What the users of a filter get for an error of the engine: the code, one line, and the place in the text. Any other error is given back.
 *
 * @param query the text with normalised line ends, in which the places are
 * @param written the text as it was given
 */
export function queryFailure(error: unknown, query: string, written: string, phase: FilterPhase): unknown {
  if (error instanceof RangeError) {
    const reason = phase === "static" ? "the filter is nested too deeply" : "the evaluation recurses too deeply";
    return new FilterError("XPDY0130", reason, { phase, query: written, cause: error });
  }
  if (!(error instanceof QueryError)) return error;
  return new FilterError(PUBLIC_CODES[error.code] ?? error.code, shorten(error.reason), {
    phase,
    query: written,
    position: error.at === undefined ? undefined : positionIn(query, error.at),
    cause: error,
  });
}

const PUBLIC_CODES: Readonly<Record<string, string | undefined>> = { "xqbus:unsupported": "xqbus:unsupported-query" };

/** Characters of a message: it may quote a value of the event, which can be long. */
const MAX_REASON_LENGTH = 500;

function shorten(reason: string): string {
  const line = reason.replace(/\s+/g, " ").trim();
  return line.length <= MAX_REASON_LENGTH ? line : `${line.slice(0, MAX_REASON_LENGTH - 1)}…`;
}
