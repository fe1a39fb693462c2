import { Buffer } from "node:buffer";
import { textOf } from "../../../errors.ts";
import { NotifyError } from "../../notify-error.ts";
import { excerptOf } from "../excerpt.ts";

/** What errors of the mail client have; all of it may be missing. */
export interface SmtpError {
  readonly message: string;
  readonly code: string | undefined;
  readonly response: string | undefined;
  readonly responseCode: number | undefined;
  readonly recipient: string | undefined;
  /** One for each recipient that was refused. */
  readonly rejectedErrors: readonly SmtpError[];
}

/** The server wants a login first, or does not know this one: a matter of the settings, not of the message (RFC 4954, section 6). */
const LOGIN_NEEDED: readonly number[] = [530, 534, 535, 538];
/** Steps in which the server judges the message; before them it speaks of the connection. */
const MESSAGE_STEPS: readonly string[] = ["EENVELOPE", "EMESSAGE"];

/** Reads what the mail client threw. */
export function smtpErrorOf(error: unknown): SmtpError {
  const given = (typeof error === "object" && error !== null ? error : {}) as Readonly<Record<string, unknown>>;
  const rejected: readonly unknown[] = Array.isArray(given["rejectedErrors"]) ? given["rejectedErrors"] : [];
  return {
    message: typeof given["message"] === "string" ? given["message"] : textOf(error),
    code: typeof given["code"] === "string" ? given["code"] : undefined,
    response: typeof given["response"] === "string" ? given["response"] : undefined,
    responseCode: typeof given["responseCode"] === "number" ? given["responseCode"] : undefined,
    recipient: typeof given["recipient"] === "string" ? given["recipient"] : undefined,
    rejectedErrors: rejected.map(smtpErrorOf),
  };
}

/** Whether the same message would be refused again (RFC 5321, section 4.2.1). */
export function isPermanentRefusal({ code, responseCode }: SmtpError): boolean {
  if (code === undefined || !MESSAGE_STEPS.includes(code)) return false;
  // Without an answer the client itself refuses: a message or an address that no server would take.
  if (responseCode === undefined) return true;
  return responseCode >= 500 && responseCode !== 503 && !LOGIN_NEEDED.includes(responseCode);
}

/** The failure of an attempt in which the server took the message for nobody. @param what the start of a sentence */
export function smtpFailure(what: string, error: SmtpError, cause: unknown): NotifyError {
  return new NotifyError("xqbus:notify-failed", `${what}: ${lineOf(error)}`, {
    status: error.responseCode,
    excerpt: excerptOfLine(error.response),
    isPermanent: isPermanentRefusal(error),
    cause,
  });
}

/** What the server said, or else what went wrong, on one bounded line. */
export function lineOf({ response, message }: SmtpError): string {
  return excerptOfLine(response ?? message) ?? "no reason was given";
}

/** An answer of the server for the delivery record. */
export function excerptOfLine(text: string | undefined): string | undefined {
  return text === undefined ? undefined : excerptOf(Buffer.from(text));
}
