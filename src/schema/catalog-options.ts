import { XqbusError } from "../errors.ts";
import { XMLNS_NAMESPACE, XML_NAMESPACE, type XmlLimits } from "../xml/index.ts";
import { XSD_NAMESPACE, XSI_NAMESPACE } from "./model/xsd.ts";
import type { SchemaFileLimits } from "./sources/schema-folders.ts";

/** The namespace of events where none is named: that of Clacks, so that its schemas and events work unchanged. */
export const DEFAULT_NAMESPACE = "http://www.gonicus.de/Events";

/** How a catalog is loaded and what its documents may be like. */
export interface CatalogOptions extends Partial<SchemaFileLimits> {
  /**
   * Directories with XSD files, the more important ones first: where two files declare the same name, the first one stays.
   * Without this option those of the environment variable XQBUS_SCHEMAS (separated like PATH), else `./schemas/events` if
   * there is one, and the shipped ones; there a file hides a shipped one of the same name.
   */
  readonly directories?: readonly string[];
  /**
   * The namespace of the envelope and of files without a target namespace; default {@link DEFAULT_NAMESPACE}. Event types of
   * other namespaces are called `{namespace}name`, as far as the envelope admits them; the shipped one does.
   */
  readonly namespace?: string;
  /** Limits of the documents that are validated. */
  readonly limits?: Partial<XmlLimits>;
  /**
   * Problems that validating one document lists at most; default 100. When there are more, an entry with the code
   * `xqbus:limit-exceeded` comes behind them.
   */
  readonly maxProblems?: number;
  /** Bytes of a document up to which `validateAsync` judges it at once, without the worker; default 256 KiB. */
  readonly maxInlineBytes?: number;
  /**
   * Milliseconds that compiling the schemas may take; default 10 000. Files whose content models need more are left out. Schemas
   * that could take long are first compiled in a thread that can be ended.
   */
  readonly compileTimeoutMs?: number;
}

const RESERVED_NAMESPACES: readonly string[] = ["", XML_NAMESPACE, XMLNS_NAMESPACE, XSD_NAMESPACE, XSI_NAMESPACE];

/** Limits on schema files: 1 MiB a file, 5000 files, 16 MiB in all. */
export const DEFAULT_SCHEMA_FILE_LIMITS: SchemaFileLimits = {
  maxSchemaBytes: 1024 * 1024,
  maxSchemaFiles: 5000,
  maxTotalSchemaBytes: 16 * 1024 * 1024,
};

/** The options with all defaults filled in. */
export interface ResolvedCatalogOptions extends SchemaFileLimits {
  readonly directories: readonly string[] | undefined;
  readonly namespace: string;
  readonly limits: Partial<XmlLimits>;
  readonly maxProblems: number;
  readonly maxInlineBytes: number;
  readonly compileTimeoutMs: number;
}

/** @throws XqbusError `xqbus:illegal-argument` when an option has a value that makes no sense */
export function resolveCatalogOptions(options: CatalogOptions): ResolvedCatalogOptions {
  const { directories, namespace = DEFAULT_NAMESPACE, limits = {} } = options;
  if (RESERVED_NAMESPACES.includes(namespace)) {
    const message = `the catalog's namespace is "${namespace}"; events need a namespace of their own`;
    throw new XqbusError("xqbus:illegal-argument", message);
  }
  if (directories?.length === 0) {
    throw new XqbusError("xqbus:illegal-argument", "the list of schema directories is empty; name at least one");
  }
  return {
    directories,
    namespace,
    limits,
    maxSchemaBytes: positive(options, "maxSchemaBytes", DEFAULT_SCHEMA_FILE_LIMITS.maxSchemaBytes),
    maxSchemaFiles: positive(options, "maxSchemaFiles", DEFAULT_SCHEMA_FILE_LIMITS.maxSchemaFiles),
    maxTotalSchemaBytes: positive(options, "maxTotalSchemaBytes", DEFAULT_SCHEMA_FILE_LIMITS.maxTotalSchemaBytes),
    maxProblems: positive(options, "maxProblems", 100),
    maxInlineBytes: positive(options, "maxInlineBytes", 256 * 1024),
    compileTimeoutMs: positive(options, "compileTimeoutMs", 10_000),
  };
}

function positive(
  options: CatalogOptions,
  name: "maxProblems" | "maxInlineBytes" | "compileTimeoutMs" | keyof SchemaFileLimits,
  defaultValue: number,
): number {
  const value = options[name] ?? defaultValue;
  if (Number.isInteger(value) && value > 0) return value;
  throw new XqbusError("xqbus:illegal-argument", `${name} is ${value}; expected a whole number above 0`);
}
