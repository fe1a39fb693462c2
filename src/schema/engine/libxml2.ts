import loadModule, { type LibXml2 } from "libxml2-wasm/lib/libxml2raw.mjs";
import { XqbusError, invariant } from "../../errors.ts";
import { DocumentBuffer, allocateString } from "./document-buffer.ts";

/**
 * libxml2 as the catalog's validation engine: one WebAssembly instance, one parser context and one validation context
 * for all documents.
 *
 * This is the only file that knows libxml2-wasm, and it uses the package's internal module, because the public interface
 * makes new contexts for every document and looks up a path for every error (quadratic in the number of errors).
 * The parser context keeps every name it has ever seen, so that it is replaced from time to time.
 * The version is pinned; `test/schema/engine/libxml2.test.ts` pins the functions and offsets this file relies on.
 *
 * Nothing is ever read from outside: the one input provider knows the documents given to {@link Libxml2.compile} and
 * nothing else, and the options forbid network and external entities. A DOCTYPE must be refused before a document gets here.
 */
export class Libxml2 {
  readonly #module: LibXml2;
  readonly #maxErrors: number;
  #parser: number;
  /** Bytes that this parser context has read. */
  #parsedBytes = 0;
  readonly #onError: number;
  readonly #providers: readonly number[];
  readonly #buffer: DocumentBuffer;
  /** The documents that a schema being compiled may include or import, by URL. */
  #documents: ReadonlyMap<string, string> = new Map();
  readonly #openDocuments = new Map<number, OpenDocument>();
  #lastHandle = 0;
  #schema = 0;
  #validation = 0;
  #errors: EngineError[] = [];
  /** Whether libxml2 has said anything about the document, if only a warning. */
  #isClean = true;
  #state: "usable" | "crashed" | "closed" = "usable";

