import type { CatalogChange } from "./catalog-change.ts";

/** Keeps a catalog up to date with its files until it is closed. It does not keep the process alive. */
export interface CatalogWatcher {
  /**
   * Reads the files at once, whatever the watching has noticed. `onReload` and `onError` are told too.
   *
   * @returns what has changed since the last time
   * @throws XqbusError as `loadCatalog`, the catalog stays as it was; `xqbus:already-closed`
   */
  reload(): Promise<CatalogChange>;
  /** Ends the watching and waits for a reload that is going on; the catalog stays as it is. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
