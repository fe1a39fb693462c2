import { readFileSync } from "node:fs";
import { join } from "node:path";
import { XqbusError } from "../../errors.ts";
import { ENVELOPE_NAME } from "../assemble/envelope.ts";
import { DEFAULT_NAMESPACE, type ResolvedCatalogOptions } from "../catalog-options.ts";
import { targetNamespaceOf } from "../model/check-constructs.ts";
import type { SchemaUnit } from "../model/schema-unit.ts";
import { escapeAttribute, parseXml, type XmlLimits } from "../../xml/index.ts";
import { SHIPPED_DIRECTORY, defaultDirectories } from "./default-directories.ts";
import { loadUnits, type LoadedUnits } from "./load-units.ts";
import type { SchemaDocuments } from "./schema-documents.ts";
import { SchemaFolders, type SchemaFileAccess } from "./schema-folders.ts";

/** For reading files once more: what is known of them, and who listens. */
export interface SourceAccess extends SchemaFileAccess {
  readonly documents?: SchemaDocuments;
}

/**
 * Reads the XSD files of the directories that the options name, or of the default ones.
 *
 * @throws XqbusError `xqbus:unreadable` when a directory cannot be read, `xqbus:limit-exceeded` when there is too much
 */
export function loadSources(options: ResolvedCatalogOptions, { documents, ...access }: SourceAccess = {}): LoadedUnits {
  const { directories = defaultDirectories(), namespace } = options;
  const folders = new SchemaFolders(directories, options, access);
  const files = folders.list(options.directories === undefined ? SHIPPED_DIRECTORY : undefined);
  const reading = { namespace, limits: schemaDocumentLimits(options) };
  return loadUnits(folders, files, documents === undefined ? reading : { ...reading, documents });
}

/** The limits of an XSD file as a document. */
export function schemaDocumentLimits({ maxSchemaBytes }: ResolvedCatalogOptions): Partial<XmlLimits> {
  return { maxBytes: maxSchemaBytes };
}

/** The envelope of the package, in the catalog's namespace; for directories that have none. */
export function shippedEnvelope(namespace: string): SchemaUnit {
  const file = join(SHIPPED_DIRECTORY, `${ENVELOPE_NAME}.xsd`);
  const text = readShipped(file).replaceAll(`"${DEFAULT_NAMESPACE}"`, () => `"${escapeAttribute(namespace)}"`);
  const tree = parseXml(text, { source: file });
  const root = tree.documentElement;
  const targetNamespace = targetNamespaceOf(root);
  const document = { file, baseName: ENVELOPE_NAME, isTopLevel: true, tree, root, targetNamespace };
  return { document, namespace, includes: [], imports: [] };
}

function readShipped(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const message = `the shipped envelope "${file}" cannot be read; install the package again`;
    throw new XqbusError("xqbus:unreadable", message, { cause });
  }
}
