import { compileWhatWorks, rememberingReader, type CompiledSchema, type WorkingSchema } from "./assemble/compile.ts";
import { brokenByChange, type SchemaChange } from "./broken-by-change.ts";
import type { ResolvedCatalogOptions } from "./catalog-options.ts";
import type { Libxml2 } from "./engine/libxml2.ts";
import { SpareEngine } from "./engine/spare-engine.ts";
import { Generation } from "./generation.ts";
import { possibleDirectories } from "./sources/default-directories.ts";
import { FileCache } from "./sources/file-cache.ts";
import { loadSources, schemaDocumentLimits, shippedEnvelope } from "./sources/load-sources.ts";
import type { FileContent } from "./sources/read-file.ts";
import { SchemaDocuments } from "./sources/schema-documents.ts";
import type { ReadSchemaFile, SchemaFile } from "./sources/schema-folders.ts";
import type { SchemaProblem } from "./sources/schema-problem.ts";

/** A generation and the texts that it is made of. */
export interface LoadedGeneration {
  readonly generation: Generation;
  /** By path: the bytes in effect, which for a file that was broken by its last change are those before it. */
  readonly texts: ReadonlyMap<string, Uint8Array>;
}

/** Where the files of a catalog are, or would be. */
export interface LoadedPlaces {
  /** As given, or the default ones, whether they exist or not. */
  readonly directories: readonly string[];
  /** Absolute paths, with and without symbolic links. */
  readonly files: readonly string[];
}

/** A file as it was found when the catalog was last read. */
interface FoundFile {
  readonly file: SchemaFile;
  readonly content: FileContent;
}

/**
 * Makes the generations of one catalog. What did not change from one to the next is not read, parsed and turned into
 * components again.
 *
 * A file that was good before and is broken now, or breaks others, keeps its last good text in effect; it is reported as a
 * problem all the same. A file that is gone is gone.
 */
export class CatalogLoader {
  readonly #options: ResolvedCatalogOptions;
  readonly #engines: SpareEngine;
  readonly #files = new FileCache();
  readonly #documents: SchemaDocuments;
  readonly #readComponents = rememberingReader();
  /** The files of the last call, good or not. */
  #found: ReadonlyMap<string, FoundFile> = new Map();
  /** Paths that files refer to and that are not there. */
  #missing: ReadonlySet<string> = new Set();
  /** The files that the generation in effect was made of. */
  #loaded: ReadonlyMap<string, FoundFile> | undefined;
  #schema: CompiledSchema | undefined;
  #texts: ReadonlyMap<string, Uint8Array> = new Map();

  constructor(options: ResolvedCatalogOptions) {
    this.#options = options;
    this.#engines = new SpareEngine(options.maxProblems);
    this.#documents = new SchemaDocuments(schemaDocumentLimits(options));
  }

