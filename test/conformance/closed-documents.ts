import { posix } from "node:path";
import type { SchemaFiles } from "../../src/schema/sources/load-units.ts";
import { bytesOf, type XsdGroup } from "./suite-cases.ts";

/** The documents of a test group as the files that a schema may refer to; there are no others. */
export class ClosedDocuments implements SchemaFiles {
  readonly entry: string;
  readonly #documents = new Map<string, Uint8Array>();

  constructor({ file, schema, schemaBase64, documents = {} }: XsdGroup) {
    this.entry = posix.join(FOLDER, posix.basename(file));
    for (const [path, text] of Object.entries(documents)) {
      const bytes = typeof text === "string" ? bytesOf(text, undefined) : bytesOf(undefined, text.base64);
      this.#documents.set(posix.join(FOLDER, path), bytes);
    }
    this.#documents.set(this.entry, bytesOf(schema, schemaBase64));
  }

  read({ path }: { readonly path: string }): ReturnType<SchemaFiles["read"]> {
    const bytes = this.#documents.get(path);
    return bytes === undefined ? { reason: "it does not exist" } : { bytes };
  }

  resolve({ path }: { readonly path: string }, location: string): ReturnType<SchemaFiles["resolve"]> {
    const target = posix.join(posix.dirname(path), decode(location.trim()));
    if (!this.#documents.has(target)) return { reason: "it does not exist" };
    return { file: { path: target, realPath: target } };
  }
}

function decode(location: string): string {
  try {
    return decodeURIComponent(location);
  } catch {
    return location;
  }
}

/** Deep enough for references that go up. */
const FOLDER = "/suite/a/b/c/d";
