import type { Worker } from "node:worker_threads";
import { XqbusError } from "../errors.ts";
import { XmlDocument, XmlSyntaxError, parseXml } from "../xml/index.ts";
import { annotationWarnings, annotationsOf } from "./annotations/index.ts";
import type { CompiledSchema } from "./assemble/compile.ts";
import type { Validatable } from "./catalog.ts";
import type { ResolvedCatalogOptions } from "./catalog-options.ts";
import { describeEvent } from "./describe.ts";
import { EventJudge, isFinal } from "./engine/event-judge.ts";
import type { EngineResult, Libxml2 } from "./engine/libxml2.ts";
import type { EventDescription } from "./event-description.ts";
import { LargeDocumentValidator, type LargeValidationOptions } from "./large/large-document-validator.ts";
import { largeDocument } from "./large/large-document.ts";
import { takeSnapshot } from "./large/schema-snapshot.ts";
import { startWorker } from "./large/start-worker.ts";
import { checkRootElement } from "./problems/check-root.ts";
import type { DiagnoseContext } from "./problems/diagnose-context.ts";
import { needsSecondOpinion, secondOpinion } from "./problems/second-opinion.ts";
import { problemsOf } from "./problems/problems-of.ts";
import { getEvent } from "./model/event-name.ts";
import type { SchemaModel } from "./model/schema-model.ts";
import type { ValidationProblem } from "./problems/validation-problem.ts";
import { shortenSentence } from "./problems/words.ts";
import { nearInvalidEvents, type NearInvalidEvent, type NearInvalidOptions } from "./sample/broken/near-invalid.ts";
import { onlyRefused } from "./sample/broken/only-refused.ts";
import { sampleEvent } from "./sample/sample-event.ts";
import type { SampleOptions } from "./sample/sample-options.ts";
import { onOneLine } from "./one-line.ts";
import type { SchemaProblem } from "./sources/schema-problem.ts";
import { declareTypes } from "./types/declare-types.ts";
import { makeVocabulary, type Vocabulary } from "./vocabulary.ts";

/** What the catalog needs of an engine. */
export type ValidationEngine = Pick<Libxml2, "compile" | "validate" | "close" | "crashed">;

/** Where engines come from and go to. */
export interface EngineSource {
  /** A new engine: for the case that one crashes. */
  start(): Promise<ValidationEngine>;
  /** Takes an engine that is no longer needed. */
  giveBack(engine: ValidationEngine): void;
}

/**
 * One version of a catalog: a compiled schema, what is derived from it, and the engine that compiled it. Never changes; when
 * files change, the catalog gets another generation and closes this one.
 *
 * Documents that are judged at once cannot meet a change; those that wait for the worker are still judged by the generation
 * that they were given to.
 */
export class Generation {
  readonly namespace: string;
  readonly eventNames: readonly string[];
  readonly problems: readonly SchemaProblem[];
  readonly vocabulary: Vocabulary;
  readonly model: SchemaModel;
  readonly #schema: CompiledSchema;
  readonly #options: ResolvedCatalogOptions;
  readonly #engines: EngineSource;
  readonly #judge: EventJudge;
  readonly #needsSecondOpinion: boolean;
  readonly #large: LargeDocumentValidator;
  #warnings: readonly SchemaProblem[] | undefined;
  #engine: ValidationEngine;
  #isClosed = false;
  #isRetired = false;
  /** What was begun and has not ended. */
  #uses = 0;
  #isRestarting = false;

  /**
   * @param engine an engine that has compiled the schema; the generation closes it
   * @param engines where this one came from
   */
  constructor(
    schema: CompiledSchema,
    engine: ValidationEngine,
    engines: EngineSource,
    options: ResolvedCatalogOptions,
  ) {
    this.namespace = options.namespace;
    this.eventNames = schema.assembly.eventNames;
    this.problems = schema.problems;
    this.vocabulary = makeVocabulary(this.namespace, this.eventNames, schema.components, () => this.model);
    this.model = { namespace: this.namespace, eventNames: this.eventNames, table: schema.table };
    this.#schema = schema;
    this.#engine = engine;
    this.#engines = engines;
    this.#options = options;
    const { hasOpenEnvelope } = schema.assembly;
    const { namespace, eventNames } = this;
    this.#judge = new EventJudge({ namespace, eventNames, hasOpenEnvelope }, options.limits);
    this.#needsSecondOpinion = needsSecondOpinion(schema.components);
    const { limits, maxProblems } = options;
    const startLarge = (): Worker => startWorker({ snapshot: takeSnapshot(schema), namespace, limits, maxProblems });
    this.#large = new LargeDocumentValidator(startLarge);
  }

  get warnings(): readonly SchemaProblem[] {
    this.#warnings ??= annotationWarnings({ ...this.model, components: this.#schema.components });
    return this.#warnings;
  }

