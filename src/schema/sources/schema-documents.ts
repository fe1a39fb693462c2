import { basename } from "node:path";
import { XmlSyntaxError, parseXml, type XmlLimits } from "../../xml/index.ts";
import { checkConstructs, checkRoot, targetNamespaceOf } from "../model/check-constructs.ts";
import type { SchemaDocument } from "../model/schema-unit.ts";
import type { SchemaFile } from "./schema-folders.ts";
import { schemaProblem, type SchemaProblem } from "./schema-problem.ts";

/** What a file turned out to be. */
export interface ReadDocument {
  /** Undefined when the file is no schema document. */
  readonly document: SchemaDocument | undefined;
  readonly problems: readonly SchemaProblem[];
}

/** Makes schema documents of the bytes of files. Bytes that it has seen for the same path are not parsed again. */
export class SchemaDocuments {
  readonly #limits: Partial<XmlLimits>;
  readonly #known = new Map<
    string,
    { readonly bytes: Uint8Array; readonly isTopLevel: boolean; readonly read: ReadDocument }
  >();

  /** @param limits of the documents */
  constructor(limits: Partial<XmlLimits>) {
    this.#limits = limits;
  }

  /**
   * @param bytes the same array as before when the content is the same: contents are not compared
   * @param isTopLevel whether the file lies directly in a directory of the catalog
   */
  read(file: SchemaFile, bytes: Uint8Array, isTopLevel: boolean): ReadDocument {
    const known = this.#known.get(file.path);
    if (known?.bytes === bytes && known.isTopLevel === isTopLevel) return known.read;
    const read = this.#parse(file.path, bytes, isTopLevel);
    this.#known.set(file.path, { bytes, isTopLevel, read });
    return read;
  }

  /** Forgets the documents of all other paths. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.#known.keys()) if (!paths.has(path)) this.#known.delete(path);
  }

  #parse(file: string, bytes: Uint8Array, isTopLevel: boolean): ReadDocument {
    try {
      const tree = parseXml(bytes, { limits: this.#limits, source: file });
      const root = tree.documentElement;
      const notSchema = checkRoot(file, root);
      if (notSchema !== undefined) return { document: undefined, problems: [notSchema] };
      const targetNamespace = targetNamespaceOf(root);
      const document = { file, baseName: basename(file, ".xsd"), isTopLevel, tree, root, targetNamespace };
      return { document, problems: checkConstructs(file, root) };
    } catch (error) {
      if (!(error instanceof XmlSyntaxError)) throw error;
      return { document: undefined, problems: [schemaProblem(file, error.line, error.reason)] };
    }
  }
}
