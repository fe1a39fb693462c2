import { XqbusError } from "../errors.ts";
import type { SqlRow, SqlValue } from "./driver.ts";
import { packWrites } from "./packed-write.ts";
import { startWorker } from "./start-worker.ts";
import type { StorageThread } from "./start-worker.ts";
import type { StorageSetup } from "./storage-setup.ts";
import type { SqlWrite, StorageAnswer, StorageQuestion } from "./worker-messages.ts";

/** How a storage file is opened. */
export interface StorageOptions extends StorageSetup {
  /** Requests that may wait at a time; more fail with `xqbus:limit-exceeded`. Default: 1000. */
  readonly maxRequests?: number;
  /** Told once when the thread ends by itself; every call fails with the same error from then on. */
  readonly onFailure?: (error: XqbusError) => void;
  /** Starts the thread; tests give one of their own. */
  readonly start?: (setup: StorageSetup) => StorageThread;
}

const DEFAULT_MAX_REQUESTS = 1000;
const CLOSE_TIMEOUT_MS = 30_000;

interface Waiting {
  readonly resolve: (answer: StorageAnswer) => void;
  readonly reject: (error: XqbusError) => void;
}

/**
 * One SQLite file in a thread of its own, so that no flush holds up the caller's event loop.
 *
 * Requests are answered in their order. A write is one transaction and is on disk when its promise resolves. The file is locked
 * for this process until {@link Storage.close}.
 */
export class Storage {
  readonly #path: string;
  readonly #thread: StorageThread;
  readonly #maxRequests: number;
  readonly #onFailure: ((error: XqbusError) => void) | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #end: XqbusError | undefined;

  private constructor({ maxRequests, onFailure, start, ...setup }: StorageOptions) {
    this.#path = setup.path;
    this.#maxRequests = maxRequests ?? DEFAULT_MAX_REQUESTS;
    this.#onFailure = onFailure;
    this.#thread = (start ?? startWorker)(setup);
    this.#thread.on("message", (answer) => this.#settle(answer));
    this.#thread.on("error", (error) => this.#fail(error.message, error));
    this.#thread.on("exit", (code) => this.#fail(`it ended with code ${code}`));
  }

  /**
   * Opens or creates the file.
   *
   * @throws XqbusError `xqbus:missing-package` (no SQLite), `xqbus:store-in-use`, `xqbus:store-damaged`, `xqbus:store-too-new`,
   * `xqbus:store-full`, `xqbus:store-failed`
   */
  static async open(options: StorageOptions): Promise<Storage> {
    const storage = new Storage(options);
    try {
      await new Promise((resolve, reject) => storage.#waiting.set(0, { resolve, reject }));
    } catch (error) {
      storage.#end ??= error as XqbusError;
      storage.#thread.terminate();
      throw error;
    }
    return storage;
  }

  /** One transaction: all statements or none. Resolves when it is flushed to the disk. */
  async write(writes: readonly SqlWrite[]): Promise<void> {
    const packed = packWrites(writes);
    await this.#ask((id) =>
      packed === undefined ? { kind: "write", id, writes } : { kind: "packed-write", id, packed },
    );
  }

  /**
   * Likewise one transaction, of which the thread does the first parts while the later ones are still being made.
   *
   * @param parts an exception while they are made ends the storage: what is left of a transaction must not become part of the next
   */
  async writeParts(parts: Iterable<readonly SqlWrite[]>): Promise<void> {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw refusal;
    let last: readonly SqlWrite[] | undefined;
    try {
      for (const part of parts) {
        if (last !== undefined) this.#thread.postMessage({ kind: "part", writes: packWrites(last) ?? last });
        last = part;
      }
    } catch (error) {
      this.#fail("a transaction was not finished", error as Error);
      this.#thread.terminate();
      throw error;
    }
    await this.write(last ?? []);
  }

  /** The rows of a query; the caller bounds them with `LIMIT`. */
  async read(sql: string, parameters: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    const { rows = [] } = await this.#ask((id) => ({ kind: "read", id, sql, parameters }));
    return rows;
  }

  /**
   * One statement, inside of the transaction that the caller has begun or as one of its own.
   *
   * @param hasRows whether it answers with rows: otherwise with the number of those that it has changed
   */
  async run(
    sql: string,
    parameters: readonly SqlValue[],
    hasRows: boolean,
  ): Promise<{ readonly rows: readonly SqlRow[]; readonly changes: number }> {
    const { rows = [], changes = 0 } = await this.#ask((id) => ({ kind: "run", id, sql, parameters, hasRows }));
    return { rows, changes };
  }

  /** Begins a transaction that {@link Storage.run} is part of until it ends; nothing else may be written meanwhile. */
  async begin(): Promise<void> {
    await this.#ask((id) => ({ kind: "begin", id }));
  }

  /** Resolves when everything since {@link Storage.begin} is on disk; when it rejects, roll back. */
  async commit(): Promise<void> {
    await this.#ask((id) => ({ kind: "commit", id }));
  }

  async rollback(): Promise<void> {
    await this.#ask((id) => ({ kind: "rollback", id }));
  }

  /** Waits for what was asked, closes the file and ends the thread. A second call does nothing. */
  async close({ timeoutMs = CLOSE_TIMEOUT_MS }: { readonly timeoutMs?: number } = {}): Promise<void> {
    if (this.#end !== undefined) return void (await this.#thread.terminate());
    const closed = this.#ask((id) => ({ kind: "close", id }));
    this.#end = new XqbusError("xqbus:already-closed", `${this.#path} was closed before the call`);
    const late = setTimeout(() => this.#rejectAll(this.#error(`it did not close within ${timeoutMs} ms`)), timeoutMs);
    try {
      await closed;
    } finally {
      clearTimeout(late);
      await this.#thread.terminate();
    }
  }

  /** Why nothing can be asked; undefined when it can. */
  #refusal(): XqbusError | undefined {
    if (this.#end !== undefined || this.#waiting.size < this.#maxRequests) return this.#end;
    return new XqbusError(
      "xqbus:limit-exceeded",
      `${this.#path}: ${this.#maxRequests} requests wait already; try later`,
    );
  }

  #ask(request: (id: number) => StorageQuestion): Promise<StorageAnswer> {
    return new Promise((resolve, reject) => {
      const message = request(++this.#lastId);
      const refusal = message.kind === "close" ? this.#end : this.#refusal();
      if (refusal !== undefined) return reject(refusal);
      this.#waiting.set(message.id, { resolve, reject });
      this.#thread.postMessage(message);
    });
  }

  #settle(answer: StorageAnswer): void {
    const { id, error } = answer;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new XqbusError(error.code, error.message));
  }

  #fail(reason: string, cause?: Error): void {
    if (this.#end !== undefined) return this.#rejectAll(this.#end);
    const error = this.#error(reason, cause);
    this.#end = error;
    this.#rejectAll(error);
    this.#onFailure?.(error);
  }

  #rejectAll(error: XqbusError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #error(reason: string, cause?: Error): XqbusError {
    const message = `the storage thread of ${this.#path} is gone: ${reason}; what it had not confirmed may be lost`;
    return new XqbusError("xqbus:store-failed", message, { cause });
  }
}
