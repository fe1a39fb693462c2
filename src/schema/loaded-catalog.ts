import { XqbusError } from "../errors.ts";
import type { CatalogLoader, LoadedGeneration } from "./catalog-loader.ts";
import type { Catalog, Validatable } from "./catalog.ts";
import type { EventDescription } from "./event-description.ts";
import type { LargeValidationOptions } from "./large/large-document-validator.ts";
import type { SchemaModel } from "./model/schema-model.ts";
import type { NearInvalidEvent, NearInvalidOptions } from "./sample/broken/near-invalid.ts";
import type { SampleOptions } from "./sample/sample-options.ts";
import type { ValidationProblem } from "./problems/validation-problem.ts";
import type { SchemaProblem } from "./sources/schema-problem.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { describeChange, type CatalogChange } from "./watch/catalog-change.ts";
import type { CatalogWatcher } from "./watch/catalog-watcher.ts";
import { FileWatcher } from "./watch/file-watcher.ts";
import type { WatchOptions } from "./watch/watch-options.ts";

/** The catalog that users hold: it points at the current generation and outlives each of them. */
export class LoadedCatalog implements Catalog {
  readonly namespace: string;
  readonly maxInlineBytes: number;
  readonly #loader: CatalogLoader;
  readonly #watchers = new Set<FileWatcher>();
  readonly #listeners = new Set<(change: CatalogChange) => void>();
  /** Ends when the last reload has ended, well or not. */
  #lastReload: Promise<unknown> = Promise.resolve();
  #loaded: LoadedGeneration;
  #isClosed = false;

  /** @param loaded the first generation, made by the loader; the catalog closes it */
  constructor(
    loader: CatalogLoader,
    loaded: LoadedGeneration,
    { namespace, maxInlineBytes }: Pick<Catalog, "namespace" | "maxInlineBytes">,
  ) {
    this.namespace = namespace;
    this.maxInlineBytes = maxInlineBytes;
    this.#loader = loader;
    this.#loaded = loaded;
  }

  get eventNames(): readonly string[] {
    return this.#loaded.generation.eventNames;
  }

  get problems(): readonly SchemaProblem[] {
    return this.#loaded.generation.problems;
  }

  get warnings(): readonly SchemaProblem[] {
    return this.#loaded.generation.warnings;
  }

  get vocabulary(): Vocabulary {
    return this.#loaded.generation.vocabulary;
  }

  get model(): SchemaModel {
    return this.#loaded.generation.model;
  }

  validate(document: Validatable): readonly ValidationProblem[] {
    return this.#loaded.generation.validate(document);
  }

  async validateAsync(document: Validatable, options?: LargeValidationOptions): Promise<readonly ValidationProblem[]> {
    return this.#loaded.generation.validateAsync(document, options);
  }

  describe(name: string): EventDescription {
    return this.#loaded.generation.describe(name);
  }

  declareTypes(): string {
    return this.#loaded.generation.declareTypes();
  }

  sample(name: string, options?: SampleOptions): string {
    return this.#loaded.generation.sample(name, options);
  }

  nearInvalid(name: string, options?: NearInvalidOptions): Iterable<NearInvalidEvent> {
    return this.#loaded.generation.nearInvalid(name, options);
  }

  watch(options: WatchOptions = {}): CatalogWatcher {
    if (this.#isClosed) throw closedError();
    const watcher = new FileWatcher(
      {
        reload: () => this.#reload(),
        places: () => this.#loader.places,
        onClose: () => this.#watchers.delete(watcher),
      },
      options,
    );
    this.#watchers.add(watcher);
    watcher.start();
    return watcher;
  }

  onChange(listener: (change: CatalogChange) => void): () => void {
    // One function given twice is two listeners.
    const own = (change: CatalogChange): void => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listeners.clear();
    for (const watcher of this.#watchers) void watcher.close();
    this.#loaded.generation.close();
    this.#loader.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** One reload after the other: each starts from the generation before it. */
  #reload(): Promise<CatalogChange> {
    const reload = this.#lastReload.then(() => this.#replaceGeneration());
    this.#lastReload = reload.catch(() => undefined);
    return reload;
  }

  async #replaceGeneration(): Promise<CatalogChange> {
    if (this.#isClosed) throw closedError();
    const before = this.#loaded;
    const now = await this.#loader.load();
    if (now === undefined) return describeChange(before, before);
    if (this.#isClosed) {
      now.generation.close();
      throw closedError();
    }
    this.#loaded = now;
    before.generation.retire();
    const change = describeChange(before, now);
    for (const watcher of this.#watchers) watcher.notify(change);
    this.#notifyListeners(change);
    return change;
  }

  #notifyListeners(change: CatalogChange): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (thrown) {
        process.emitWarning(`a listener of Catalog.onChange threw: ${String(thrown)}`, {
          code: "xqbus:callback-failed",
        });
      }
    }
  }
}

function closedError(): XqbusError {
  return new XqbusError("xqbus:already-closed", "the catalog is closed");
}
