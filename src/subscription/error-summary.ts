/** What is kept of an error: short, on one line, and nothing but what these three say. */
export interface ErrorSummary {
  /** Its class, such as `TypeError`. */
  readonly name: string;
  /** Its `code`, if that is a text. */
  readonly code: string | undefined;
  readonly message: string;
}

const MAX_NAME = 100;
const MAX_MESSAGE = 500;

/**
 * An error without its cause, stack and other members, which may hold events or passwords. Any thrown value will do, and one
 * whose members throw when they are read.
 */
export function summarizeError(error: unknown): ErrorSummary {
  const { name, code, message } = membersOf(error);
  return Object.freeze({
    name: typeof name === "string" && name !== "" ? boundedLine(name, MAX_NAME) : "Error",
    code: typeof code === "string" ? boundedLine(code, MAX_NAME) : undefined,
    message: typeof message === "string" ? boundedLine(message, MAX_MESSAGE) : "",
  });
}

function membersOf(error: unknown): { readonly name?: unknown; readonly code?: unknown; readonly message?: unknown } {
  if (typeof error !== "object" || error === null) return { message: String(error) };
  try {
    const { name, code, message } = error as { readonly name?: unknown; readonly code?: unknown; message?: unknown };
    return { name, code, message };
  } catch {
    return { message: "an error that cannot be read" };
  }
}

/** The beginning of a text as one line: control characters and line ends become spaces. */
export function boundedLine(text: string, most: number): string {
  const line = text.slice(0, most).replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
  return text.length > most ? `${line.replace(/[\ud800-\udbff]$/, "")}…` : line;
}
