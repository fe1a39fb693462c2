import { textOf } from "../errors.ts";
import type { SentError } from "./messages.ts";

const MAX_NAME = 200;
const MAX_MESSAGE = 4000;
const MAX_STACK = 8000;

/** Any thrown value as it crosses to the other process: bounded, and nothing but what is listed. Never throws. */
export function sentError(error: unknown): SentError {
  const { name, code, message, stack, permanent, retryAfterMs, afterMs } = membersOf(error);
  const later = retryAfterMs ?? (code === "xqbus:retry-later" ? afterMs : undefined);
  return {
    name: text(name, MAX_NAME) ?? "Error",
    code: text(code, MAX_NAME),
    message: text(message, MAX_MESSAGE) ?? "",
    stack: text(stack, MAX_STACK),
    isPermanent: permanent === true || code === "xqbus:permanent-failure",
    retryAfterMs: typeof later === "number" && later >= 0 && Number.isFinite(later) ? Math.ceil(later) : undefined,
  };
}

type Members = Readonly<
  Partial<Record<"name" | "code" | "message" | "stack" | "permanent" | "retryAfterMs" | "afterMs", unknown>>
>;

function membersOf(error: unknown): Members {
  if (typeof error !== "object" || error === null) return { message: textOf(error) };
  try {
    const { name, code, message, stack, permanent, retryAfterMs, afterMs } = error as Members;
    return { name, code, message, stack, permanent, retryAfterMs, afterMs };
  } catch {
    return { message: "an error that cannot be read" };
  }
}

function text(value: unknown, most: number): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  return value.length > most ? `${value.slice(0, most)}…` : value;
}
