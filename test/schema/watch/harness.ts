import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { Catalog, CatalogChange, CatalogOptions, SchemaProblem, WatchOptions } from "../../../src/schema/index.ts";
import type { CatalogWatcher } from "../../../src/schema/index.ts";
import { catalogOf, eventXsd, folderWith } from "../harness.ts";

const watchers: CatalogWatcher[] = [];
afterAll(async () => {
  await Promise.all(watchers.splice(0).map((watcher) => watcher.close()));
});

/** A watched catalog of one folder, and hands to change the folder with. */
export class Watched {
  readonly folder: string;
  readonly catalog: Catalog;
  readonly watcher: CatalogWatcher;
  readonly changes: CatalogChange[];
  readonly errors: (readonly SchemaProblem[])[];
  readonly #heard: Set<() => void>;

  private constructor(
    folder: string,
    catalog: Catalog,
    watcher: CatalogWatcher,
    told: Pick<Watched, "changes" | "errors"> & { readonly heard: Set<() => void> },
  ) {
    this.folder = folder;
    this.catalog = catalog;
    this.watcher = watcher;
    this.changes = told.changes;
    this.errors = told.errors;
    this.#heard = told.heard;
  }

  /** Writes the files and watches them. Without options nothing happens but by {@link CatalogWatcher.reload}. */
  static async of(
    files: Readonly<Record<string, string>>,
    options: WatchOptions = BY_HAND,
    catalogOptions: CatalogOptions = {},
  ): Promise<Watched> {
    const folder = folderWith(files);
    return Watched.at(folder, options, catalogOptions);
  }

  /** Watches a folder that is there. */
  static async at(
    folder: string,
    options: WatchOptions = BY_HAND,
    catalogOptions: CatalogOptions = {},
  ): Promise<Watched> {
    const catalog = await catalogOf(folder, catalogOptions);
    const told = {
      changes: [] as CatalogChange[],
      errors: [] as (readonly SchemaProblem[])[],
      heard: new Set<() => void>(),
    };
    const hear = (): void => {
      for (const each of told.heard) each();
    };
    const watcher = catalog.watch({
      ...options,
      onReload: (change) => {
        told.changes.push(change);
        options.onReload?.(change);
        hear();
      },
      onError: (problems) => {
        told.errors.push(problems);
        options.onError?.(problems);
        hear();
      },
    });
    watchers.push(watcher);
    return new Watched(folder, catalog, watcher, told);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** As many editors save: the new text under another name, then that name over the old one. */
  replace(name: string, text: string): void {
    writeFileSync(this.path(`.${name}.swp`), text);
    renameSync(this.path(`.${name}.swp`), this.path(name));
  }

  remove(name: string): void {
    rmSync(this.path(name), { recursive: true });
  }

  /** Waits until something is as it should be; asked each time the watcher has told something. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        const next = (): void => {
          this.#heard.delete(next);
          resolve();
        };
        this.#heard.add(next);
      });
    }
  }
}

/** Options with which no change is noticed while a test runs: only `reload` reads. */
export const BY_HAND: WatchOptions = { usePolling: true, pollMs: 100_000_000 };

/** Options with which changes are noticed at once. */
export const NOTICING: WatchOptions = { debounceMs: 5 };

/** The event type A with a field of this type. */
export function withField(type: string, name: string = "A"): string {
  return eventXsd(name, `<xs:element name="Field" type="xs:${type}"/>`);
}
