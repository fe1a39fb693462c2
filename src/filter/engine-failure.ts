import { explain, explainWithoutCode } from "./explain.ts";
import { FilterError } from "./filter-error.ts";
import type { FilterPhase } from "./filter-error.ts";
import type { FontoxpathRange } from "./fontoxpath.ts";
import { positionIn } from "./position-in.ts";

/** Characters of a message: it may quote a value of the event, which can be long. */
const MAX_REASON_LENGTH = 500;

/** The offset in the query that an error of fontoxpath carries, if any. */
export function enginePlace(error: unknown): number | undefined {
  return (error as { readonly position?: FontoxpathRange } | undefined)?.position?.start.offset;
}

/**
 * Makes a FilterError of what fontoxpath throws: plain errors with the code in the message (`XPST0003: …`, `XPST0008, …`;
 * in debug mode behind an excerpt of the query), errors of its own without a code, and whatever escapes from its inside.
 */
export function engineFailure(
  error: unknown,
  details: {
    /** The query as the engine got it. */
    readonly text: string;
    /** The query as the caller wrote it. */
    readonly query: string;
    readonly phase: FilterPhase;
    readonly offset?: number | undefined;
  },
): FilterError {
  const { text, query, phase } = details;
  const message = error instanceof Error ? error.message : String(error);
  const coded = /(?:^|\nError: )([A-Z]{4}\d{4})(?:[:,]\s*(.*?))?(?:\n {2}at <|$)/s.exec(message);
  const found =
    error instanceof RangeError
      ? { code: "xqbus:limit-exceeded", reason: tooLarge(message, phase) }
      : coded === null
        ? explainWithoutCode(message, error)
        : explain(coded[1]!, coded[2] ?? "", text, details.offset);
  const offset = found.offset ?? details.offset;
  return new FilterError(found.code, shorten(found.reason), {
    phase,
    query,
    position: offset === undefined ? undefined : positionIn(text, offset),
    cause: error,
  });
}

function tooLarge(message: string, phase: FilterPhase): string {
  if (!message.includes("call stack")) return `the evaluation makes a value that is too large (${message})`;
  return phase === "static" ? "the filter is nested too deeply" : "the evaluation recurses too deeply";
}

function shorten(reason: string): string {
  const line = reason.replace(/\s+/g, " ").trim();
  return line.length <= MAX_REASON_LENGTH ? line : `${line.slice(0, MAX_REASON_LENGTH - 1)}…`;
}
