import { textOf, XqbusError } from "../../errors.ts";
import type { StorageOptions } from "../../storage/index.ts";
import { assertFunction, assertInteger } from "../../assert-option.ts";
import { withDefaults, type WithDefaults } from "../options.ts";
import type { RefusedEvent } from "./journal-entry.ts";

/** Where a publisher keeps events that it has taken on, and how many of them. */
export interface JournalOptions {
  /** Path of the file; it is made where it is missing, its folder is not. One publisher at a time can use it. */
  readonly file: string;
  /** Events in the file at most, with those that were refused. Default 100,000. */
  readonly maxEvents?: number;
  /** Bytes of their messages at most. Default 256 MiB; one event alone may be larger. */
  readonly maxBytes?: number;
  /**
   * Told of each event that was moved aside, and of what keeps the journal from working: no first connection (once for each reason),
   * a file that cannot be written any more. Default: a warning of the process.
   */
  readonly onError?: (error: XqbusError, refused?: RefusedEvent) => void;
  /** Starts the storage thread; tests give one of their own. */
  readonly start?: StorageOptions["start"];
}

/** Default of {@link JournalOptions.onError}. */
function warn(error: XqbusError, refused?: RefusedEvent): void {
  const what = refused === undefined ? "" : `event ${refused.messageId} was moved aside in the send journal: `;
  process.emitWarning(`${what}${error.message}`, { type: error.name, code: error.code });
}

type JournalDefault = "maxEvents" | "maxBytes" | "onError";

/** The options with their defaults. */
export type CheckedJournalOptions = WithDefaults<JournalOptions, JournalDefault>;

const DEFAULTS: Required<Pick<JournalOptions, JournalDefault>> = {
  maxEvents: 100_000,
  maxBytes: 256 * 1024 * 1024,
  onError: warn,
};

/** @throws XqbusError `xqbus:illegal-argument` naming the option that cannot be used */
export function checkJournalOptions(options: string | JournalOptions): CheckedJournalOptions {
  const given: unknown = typeof options === "string" ? { file: options } : options;
  if (typeof given !== "object" || given === null || !("file" in given) || !isPath(given.file)) {
    throw new XqbusError("xqbus:illegal-argument", "option journal must be the path of a file, or an object with file");
  }
  const checked = withDefaults(given as JournalOptions, DEFAULTS);
  assertInteger(checked.maxEvents, "journal.maxEvents", 1);
  assertInteger(checked.maxBytes, "journal.maxBytes", 1);
  assertFunction(checked.onError, "journal.onError");
  return { ...checked, onError: guarded(checked.onError) };
}

/** An `onError` that throws is a warning of the process: it is called where nobody waits for it. */
function guarded(onError: CheckedJournalOptions["onError"]): CheckedJournalOptions["onError"] {
  return (error, refused) => {
    try {
      onError(error, refused);
    } catch (thrown) {
      process.emitWarning(`journal.onError threw: ${textOf(thrown)}`, { code: "xqbus:callback-failed" });
    }
  };
}

function isPath(value: unknown): boolean {
  return typeof value === "string" && value !== "" && !value.includes("\0");
}
