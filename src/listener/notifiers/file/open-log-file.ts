import { resolve } from "node:path";
import { illegalOption } from "../../../assert-option.ts";
import { LogFile, type LogLimits } from "./log-file.ts";

/** The defaults of {@link LogLimits}: ten files of 100 MiB. */
export const LOG_DEFAULTS: LogLimits = { maxBytes: 100 * 1024 * 1024, maxFiles: 10, fsync: false };

/** A file that one or several listeners write. */
export interface SharedLogFile {
  /** Resolves when the record is in the file; records are written whole, one behind the other. */
  append(record: Uint8Array): Promise<void>;
  /** Waits for records that are being written. The last user closes the file. Idempotent. */
  close(): Promise<void>;
}

interface OpenFile {
  readonly limits: LogLimits;
  readonly opening: Promise<LogFile>;
  users: number;
}

/** By absolute path: a file has one writer in this process, however many listeners it has. */
const files = new Map<string, OpenFile>();

/**
 * Opens a file below a folder for appending; folders on the way are made.
 *
 * @throws XqbusError `xqbus:illegal-argument` when another listener writes it with other limits, or a symbolic link is on the way;
 * the error of the system when the file cannot be written
 */
export async function openLogFile(folder: string, path: string, limits: LogLimits): Promise<SharedLogFile> {
  const place = resolve(folder, path);
  const known = files.get(place);
  if (known !== undefined && !isSame(known.limits, limits)) {
    throw illegalOption(`another listener writes the file ${path} with other values of maxBytes, maxFiles or fsync`);
  }
  const open = known ?? { limits, opening: LogFile.open(resolve(folder), path, limits), users: 0 };
  files.set(place, open);
  open.users++;
  const leave = async (): Promise<void> => {
    if (--open.users > 0) return;
    files.delete(place);
    await (await open.opening).close();
  };
  try {
    const file = await open.opening;
    let closing: Promise<void> | undefined;
    return { append: (record) => file.append(record), close: () => (closing ??= leave()) };
  } catch (error) {
    await leave().catch(() => undefined);
    throw error;
  }
}

function isSame(a: LogLimits, b: LogLimits): boolean {
  return a.maxBytes === b.maxBytes && a.maxFiles === b.maxFiles && a.fsync === b.fsync;
}
