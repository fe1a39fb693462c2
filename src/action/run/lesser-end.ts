import { isPassing } from "../../database/index.ts";
import { messageOf, XqbusError } from "../../errors.ts";
import type { AttemptEnd } from "./settle-attempt.ts";

/** Tries of a statement that fails, before it is taken for one that always will. */
const MAX_TRIES = 10;

/**
 * What is to be written in place of an end that cannot be: the run fails with the reason; if that is refused, too, it fails without
 * those being told who refuse it. Undefined: the same is tried again, a database that is away comes back.
 *
 * @param tries how often this end was refused; an outage is no refusal
 */
export function lesserEnd(end: AttemptEnd, error: unknown, tries: number): AttemptEnd | undefined {
  const code = error instanceof XqbusError ? error.code : "xqbus:internal";
  if (isPassing(error)) return undefined;
  if (/^xqbus:(?:database|store)/.test(code) && tries < MAX_TRIES) return undefined;
  const message = `the end of the run cannot be written: ${messageOf(error)}`;
  switch (end.kind) {
    case "succeeded":
    case "failed":
    case "stopped":
    case "cancelled":
      return { kind: "given-up", error: { code, message } };
    case "given-up":
      return { kind: "untold", error: { code, message } };
    case "untold":
      return undefined;
  }
}
