import type { XmlDocument } from "../xml/index.ts";
import { compileWhatWorks } from "./assemble/compile.ts";
import { resolveCatalogOptions, type CatalogOptions } from "./catalog-options.ts";
import { Libxml2 } from "./engine/libxml2.ts";
import type { EventDescription } from "./event-description.ts";
import { LoadedCatalog } from "./loaded-catalog.ts";
import type { ValidationProblem } from "./problems/validation-problem.ts";
import { loadSources, shippedEnvelope } from "./sources/load-sources.ts";
import type { SchemaProblem } from "./sources/schema-problem.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** The event types of some directories of XSD files, compiled once: checks documents and tells what the types are. */
export interface Catalog {
  readonly namespace: string;
  /** Local names of the event elements, sorted, without the envelope `Event`. */
  readonly eventNames: readonly string[];
  /** What is wrong with single files. These files are left out, the others work. */
  readonly problems: readonly SchemaProblem[];
  readonly vocabulary: Vocabulary;
  /**
   * Checks a document: an `Event` around exactly one event of this catalog.
   *
   * @returns what is wrong; empty when the document is valid. A document that is not well-formed has exactly one problem.
   *   When in doubt the answer is a problem: a document that the engine cannot judge counts as invalid
   * @throws XqbusError `xqbus:already-closed`
   */
  validate(document: Validatable): readonly ValidationProblem[];
  /**
   * What an event type consists of.
   *
   * @throws UnknownNameError (`xqbus:unknown-name`) with a suggestion
   */
  describe(name: string): EventDescription;
  /** Frees the engine; idempotent. Afterwards `validate` and `describe` throw `xqbus:already-closed`. */
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
 * A file whose base name is the name of a global element in the catalog's namespace declares an event type; the others are
 * helpers. Includes and imports are relative to the file they stand in. Nothing outside of the directories is ever read.
 *
 * A file with a mistake is listed in {@link Catalog.problems} and left out, with the files that need it.
 *
 * @throws XqbusError `xqbus:unreadable` when a directory cannot be read, `xqbus:limit-exceeded` when there are too many
 *   files, `xqbus:illegal-argument` for an option that makes no sense
 */
export async function loadCatalog(options: CatalogOptions = {}): Promise<Catalog> {
  const resolved = resolveCatalogOptions(options);
  const loaded = loadSources(resolved);
  const startEngine = (): Promise<Libxml2> => Libxml2.load({ maxErrors: resolved.maxProblems });
  const engine = await startEngine();
  try {
    const schema = compileWhatWorks(engine, loaded, shippedEnvelope(resolved.namespace), resolved.namespace);
    return new LoadedCatalog(schema, engine, startEngine, resolved);
  } catch (error) {
    engine.close();
    throw error;
  }
}