  validate(document: Validatable): readonly ValidationProblem[] {
    this.#assertOpen();
    assertDocument(document);
    const bytes = bytesIn(document);
    const first = bytes === undefined ? undefined : this.#judge.judgeBytes(bytes, this.#engine);
    if (first !== undefined && isFinal(first) && !this.#needsSecondOpinion) return NO_PROBLEMS;
    let tree: XmlDocument;
    try {
      tree = this.#treeOf(document);
    } catch (error) {
      if (!(error instanceof XmlSyntaxError)) throw error;
      const { line, column, code, reason } = error;
      return [{ path: "/", line, column, code, message: onOneLine(reason) }];
    }
    const rootProblem = checkRootElement(tree, this.namespace, this.eventNames);
    if (rootProblem !== undefined) return [rootProblem];
    const result = this.#judge.judgeTree(tree, this.#engine, first);
    const second = this.#needsSecondOpinion ? secondOpinion(tree, result, this.#diagnoseContext()) : undefined;
    if (second !== undefined) return second;
    return result.verdict === "valid" ? NO_PROBLEMS : this.#explain(tree, result);
  }

  async validateAsync(
    document: Validatable,
    options: LargeValidationOptions = {},
  ): Promise<readonly ValidationProblem[]> {
    this.#assertOpen();
    assertDocument(document);
    const large = largeDocument(document, this.#options.maxInlineBytes);
    return large === undefined ? this.validate(document) : this.#large.validate(large, options);
  }

  describe(name: string): EventDescription {
    this.#assertOpen();
    const declaration = getEvent(this.model, name);
    return describeEvent(declaration, this.model.table, annotationsOf(this.model));
  }

  declareTypes(): string {
    return declareTypes({ namespace: this.namespace, eventNames: this.eventNames, ...this.#schema });
  }

  sample(name: string, options?: SampleOptions): string {
    this.#assertOpen();
    return sampleEvent(this.model, name, options);
  }

  nearInvalid(name: string, options?: NearInvalidOptions): Iterable<NearInvalidEvent> {
    this.#assertOpen();
    return this.#inUse(
      onlyRefused(nearInvalidEvents(this.model, name, options), (document) => this.validate(document)),
    );
  }

  /** Another generation is in effect: gives the engine back as soon as nothing that was begun needs it any more. */
  retire(): void {
    this.#isRetired = true;
    if (this.#uses > 0 || this.#isClosed) return;
    this.#isClosed = true;
    this.#engines.giveBack(this.#engine);
    this.#large.close();
  }

  /** Takes no more documents; those that wait for the worker are still judged. Frees the engine; idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#engine.close();
    this.#large.close();
  }

  *#inUse<T>(values: Iterable<T>): Iterable<T> {
    this.#uses++;
    try {
      yield* values;
    } finally {
      this.#uses--;
      if (this.#isRetired) this.retire();
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new XqbusError("xqbus:already-closed", "the catalog is closed");
  }

  #treeOf(document: Validatable): XmlDocument {
    if (document instanceof XmlDocument) return document;
    if (typeof document === "string" || document instanceof Uint8Array) return this.#parse(document);
    const tree = document.document;
    return tree instanceof XmlDocument ? tree : this.#parse(document.bytes);
  }

  #parse(input: Uint8Array | string): XmlDocument {
    return parseXml(input, { limits: this.#options.limits });
  }

  #explain(tree: XmlDocument, { verdict, errors }: EngineResult): readonly ValidationProblem[] {
    if (verdict === "invalid") {
      return problemsOf(tree, errors, this.#diagnoseContext());
    }
    const [error] = errors;
    const place = { path: "/", line: Math.max(error?.line ?? 1, 1), column: Math.max(error?.column ?? 1, 1) };
    if (verdict === "not-well-formed" && error !== undefined) {
      return [{ ...place, code: "xqbus:not-well-formed", message: shortenSentence(error.message) }];
    }
    if (this.#engine.crashed) void this.#restartEngine();
    const reason = error === undefined ? "" : `: ${shortenSentence(error.message)}`;
    const message = `the validation engine could not judge the document, which therefore counts as invalid${reason}`;
    return [{ ...place, code: "xqbus:internal", message }];
  }

  #diagnoseContext(): DiagnoseContext {
    return { ...this.model, maxProblems: this.#options.maxProblems };
  }

  /** Until the new engine is there, every document counts as invalid; when it cannot be made, the next document tries again. */
  async #restartEngine(): Promise<void> {
    if (this.#isRestarting) return;
    this.#isRestarting = true;
    try {
      const engine = await this.#engines.start();
      const { documents, entry } = this.#schema.assembly;
      if (this.#isClosed || engine.compile(documents, entry).length > 0) engine.close();
      else this.#replaceEngine(engine);
    } catch {
      // Nobody waits for this promise, and every document reports that there is no engine.
    } finally {
      this.#isRestarting = false;
    }
  }

  #replaceEngine(engine: ValidationEngine): void {
    this.#engine.close();
    this.#engine = engine;
  }
}

/**
 * Refuses what can be no document at all, for callers without a compiler.
 *
 * @throws XqbusError `xqbus:illegal-argument`
 */
function assertDocument(document: unknown): void {
  if (typeof document === "string" || (typeof document === "object" && document !== null && "bytes" in document))
    return;
  if (document instanceof Uint8Array || document instanceof XmlDocument) return;
  const found = document === null ? "null" : `of type ${typeof document}`;
  const expected = "expected bytes, a string, a document of parseXml, or an event";
  throw new XqbusError("xqbus:illegal-argument", `the document is ${found}; ${expected}`);
}

/** The bytes of a document that has any. */
function bytesIn(document: Validatable): Uint8Array | undefined {
  if (document instanceof Uint8Array) return document;
  if (typeof document === "string" || document instanceof XmlDocument) return undefined;
  const { bytes } = document;
  return bytes instanceof Uint8Array ? bytes : undefined;
}

const NO_PROBLEMS: readonly ValidationProblem[] = Object.freeze([]);
