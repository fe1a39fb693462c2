import { messageOf, XqbusError } from "../errors.ts";
import type { XqbusErrorCode } from "../errors.ts";

/** An error of SQLite, whichever driver threw it, as one of ours: full, damaged, in use, a value that it does not take, or failed. The driver's error is the cause. */
export function storageError(error: unknown, path: string): XqbusError {
  if (error instanceof XqbusError) return error;
  const reason = messageOf(error);
  const [code, advice] = isOfKey(error) ? OTHER : (MEANINGS[primaryCode(error)] ?? OTHER);
  return new XqbusError(code, `${path}: ${reason}; ${advice}`, { cause: error });
}

/** A key that is there already, which is not the fault of a value. */
function isOfKey(error: unknown): boolean {
  const { errcode, code } = (error ?? {}) as { readonly errcode?: unknown; readonly code?: unknown };
  return (
    errcode === PRIMARY_KEY || errcode === UNIQUE || /^SQLITE_CONSTRAINT_(?:PRIMARYKEY|UNIQUE)$/.test(String(code))
  );
}

const PRIMARY_KEY = 1555;
const UNIQUE = 2067;

/** The primary result code (https://www.sqlite.org/rescode.html): node:sqlite gives a number, better-sqlite3 its name. */
function primaryCode(error: unknown): string {
  const { errcode, code } = (error ?? {}) as { readonly errcode?: unknown; readonly code?: unknown };
  if (typeof errcode === "number") return NAMES[errcode & 0xff] ?? "";
  return typeof code === "string" ? (/^SQLITE_[A-Z]+/.exec(code)?.[0] ?? "") : "";
}

const NAMES: Readonly<Record<number, string>> = {
  5: "SQLITE_BUSY",
  6: "SQLITE_LOCKED",
  11: "SQLITE_CORRUPT",
  13: "SQLITE_FULL",
  18: "SQLITE_TOOBIG",
  19: "SQLITE_CONSTRAINT",
  20: "SQLITE_MISMATCH",
  26: "SQLITE_NOTADB",
};

type Meaning = readonly [code: XqbusErrorCode, advice: string];

const DAMAGED: Meaning = [
  "xqbus:store-damaged",
  "keep a copy of its folder and go on with a backup or an empty folder",
];
const IN_USE: Meaning = ["xqbus:store-in-use", "another process has the store open: stop it or use another folder"];
const OTHER: Meaning = ["xqbus:store-failed", "the store cannot go on; see the cause"];
const OF_VALUES: Meaning = ["xqbus:value-refused", "nothing of this batch was stored; leave this value out"];
const MEANINGS: Readonly<Record<string, Meaning>> = {
  SQLITE_BUSY: IN_USE,
  SQLITE_LOCKED: IN_USE,
  SQLITE_CORRUPT: DAMAGED,
  SQLITE_NOTADB: DAMAGED,
  SQLITE_TOOBIG: OF_VALUES,
  SQLITE_CONSTRAINT: OF_VALUES,
  SQLITE_MISMATCH: OF_VALUES,
  SQLITE_FULL: ["xqbus:store-full", "nothing of this batch was stored; free space on the disk or raise the limit"],
};
