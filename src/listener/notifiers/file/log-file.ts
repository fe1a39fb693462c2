import { constants } from "node:fs";
import { lstat, mkdir, open, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { illegalOption } from "../../../assert-option.ts";

/** How large a file becomes, and how many are kept. */
export interface LogLimits {
  /** Size at which the next file begins; one record alone may be larger. */
  readonly maxBytes: number;
  /** With the current one: `events.ndjson`, `events.ndjson.1`, … */
  readonly maxFiles: number;
  /** Whether a record is on disk when it counts as written. */
  readonly fsync: boolean;
}

const LINE_FEED = 0x0a;
/** Not for others: events may hold what is not for everyone. */
const FILE_MODE = 0o640;
const FOLDER_MODE = 0o750;
/** Links are not followed, and a named pipe without a reader does not block. */
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A file that records are appended to, one at a time; the full one becomes `.1`, that one `.2`, and so on. */
export class LogFile {
  readonly #folder: string;
  readonly #names: readonly string[];
  readonly #path: string;
  readonly #limits: LogLimits;
  #handle: FileHandle | undefined;
  #inode = 0;
  #size = 0;
  #last: Promise<void> = Promise.resolve();

  /** @param folder absolute; the only one that may be reached @param path of names with `/` between */
  static async open(folder: string, path: string, limits: LogLimits): Promise<LogFile> {
    const file = new LogFile(folder, path, limits);
    await file.#open();
    return file;
  }

  private constructor(folder: string, path: string, limits: LogLimits) {
    this.#folder = folder;
    this.#names = path.split("/");
    this.#path = join(folder, ...this.#names);
    this.#limits = limits;
  }

  /** Resolves when the record is in the file. @throws the error of the system; nothing of the record is left in the file then */
  append(record: Uint8Array): Promise<void> {
    const writing = this.#last.then(() => this.#append(record));
    this.#last = writing.catch(() => undefined);
    return writing;
  }

  /** Waits for the records before. */
  async close(): Promise<void> {
    await this.#last;
    await this.#close();
  }

  async #append(record: Uint8Array): Promise<void> {
    if (!(await this.#isThere())) await this.#close();
    let handle = this.#handle ?? (await this.#open());
    if (this.#size > 0 && this.#size + record.length > this.#limits.maxBytes) handle = await this.#rotate();
    try {
      await handle.appendFile(record);
      if (this.#limits.fsync) await handle.datasync();
    } catch (error) {
      // What cannot be taken back is ended by a line end, when the file is opened again.
      await handle.truncate(this.#size).catch(() => this.#close());
      throw error;
    }
    this.#size += record.length;
  }

  /** Somebody may have moved or deleted the file, and what is written into that is lost; or have emptied it. */
  async #isThere(): Promise<boolean> {
    const found = await lstat(this.#path).catch(() => undefined);
    if (found?.ino !== this.#inode) return false;
    this.#size = found.size;
    return true;
  }

  async #open(): Promise<FileHandle> {
    await this.#makeFolders();
    const handle = await open(this.#path, FLAGS, FILE_MODE).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ELOOP") throw link(this.#path);
      throw error;
    });
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw illegalOption(`${this.#path} is no file`);
      this.#size = found.size;
      this.#inode = found.ino;
      await this.#endLastLine(handle);
      if (this.#limits.fsync) await syncFolder(dirname(this.#path));
    } catch (error) {
      await handle.close();
      throw error;
    }
    this.#handle = handle;
    return handle;
  }

  /** The process, or the machine, may have ended while it wrote: the next record begins on a line of its own. */
  async #endLastLine(handle: FileHandle): Promise<void> {
    if (this.#size === 0) return;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, this.#size - 1);
    if (buffer[0] === LINE_FEED) return;
    await handle.appendFile("\n");
    this.#size++;
  }

  async #makeFolders(): Promise<void> {
    let folder = this.#folder;
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    for (const name of this.#names.slice(0, -1)) {
      folder = join(folder, name);
      await mkdir(folder, { mode: FOLDER_MODE }).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      });
      const found = await lstat(folder);
      if (found.isSymbolicLink()) throw link(folder);
      if (!found.isDirectory()) throw illegalOption(`${folder} is no folder`);
    }
  }

  async #rotate(): Promise<FileHandle> {
    await this.#close();
    const numbered = (n: number): string => (n === 0 ? this.#path : `${this.#path}.${n}`);
    await rm(numbered(this.#limits.maxFiles - 1), { force: true });
    for (let n = this.#limits.maxFiles - 1; n > 0; n--) {
      await rename(numbered(n - 1), numbered(n)).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      });
    }
    return this.#open();
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}

/** Until then it may be without the file, or with the name that it had before, when the machine comes back. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function link(path: string): Error {
  return illegalOption(`${path} is a symbolic link; a file listener follows none`);
}
