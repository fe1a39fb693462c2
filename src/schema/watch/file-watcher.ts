import { XqbusError } from "../../errors.ts";
import type { LoadedPlaces } from "../catalog-loader.ts";
import { schemaProblem, type SchemaProblem } from "../sources/schema-problem.ts";
import type { CatalogChange } from "./catalog-change.ts";
import type { CatalogWatcher } from "./catalog-watcher.ts";
import { FolderWatch } from "./folder-watch.ts";
import { resolveWatchOptions, type ResolvedWatchOptions, type WatchOptions } from "./watch-options.ts";
import { foldersToWatch } from "./watch-places.ts";

/** What a watcher needs of its catalog. */
export interface WatchedCatalog {
  /** Reads what has changed; one call waits for the one before it. */
  reload(): Promise<CatalogChange>;
  /** Where the files are that the last reload has looked at. */
  places(): LoadedPlaces;
  onClose(): void;
}

/**
 * The watcher of one catalog. Where the system reports no changes (network folders, too many watched folders) it looks at the
 * files from time to time.
 */
export class FileWatcher implements CatalogWatcher {
  readonly #catalog: WatchedCatalog;
  readonly #options: ResolvedWatchOptions;
  readonly #folders: FolderWatch;
  readonly #onAbort = (): void => void this.close();
  #polling: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the first of the changes came that have not been read yet. */
  #waitingSince: number | undefined;
  /** Ends when the last reload that this watcher began has ended. */
  #running: Promise<void> = Promise.resolve();
  /** What went wrong when the files were read last. */
  #failure: string | undefined;
  #isReading = false;
  #isClosed = false;

  /** @throws XqbusError `xqbus:illegal-argument` */
  constructor(catalog: WatchedCatalog, options: WatchOptions) {
    this.#catalog = catalog;
    this.#options = resolveWatchOptions(options);
    this.#folders = new FolderWatch(
      () => this.#schedule(),
      () => this.#poll(),
    );
  }

  /** Begins to watch; called once. */
  start(): void {
    const { signal, usePolling } = this.#options;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (signal?.aborted === true) void this.close();
    else if (usePolling) this.#poll();
    else {
      this.#folders.replace(foldersToWatch(this.#catalog.places()));
      // Whatever happened since the catalog was loaded.
      this.#schedule();
    }
  }

  async reload(): Promise<CatalogChange> {
    if (this.#isClosed) throw new XqbusError("xqbus:already-closed", "the watching of the catalog has ended");
    return this.#read();
  }

  /** The catalog has changed, whoever has found it. */
  notify(change: CatalogChange): void {
    if (this.#isClosed) return;
    this.#follow();
    this.#tell(this.#options.onReload, change);
    if (change.problems.length > 0) this.#tell(this.#options.onError, change.problems);
  }

  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      clearTimeout(this.#timer);
      clearInterval(this.#polling);
      this.#folders.close();
      this.#options.signal?.removeEventListener("abort", this.#onAbort);
      this.#catalog.onClose();
    }
    return this.#running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #poll(): void {
    this.#polling ??= setInterval(() => {
      if (!this.#isReading) this.#readAside();
    }, this.#options.pollMs).unref();
  }

  #schedule(): void {
    if (this.#isClosed) return;
    const { debounceMs } = this.#options;
    const now = performance.now();
    this.#waitingSince ??= now;
    clearTimeout(this.#timer);
    const left = this.#waitingSince + MAX_DEBOUNCES * debounceMs - now;
    this.#timer = setTimeout(() => this.#readAside(), Math.max(Math.min(debounceMs, left), 0)).unref();
  }

  #readAside(): void {
    this.#waitingSince = undefined;
    this.#read().then(
      () => (this.#failure = undefined),
      (error: unknown) => this.#tellFailure(problemOf(error, this.#catalog.places())),
    );
  }

  /** Once, as long as it stays the same. */
  #tellFailure(problem: SchemaProblem): void {
    if (this.#isClosed || this.#failure === problem.message) return;
    this.#failure = problem.message;
    this.#tell(this.#options.onError, [problem]);
  }

  #read(): Promise<CatalogChange> {
    this.#isReading = true;
    const reading = this.#catalog.reload().finally(() => {
      this.#isReading = false;
      this.#follow();
    });
    this.#running = Promise.allSettled([this.#running, reading]).then(() => undefined);
    return reading;
  }

  /** The files may lie elsewhere now. */
  #follow(): void {
    if (this.#isClosed || this.#options.usePolling) return;
    if (this.#folders.replace(foldersToWatch(this.#catalog.places()))) this.#schedule();
  }

  #tell<T>(callback: ((value: T) => void) | undefined, value: T): void {
    try {
      callback?.(value);
    } catch (thrown) {
      process.emitWarning(`a callback of Catalog.watch threw: ${String(thrown)}`, { code: "xqbus:callback-failed" });
    }
  }
}

function problemOf(error: unknown, { directories }: LoadedPlaces): SchemaProblem {
  const [directory = ""] = directories;
  if (error instanceof XqbusError) return schemaProblem(directory, 1, error.message, error.code);
  return schemaProblem(directory, 1, `the catalog could not be read again: ${String(error)}`, "xqbus:internal");
}

/** Changes that do not stop wait for so many times `debounceMs` at most. */
const MAX_DEBOUNCES = 10;
