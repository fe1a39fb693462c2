import { NotifyError } from "../notify-error.ts";

/** The attempt's signal was aborted before the receiver had taken the event. @param what the start of a sentence: `POST to https://host` */
export function attemptEnded(what: string, signal: AbortSignal): NotifyError {
  const reason: unknown = signal.reason;
  const isTimeout = reason instanceof Error && reason.name === "TimeoutError";
  return isTimeout
    ? new NotifyError("xqbus:timeout", `${what} did not end within the time of an attempt`, { cause: reason })
    : new NotifyError("xqbus:aborted", `${what} was ended before there was an answer`, { cause: reason });
}