  /** All places that the last call looked at: where something can happen that makes the next one find something else. */
  get places(): LoadedPlaces {
    const { directories = possibleDirectories() } = this.#options;
    const files = [...this.#found.values()].flatMap(({ file }) => [file.path, file.realPath]);
    return { directories, files: [...files, ...this.#missing] };
  }

  /** Frees what it keeps for the next call; the generations are freed by those who have them. */
  close(): void {
    this.#engines.close();
  }

  /**
   * Reads the files and compiles them. Calls must not overlap.
   *
   * @returns undefined when nothing has changed since the last generation
   * @throws XqbusError as `loadCatalog`; the next call starts from the last generation again
   */
  async load(): Promise<LoadedGeneration | undefined> {
    const lastGood = new Map<string, Uint8Array>();
    const kept: SchemaProblem[] = [];
    const found = new Map<string, FoundFile>();
    const missing = new Set<string>();
    this.#found = found;
    this.#missing = missing;
    for (;;) {
      const sources = loadSources(this.#options, {
        read: this.#readerOf(found, lastGood),
        onMissing: (path) => missing.add(path),
        documents: this.#documents,
      });
      if (lastGood.size === 0 && this.#loaded !== undefined && isSame(this.#loaded, found)) return undefined;
      const compiled = await this.#compile(sources);
      const broken = brokenByChange(compiled.schema, this.#changeTo(found, lastGood));
      if (broken.length === 0) {
        this.#loaded = found;
        this.#forgetOthers();
        return this.#finish(compiled, [...kept, ...compiled.schema.problems], lastGood);
      }
      this.#engines.giveBack(compiled.engine);
      kept.push(...broken);
      for (const { file } of broken) lastGood.set(file, this.#texts.get(file)!);
    }
  }

  #readerOf(found: Map<string, FoundFile>, lastGood: ReadonlyMap<string, Uint8Array>): ReadSchemaFile {
    return (file, maxBytes) => {
      // Once in a call: what is judged, also a second time, is what was found.
      const content = found.get(file.path)?.content ?? this.#inEffect(file, this.#files.read(file, maxBytes));
      found.set(file.path, { file, content });
      const bytes = lastGood.get(file.path);
      return bytes === undefined ? content : { bytes };
    };
  }

  async #compile(sources: ReturnType<typeof loadSources>): Promise<{ schema: WorkingSchema; engine: Libxml2 }> {
    const { namespace, compileTimeoutMs } = this.#options;
    const engine = await this.#engines.take();
    try {
      const schema = await compileWhatWorks(engine, sources, {
        namespace,
        shipped: shippedEnvelope(namespace),
        compileTimeoutMs,
        read: this.#readComponents,
      });
      return { schema, engine };
    } catch (error) {
      this.#engines.giveBack(engine);
      throw error;
    }
  }

  /** The array that is in effect, when the file has its content again. */
  #inEffect({ path }: SchemaFile, content: FileContent): FileContent {
    const bytes = this.#texts.get(path);
    return bytes !== undefined && "bytes" in content && Buffer.compare(content.bytes, bytes) === 0
      ? { bytes }
      : content;
  }

  #changeTo(found: ReadonlyMap<string, FoundFile>, lastGood: ReadonlyMap<string, Uint8Array>): SchemaChange {
    const texts = this.#texts;
    const hasChanged = (path: string, { content }: FoundFile): boolean =>
      texts.has(path) && !lastGood.has(path) && (!("bytes" in content) || content.bytes !== texts.get(path));
    return {
      before: this.#schema,
      wasGood: (file) => texts.has(file),
      changed: [...found].flatMap(([path, file]) => (hasChanged(path, file) ? path : [])),
      hasOtherFiles:
        [...found.keys()].some((path) => !texts.has(path)) || [...texts.keys()].some((path) => !found.has(path)),
    };
  }

  #finish(
    { schema, engine }: { readonly schema: WorkingSchema; readonly engine: Libxml2 },
    problems: readonly SchemaProblem[],
    lastGood: ReadonlyMap<string, Uint8Array>,
  ): LoadedGeneration {
    const texts = new Map<string, Uint8Array>();
    for (const { unit } of schema.components) {
      const { file } = unit.document;
      const content = this.#found.get(file)?.content;
      const bytes = lastGood.get(file) ?? (content !== undefined && "bytes" in content ? content.bytes : undefined);
      if (bytes !== undefined) texts.set(file, bytes);
    }
    this.#texts = texts;
    this.#schema = schema;
    const generation = new Generation({ ...schema, problems }, engine, this.#engines, this.#options);
    return { generation, texts };
  }

  #forgetOthers(): void {
    const paths = new Set(this.#found.keys());
    this.#files.keepOnly(paths);
    this.#documents.keepOnly(paths);
  }
}

/** Whether the same files have the same content: the cache gives the same array for it. */
function isSame(a: ReadonlyMap<string, FoundFile>, b: ReadonlyMap<string, FoundFile>): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([path, { content }]) => {
    const other = b.get(path)?.content;
    if (other === undefined) return false;
    if ("bytes" in content) return "bytes" in other && other.bytes === content.bytes;
    return "reason" in other && other.reason === content.reason;
  });
}
