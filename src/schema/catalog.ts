import type { XmlDocument } from "../xml/index.ts";
import { invariant } from "../errors.ts";
import { CatalogLoader } from "./catalog-loader.ts";
import { resolveCatalogOptions, type CatalogOptions } from "./catalog-options.ts";
import type { EventDescription } from "./event-description.ts";
import type { LargeValidationOptions } from "./large/large-document-validator.ts";
import { LoadedCatalog } from "./loaded-catalog.ts";
import type { SchemaModel } from "./model/schema-model.ts";
import type { ValidationProblem } from "./problems/validation-problem.ts";
import type { NearInvalidEvent, NearInvalidOptions } from "./sample/broken/near-invalid.ts";
import type { SampleOptions } from "./sample/sample-options.ts";
import type { SchemaProblem } from "./sources/schema-problem.ts";
import type { Vocabulary } from "./vocabulary.ts";
import type { CatalogChange } from "./watch/catalog-change.ts";
import type { CatalogWatcher } from "./watch/catalog-watcher.ts";
import type { WatchOptions } from "./watch/watch-options.ts";

/**
 * The event types of some directories of XSD files: checks documents and tells what the types are.
 *
 * What it tells stays as it is until {@link Catalog.watch} finds changed files; then all properties change at once. What must
 * not change in between is read once: `const { model } = catalog`.
 */
export interface Catalog {
  /** The namespace of the envelope. */
  readonly namespace: string;
  /**
   * The event types, sorted, without the envelope `Event`: local names of elements in the catalog's namespace,
   * `PhoneStatus`, and `{namespace}name` for elements of another one. {@link describe} and {@link sample} take these names, and
   * a mere local name where only one event type has it.
   */
  readonly eventNames: readonly string[];
  /**
   * What is wrong with single files; the others work. Such a file is left out; while the catalog is watched, one that worked
   * before its last change is used as it was before.
   */
  readonly problems: readonly SchemaProblem[];
  /** What is wrong with annotations (`docs/annotations.md`). They have no effect; the files and event types work. */
  readonly warnings: readonly SchemaProblem[];
  readonly vocabulary: Vocabulary;
  /** The components behind the names: what functions over schemas work on. */
  readonly model: SchemaModel;
  /**
   * Checks a document: an `Event` around exactly one event of this catalog.
   *
   * @returns what is wrong; empty when the document is valid. A document that is not well-formed has exactly one problem.
   *   When in doubt the answer is a problem: a document that the engine cannot judge counts as invalid
   * @throws XqbusError `xqbus:already-closed`
   */
  validate(document: Validatable): readonly ValidationProblem[];
  /** Bytes of a document up to which {@link validateAsync} answers at once (option of the same name). */
  readonly maxInlineBytes: number;
  /**
   * Like {@link validate}, and never stops the event loop for long: a document larger than the option `maxInlineBytes` is
   * judged in a worker thread. Its bytes must not change before the answer is there.
   *
   * @throws XqbusError `xqbus:timeout` after `timeoutMs` (default 30 000), `xqbus:aborted`, `xqbus:limit-exceeded` too many
   *   large documents wait, `xqbus:already-closed`
   */
  validateAsync(document: Validatable, options?: LargeValidationOptions): Promise<readonly ValidationProblem[]>;
  /**
   * What an event type consists of.
   *
   * @throws UnknownNameError (`xqbus:unknown-name`) with a suggestion
   */
  describe(name: string): EventDescription;
  /**
   * The event types as declarations of TypeScript: the text of a module that exports `Events`, for
   * `EventMaker<Events>(catalog)`, and an interface for each type.
   */
  declareTypes(): string;
  /**
   * A random valid event of this type as XML text; the same seed gives the same event.
   *
   * @throws UnknownNameError (`xqbus:unknown-name`); SampleError (`xqbus:illegal-argument`) when a value cannot be made
   */
  sample(name: string, options?: SampleOptions): string;
  /**
   * Events with exactly one broken rule each, and which: every way to break one, at every place of the type. Made as they are asked
   * for; {@link validate} reports just this one problem.
   *
   * @throws as {@link sample}
   */
  nearInvalid(name: string, options?: NearInvalidOptions): Iterable<NearInvalidEvent>;
  /**
   * Keeps the catalog up to date with its files: edits, new and removed files, whole directories replaced. Changes are compiled
   * aside and take effect at once; documents that are being validated are still judged by the schemas from before.
   *
   * @throws XqbusError `xqbus:already-closed`, `xqbus:illegal-argument`
   */
  watch(options?: WatchOptions): CatalogWatcher;
  /**
   * Calls the listener after each change that watching finds, with the new properties in effect; an exception of it is reported by
   * `process.emitWarning`.
   *
   * @returns ends it; idempotent
   */
  onChange(listener: (change: CatalogChange) => void): () => void;
  /** Frees the engine and ends watching; idempotent. Afterwards `validate` and `describe` throw `xqbus:already-closed`. */
  close(): void;
  [Symbol.dispose](): void;
}

/** A document to validate: its bytes, its text, the tree that was parsed from it, or an event that has the bytes. */
export type Validatable =
  | Uint8Array
  | string
  | XmlDocument
  | {
      readonly bytes: Uint8Array;
      /** The tree of these bytes; spares parsing them. */ readonly document?: XmlDocument;
    };

/**
 * Loads a catalog: reads all XSD files of the directories, makes one schema of them and compiles it once.
 *
 * The files directly in a directory belong to the catalog; sub-folders are read only where a file includes or imports one.
 * A file whose base name is the name of a global element that it declares makes an event type of it; the others are helpers.
 * The element may be in the catalog's namespace or in one of its own that the wildcard of the envelope admits. Includes and
 * imports are relative to the file they stand in. Nothing outside of the directories is ever read.
 *
 * A file with a mistake is listed in {@link Catalog.problems} and left out, with the files that need it.
 *
 * @throws XqbusError `xqbus:unreadable` when a directory cannot be read, `xqbus:limit-exceeded` when there are too many
 *   files, `xqbus:timeout` when compiling takes too long, `xqbus:illegal-argument` for an option that makes no sense
 */
export async function loadCatalog(options: CatalogOptions = {}): Promise<Catalog> {
  const resolved = resolveCatalogOptions(options);
  const loader = new CatalogLoader(resolved);
  const loaded = await loader.load();
  invariant(loaded !== undefined, "the first load gives a generation");
  return new LoadedCatalog(loader, loaded, resolved);
}
