import type { Catalog } from "../schema/index.ts";
import { summarizeError, type AttemptRecord } from "../subscription/index.ts";
import type { AttemptRow } from "./delivery-record.ts";
import { maskedAnswer } from "./mask-answer.ts";
import { NotifyError } from "./notify-error.ts";
import type { RowDelivery } from "./row-delivery.ts";

/** What is kept of an attempt. Texts of the receiver are shown without sensitive values. */
export function attemptRow(
  { row, notified, answer, failure }: RowDelivery,
  { startedAt, endedAt, result }: Pick<AttemptRecord<RowDelivery>, "startedAt" | "endedAt" | "result">,
  catalog: Catalog,
): AttemptRow {
  const mask = (text: string | undefined): string | undefined =>
    text === undefined || text === "" ? undefined : maskedAnswer(text, notified.event, catalog);
  const facts = { number: row.attempts + 1, startedAt, endedAt };
  if (result.kind === "handled") {
    const { status, excerpt } = answer ?? {};
    const none = { code: undefined, message: undefined };
    return { ...facts, outcome: "delivered", status: wholeNumber(status), excerpt: mask(excerpt), ...none };
  }
  const error = result.kind === "failed" ? (failure ?? result.error) : result.error;
  const { status, excerpt } = error instanceof NotifyError ? error : {};
  const { code, message } = summarizeError(error);
  const outcome = result.kind === "stopped" ? "aborted" : result.kind;
  return { ...facts, outcome, status: wholeNumber(status), excerpt: mask(excerpt), code, message: mask(message) };
}

function wholeNumber(status: number | undefined): number | undefined {
  return status !== undefined && Number.isSafeInteger(status) ? status : undefined;
}
