import type { AttemptRow } from "../listener/index.ts";
import { durationText } from "./time-text.ts";

/** Characters of a receiver's answer: it may be a page, and `delivery show --json` has it whole. */
const MAX_EXCERPT = 120;

/** What came of an attempt, on one line: `failed: status 503, Service Unavailable (took 120 ms)`. */
export function attemptText({ outcome, status, code, message, excerpt, startedAt, endedAt }: AttemptRow): string {
  const parts = [status === undefined ? undefined : `status ${status}`, message ?? code, shortened(excerpt)];
  const details = parts.filter((part) => part !== undefined && part !== "").join(", ");
  return `${outcome}${details === "" ? "" : `: ${details}`} (took ${durationText(endedAt - startedAt)})`;
}

function shortened(excerpt: string | undefined): string | undefined {
  return excerpt === undefined || excerpt.length <= MAX_EXCERPT ? excerpt : `${excerpt.slice(0, MAX_EXCERPT)}…`;
}
