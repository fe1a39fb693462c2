import { XqbusError } from "../errors.ts";
import { XmlDocument, XmlSyntaxError, internName, parseXml } from "../xml/index.ts";
import type { CompiledSchema } from "./assemble/compile.ts";
import type { Catalog, Validatable } from "./catalog.ts";
import type { ResolvedCatalogOptions } from "./catalog-options.ts";
import { describeEvent } from "./describe.ts";
import { findingsOf } from "./engine/finding.ts";
import type { EngineResult, Libxml2 } from "./engine/libxml2.ts";
import type { EventDescription } from "./event-description.ts";
import { checkRootElement } from "./problems/check-root.ts";
import { DocumentTypes } from "./problems/document-types.ts";
import { explain } from "./problems/explain.ts";
import type { ValidationProblem } from "./problems/validation-problem.ts";
import { shortenSentence } from "./problems/words.ts";
import { onOneLine } from "./one-line.ts";
import type { SchemaProblem } from "./sources/schema-problem.ts";
import { nearestName } from "./suggest.ts";
import { UnknownNameError } from "./unknown-name-error.ts";
import { makeVocabulary, type Vocabulary } from "./vocabulary.ts";

/** What the catalog needs of an engine. */
export type ValidationEngine = Pick<Libxml2, "compile" | "validate" | "close" | "crashed">;

/** The catalog over a compiled schema. */
export class LoadedCatalog implements Catalog {
  readonly namespace: string;
  readonly eventNames: readonly string[];
  readonly problems: readonly SchemaProblem[];
  readonly vocabulary: Vocabulary;
  readonly #schema: CompiledSchema;
  readonly #options: ResolvedCatalogOptions;
  readonly #startEngine: () => Promise<ValidationEngine>;
  #engine: ValidationEngine;
  #isClosed = false;
  #isRestarting = false;

  /**
   * @param engine an engine that has compiled the schema; the catalog closes it
   * @param startEngine makes a new engine, for the case that this one crashes
   */
  constructor(
    schema: CompiledSchema,
    engine: ValidationEngine,
    startEngine: () => Promise<ValidationEngine>,
    options: ResolvedCatalogOptions,
  ) {
    this.namespace = options.namespace;
    this.eventNames = schema.assembly.eventNames;
    this.problems = schema.problems;
    this.vocabulary = makeVocabulary(this.namespace, this.eventNames, schema.components);
    this.#schema = schema;
    this.#engine = engine;
    this.#startEngine = startEngine;
    this.#options = options;
  }

  validate(document: Validatable): readonly ValidationProblem[] {
    this.#assertOpen();
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
    // The engine gets the text that our own parser accepted, so that both see the same characters whatever the encoding was.
    const result = this.#engine.validate(tree.source);
    return result.verdict === "valid" ? NO_PROBLEMS : this.#explain(tree, result);
  }

  describe(name: string): EventDescription {
    this.#assertOpen();
    const { table } = this.#schema;
    const declaration = this.eventNames.includes(name) ? table.element(internName(this.namespace, name)) : undefined;
    if (declaration === undefined) {
      throw new UnknownNameError(name, "an event type of this catalog", nearestName(name, this.eventNames));
    }
    return describeEvent(declaration, table);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#engine.close();
  }

  [Symbol.dispose](): void {
    this.close();
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
      const { table } = this.#schema;
      const { namespace, eventNames } = this;
      const context = { namespace, eventNames, table, types: new DocumentTypes(table) };
      return findingsOf(tree, errors).map((finding) => explain(finding, context));
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

  /** Until the new engine is there, every document counts as invalid; when it cannot be made, the next document tries again. */
  async #restartEngine(): Promise<void> {
    if (this.#isRestarting) return;
    this.#isRestarting = true;
    try {
      const engine = await this.#startEngine();
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

const NO_PROBLEMS: readonly ValidationProblem[] = Object.freeze([]);
