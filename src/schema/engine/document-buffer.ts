import { invariant } from "../../errors.ts";

/** The part of the WebAssembly module that gives access to its memory. */
export interface EngineMemory {
  /** Another view after every allocation that makes the memory grow. */
  readonly HEAPU8: Uint8Array;
  _malloc(size: number): number;
  _free(address: number): void;
  lengthBytesUTF8(text: string): number;
  stringToUTF8(text: string, address: number, maxBytes: number): number;
}

/** Memory inside the engine that holds the document being read; grows, and goes back to its first size after a large one. */
export class DocumentBuffer {
  readonly #module: EngineMemory;
  /** The C string "UTF-8". */
  readonly #utf8: number;
  #capacity: number;
  #start: number;
  #skipped = 0;
  #written = 0;

  constructor(module: EngineMemory) {
    this.#module = module;
    this.#utf8 = allocateString(module, "UTF-8");
    this.#capacity = FIRST_BUFFER_BYTES;
    this.#start = module._malloc(this.#capacity);
    invariant(this.#start !== 0, "the validation engine has no memory for its buffer");
  }

  /** Where the document begins, behind its XML declaration. */
  get address(): number {
    return this.#start + this.#skipped;
  }

  /** Bytes of the document without its XML declaration. */
  get length(): number {
    return this.#written - this.#skipped;
  }

  /** What is written here is UTF-8, whatever it says; 0 where libxml2 finds that out by itself, which is cheaper. */
  get encoding(): number {
    const { HEAPU8 } = this.#module;
    const { address } = this;
    const first = HEAPU8[address];
    const second = HEAPU8[address + 1];
    const isObvious = (first === LESS_THAN || first === LINE_FEED) && second !== 0 && second !== QUESTION_MARK;
    return isObvious ? 0 : this.#utf8;
  }

  /** Takes over the document; false when there is not enough memory. */
  write(input: string | Uint8Array): boolean {
    const isText = typeof input === "string";
    const most = isText ? input.length * MAX_UTF8_BYTES_PER_UNIT : input.length;
    const needed = most <= FIRST_BUFFER_BYTES || !isText ? most : Buffer.byteLength(input);
    if (!this.#resize(Math.max(needed, FIRST_BUFFER_BYTES))) return false;
    // HEAPU8 is read afresh: the view is replaced when the memory grows.
    const { HEAPU8 } = this.#module;
    if (isText) {
      this.#written = ENCODER.encodeInto(input, HEAPU8.subarray(this.#start, this.#start + this.#capacity)).written;
    } else {
      HEAPU8.set(input, this.#start);
      this.#written = input.length;
    }
    this.#skipped = declarationLength(HEAPU8, this.#start, this.#written);
    return true;
  }

  free(): void {
    this.#module._free(this.#start);
    this.#module._free(this.#utf8);
  }

  #resize(capacity: number): boolean {
    if (capacity === this.#capacity) return true;
    this.#module._free(this.#start);
    const address = this.#module._malloc(capacity);
    this.#capacity = address === 0 ? FIRST_BUFFER_BYTES : capacity;
    this.#start = address === 0 ? this.#module._malloc(FIRST_BUFFER_BYTES) : address;
    return address !== 0;
  }
}

/**
 * The length of the XML declaration that the document begins with, so that libxml2 need not read it (a tenth of the cost of a
 * small event). 0 when there is none, or when it goes over several lines, which would change the numbers of the others.
 */
function declarationLength(memory: Uint8Array, start: number, length: number): number {
  for (let i = 0; i < DECLARATION.length; i++) if (memory[start + i] !== DECLARATION[i]) return 0;
  const end = start + Math.min(length, MAX_DECLARATION_BYTES);
  for (let at = start + DECLARATION.length; at < end; at++) {
    if (memory[at] === LINE_FEED) return 0;
    if (memory[at] === GREATER_THAN) return memory[at - 1] === QUESTION_MARK ? at + 1 - start : 0;
  }
  return 0;
}

/** Writes a C string into new memory; who calls frees it. */
export function allocateString(module: EngineMemory, text: string): number {
  const size = module.lengthBytesUTF8(text) + 1;
  const address = module._malloc(size);
  module.stringToUTF8(text, address, size);
  return address;
}

const ENCODER = new TextEncoder();
const FIRST_BUFFER_BYTES = 64 * 1024;

/** What an XML declaration begins with; the space tells it from a processing instruction. */
const DECLARATION: Uint8Array = ENCODER.encode("<?xml ");
/** A longer declaration is left to libxml2. */
const MAX_DECLARATION_BYTES = 200;
const LINE_FEED = 0x0a;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const QUESTION_MARK = 0x3f;

/** A UTF-16 code unit takes at most three bytes (a surrogate pair four, for two units). */
const MAX_UTF8_BYTES_PER_UNIT = 3;