  private constructor(module: LibXml2, maxErrors: number) {
    this.#module = module;
    this.#maxErrors = maxErrors;
    this.#onError = module.addFunction((_data: number, error: number) => this.#collect(error), "vii");
    this.#providers = [
      module.addFunction((url: number) => (this.#documents.has(module.UTF8ToString(url)) ? 1 : 0), "ii"),
      module.addFunction((url: number) => this.#open(module.UTF8ToString(url)), "ii"),
      module.addFunction((handle: number, to: number, length: number) => this.#read(handle, to, length), "iiii"),
      module.addFunction((handle: number) => (this.#openDocuments.delete(handle) ? 0 : -1), "ii"),
    ];
    const [match, open, read, close] = this.#providers;
    const registered = module._xmlRegisterInputCallbacks(match!, open!, read!, close!);
    invariant(registered >= 0, "libxml2 did not take the input callbacks");
    this.#parser = this.#newParser();
    this.#buffer = new DocumentBuffer(module);
  }

  /**
   * Starts an engine with a WebAssembly memory of its own (about 16 MiB).
   *
   * @param options.maxErrors errors that one compilation or validation lists at most; the rest is only counted
   */
  static async load(options: { readonly maxErrors: number }): Promise<Libxml2> {
    const module = await loadModule();
    module._xmlInitParser();
    return new Libxml2(module, options.maxErrors);
  }

  /** False after a WebAssembly trap: every further document is answered with `internal-error`. */
  get crashed(): boolean {
    return this.#state === "crashed";
  }

  /** Bytes of the WebAssembly memory, which grows with the largest document and never shrinks. */
  get memoryBytes(): number {
    return this.#module.HEAPU8.byteLength;
  }

  /**
   * Compiles a schema. On success it replaces the one before; on failure the one before stays.
   *
   * @param documents all documents by URL, `mem:/…`; they see each other and nothing else
   * @param entry the URL of the document to begin with
   * @returns the errors; empty when the schema compiled
   */
  compile(documents: ReadonlyMap<string, string>, entry: string): readonly EngineError[] {
    this.#assertOpen();
    this.#documents = documents;
    this.#errors = [];
    try {
      const schema = this.#parseSchema(entry);
      if (schema === 0) return this.#errors.length > 0 ? this.#errors : [UNEXPLAINED];
      this.#freeSchema();
      this.#schema = schema;
      this.#validation = this.#module._xmlSchemaNewValidCtxt(schema);
      this.#module._xmlSchemaSetValidStructuredErrors(this.#validation, this.#onError, 0);
      return [];
    } catch (cause) {
      throw this.#crash(cause, "compiling a schema");
    } finally {
      this.#documents = new Map();
      this.#openDocuments.clear();
    }
  }

  /**
   * Validates a document without DOCTYPE against the compiled schema. An XML declaration's encoding is ignored.
   *
   * @param input text, or bytes of UTF-8 without byte order mark
   */
  validate(input: string | Uint8Array): EngineResult {
    this.#assertOpen();
    invariant(this.#validation !== 0, "validate was called before a schema was compiled");
    if (this.#errors.length > 0) this.#errors = [];
    this.#isClean = true;
    if (this.#state === "crashed") return { verdict: "internal-error", errors: [] };
    try {
      const document = this.#parse(input, 0);
      if (document === 0) return { verdict: "not-well-formed", errors: this.#errors };
      const code = this.#module._xmlSchemaValidateDoc(this.#validation, document);
      this.#module._xmlFreeDoc(document);
      if (code === 0) return this.#isClean ? VALID : VALID_WITH_REMARKS;
      return { verdict: code > 0 && this.#errors.length > 0 ? "invalid" : "internal-error", errors: this.#errors };
    } catch (cause) {
      this.#crash(cause, "validating a document");
      return { verdict: "internal-error", errors: [] };
    }
  }

  /** Frees everything; idempotent. Later calls throw `xqbus:already-closed`. */
  close(): void {
    if (this.#state === "closed") return;
    const crashed = this.#state === "crashed";
    this.#state = "closed";
    // After a trap the memory may be inconsistent; it goes as a whole when the instance is collected.
    if (crashed) return;
    this.#freeSchema();
    this.#buffer.free();
    this.#module._xmlFreeParserCtxt(this.#parser);
    this.#module._xmlCleanupInputCallbacks();
    for (const callback of [this.#onError, ...this.#providers]) this.#module.removeFunction(callback);
  }

  #assertOpen(): void {
    if (this.#state === "closed") throw new XqbusError("xqbus:already-closed", "the validation engine is closed");
  }

  #crash(cause: unknown, doing: string): XqbusError {
    this.#state = "crashed";
    return new XqbusError("xqbus:internal", `the validation engine failed while ${doing}: ${String(cause)}`, { cause });
  }

  #parseSchema(entry: string): number {
    const module = this.#module;
    const url = allocateString(module, entry);
    const document = this.#parse(this.#documents.get(entry) ?? "", url);
    module._free(url);
    if (document === 0) return 0;
    const context = module._xmlSchemaNewDocParserCtxt(document);
    module._xmlSchemaSetParserStructuredErrors(context, this.#onError, 0);
    const schema = module._xmlSchemaParse(context);
    module._xmlSchemaFreeParserCtxt(context);
    module._xmlFreeDoc(document);
    return schema;
  }

  #parse(input: string | Uint8Array, url: number): number {
    const buffer = this.#buffer;
    if (!buffer.write(input)) {
      this.#errors.push(NO_MEMORY);
      return 0;
    }
    this.#parsedBytes += buffer.length;
    if (this.#parsedBytes > MAX_BYTES_PER_PARSER) this.#renewParser();
    const { address, length, encoding } = buffer;
    return this.#module._xmlCtxtReadMemory(this.#parser, address, length, url, encoding, PARSE_OPTIONS);
  }

  #newParser(): number {
    const parser = this.#module._xmlNewParserCtxt();
    invariant(parser !== 0, "the validation engine has no memory for a parser");
    this.#module._xmlCtxtSetErrorHandler(parser, this.#onError, 0);
    return parser;
  }

  #renewParser(): void {
    this.#module._xmlFreeParserCtxt(this.#parser);
    this.#parser = this.#newParser();
    this.#parsedBytes = 0;
  }

  #freeSchema(): void {
    if (this.#validation !== 0) this.#module._xmlSchemaFreeValidCtxt(this.#validation);
    if (this.#schema !== 0) this.#module._xmlSchemaFree(this.#schema);
    this.#validation = 0;
    this.#schema = 0;
  }

  #collect(error: number): void {
    this.#isClean = false;
    if (this.#errors.length >= this.#maxErrors) return;
    const field = (offset: number): number => this.#module.getValue(error + offset, "i32");
    const text = (offset: number, maxBytes: number): string | undefined => {
      const address = field(offset);
      return address === 0 ? undefined : this.#module.UTF8ToString(address, maxBytes);
    };
    if (field(XML_ERROR.level) <= WARNING) return;
    this.#errors.push({
      code: field(XML_ERROR.code),
      message: text(XML_ERROR.message, MAX_MESSAGE_BYTES)?.trimEnd() ?? "",
      file: text(XML_ERROR.file, MAX_MESSAGE_BYTES),
      line: field(XML_ERROR.line),
      column: field(XML_ERROR.column),
      nodePath: this.#nodePath(field(XML_ERROR.node)),
      value: text(XML_ERROR.str1, MAX_VALUE_BYTES),
      limit: text(XML_ERROR.str2, MAX_VALUE_BYTES),
    });
  }

  #nodePath(node: number): string | undefined {
    if (node === 0) return undefined;
    const path = this.#module._xmlGetNodePath(node);
    if (path === 0) return undefined;
    const text = this.#module.UTF8ToString(path);
    this.#module._free(path);
    return text;
  }

  #open(url: string): number {
    const text = this.#documents.get(url);
    if (text === undefined) return 0;
    this.#lastHandle++;
    this.#openDocuments.set(this.#lastHandle, { bytes: ENCODER.encode(text), position: 0 });
    return this.#lastHandle;
  }

  #read(handle: number, to: number, length: number): number {
    const document = this.#openDocuments.get(handle);
    if (document === undefined) return -1;
    const chunk = document.bytes.subarray(document.position, document.position + length);
    this.#module.HEAPU8.set(chunk, to);
    document.position += chunk.length;
    return chunk.length;
  }
}

/** What libxml2 tells about one error (its structure `xmlError`). Warnings are left out. */
export interface EngineError {
  /** A number of libxml2's `xmlParserErrors`. */
  readonly code: number;
  /** libxml2's sentence, cut after 16 KiB. */
  readonly message: string;
  /** URL of the schema document, for errors in schemas. */
  readonly file?: string | undefined;
  /** 0 when unknown. */
  readonly line: number;
  /** Column for errors of well-formedness, else 0. */
  readonly column: number;
  /** The path that xmlGetNodePath gives, see `node-path.ts`. */
  readonly nodePath?: string | undefined;
  /** The offending value, or its length for length facets; cut after 1 KiB. */
  readonly value?: string | undefined;
  /** What the facet or fixed value asks for; cut after 1 KiB. */
  readonly limit?: string | undefined;
}

/** The answer to one document. `internal-error` means that the document must count as invalid. */
export interface EngineResult {
  readonly verdict: "valid" | "invalid" | "not-well-formed" | "internal-error";
  /** At most as many as the engine was told to keep. */
  readonly errors: readonly EngineError[];
  /**
   * Of a valid document: libxml2 had nothing to say about it at all. Where it had, a name may break the rules of
   * namespaces, which libxml2 reports but does not count.
   */
  readonly isClean?: boolean;
}

interface OpenDocument {
  readonly bytes: Uint8Array;
  position: number;
}

const ENCODER = new TextEncoder();
const VALID: EngineResult = { verdict: "valid", errors: [], isClean: true };
const VALID_WITH_REMARKS: EngineResult = { verdict: "valid", errors: [], isClean: false };

const UNEXPLAINED = engineError("the schema does not compile, and the engine gave no reason");
const NO_MEMORY = engineError("the validation engine has not enough memory for the document");

function engineError(message: string): EngineError {
  return { code: 0, message, line: 0, column: 0 };
}

/** XML_PARSE_NONET and XML_PARSE_NO_XXE: no network, no external entities. */
const PARSE_OPTIONS = 2048 | 8_388_608;

/** Offsets in bytes of the fields of libxml2's structure `xmlError` on wasm32. */
const XML_ERROR = {
  code: 4,
  message: 8,
  level: 12,
  file: 16,
  line: 20,
  str1: 24,
  str2: 28,
  column: 40,
  node: 48,
} as const;

/** The value of `level` for warnings. */
const WARNING = 1;

const MAX_MESSAGE_BYTES = 16 * 1024;
const MAX_VALUE_BYTES = 1024;

/**
 * Bytes of documents after which the parser context is replaced. Its dictionary keeps the names of all documents; senders
 * could fill it with ever new ones until, at 100 MB, no document would parse any more.
 */
const MAX_BYTES_PER_PARSER = 1024 * 1024;
