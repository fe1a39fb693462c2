import { XML_NAMESPACE, attributeValue, type XmlElement, type XmlLimits } from "../../xml/index.ts";
import type { SchemaDocument, SchemaUnit, UnitImport, UnitReference } from "../model/schema-unit.ts";
import { xsdChildren } from "../model/xsd.ts";
import { isRedefine, rewriteRedefinitions } from "./redefinitions.ts";
import { SchemaDocuments } from "./schema-documents.ts";
import type { SchemaFile, SchemaFolders } from "./schema-folders.ts";
import { xmlNamespaceUnit } from "./xml-namespace-unit.ts";
import { causedBy, problemAt, schemaProblem, type SchemaProblem } from "./schema-problem.ts";

/** The schema units of some folders, and what is wrong with single files. */
export interface LoadedUnits {
  /** In the order of the files; what a file includes or imports follows it, unless it came before. */
  readonly units: readonly SchemaUnit[];
  readonly problems: readonly SchemaProblem[];
}

/** Where schema files come from. */
export type SchemaFiles = Pick<SchemaFolders, "read" | "resolve">;

/** How schema files are read. */
export interface LoadUnitsOptions {
  /** The namespace of files that have no target namespace and lie directly in a folder. */
  readonly namespace: string;
  readonly limits: Partial<XmlLimits>;
  /** Knows the documents that were read before; files that did not change are not parsed again. */
  readonly documents?: SchemaDocuments;
}

/** Reads files and all that they include and import, directly or not. Each file is read once. */
export function loadUnits(folders: SchemaFiles, files: readonly SchemaFile[], options: LoadUnitsOptions): LoadedUnits {
  let loaded = new UnitLoader(folders, files, options).load();
  const texts = new Map<string, Uint8Array>();
  const rewritten: SchemaFiles = {
    resolve: (from, location) => folders.resolve(from, location),
    read: (file) => {
      const bytes = texts.get(file.path);
      return bytes === undefined ? folders.read(file) : { bytes };
    },
  };
  for (let round = 1; ; round++) {
    const next = rewriteRedefinitions(loaded.units, round);
    if (next === undefined) break;
    const problems = round > MAX_REDEFINITION_ROUNDS ? tooManyRedefinitions(loaded.units) : next.problems;
    if (next.texts.size === 0 || round > MAX_REDEFINITION_ROUNDS) {
      return { units: loaded.units, problems: [...loaded.problems, ...problems] };
    }
    for (const [file, text] of next.texts) texts.set(file, Buffer.from(text, "utf8"));
    loaded = new UnitLoader(rewritten, files, { namespace: options.namespace, limits: options.limits }).load();
  }
  return loaded;
}

/** Files that redefine what other files redefine: at most so deep. */
const MAX_REDEFINITION_ROUNDS = 16;

function tooManyRedefinitions(units: readonly SchemaUnit[]): readonly SchemaProblem[] {
  const message = `there are more than ${MAX_REDEFINITION_ROUNDS} redefinitions (xs:redefine) one after the other`;
  return units.flatMap(({ document, includes }) =>
    includes
      .filter(({ node }) => isRedefine(node))
      .map(({ node }) => problemAt(document.file, node, message, "xqbus:limit-exceeded")),
  );
}

interface UnitUnderConstruction extends SchemaUnit {
  readonly file: SchemaFile;
  readonly includes: UnitReference[];
  readonly imports: UnitImport[];
}

class UnitLoader {
  readonly #folders: SchemaFiles;
  readonly #topLevel: readonly SchemaFile[];
  readonly #topLevelPaths: ReadonlySet<string>;
  readonly #options: LoadUnitsOptions;
  readonly #parsed: SchemaDocuments;
  readonly #documents = new Map<string, SchemaDocument | undefined>();
  readonly #units = new Map<string, UnitUnderConstruction>();
  readonly #problems: SchemaProblem[] = [];
  /** Units whose references are still to be followed; the last one comes next. */
  readonly #pending: UnitUnderConstruction[] = [];
  #needsXmlNamespace = false;

  constructor(folders: SchemaFiles, topLevel: readonly SchemaFile[], options: LoadUnitsOptions) {
    this.#folders = folders;
    this.#topLevel = topLevel;
    this.#topLevelPaths = new Set(topLevel.map(({ realPath }) => realPath));
    this.#options = options;
    this.#parsed = options.documents ?? new SchemaDocuments(options.limits);
  }

  load(): LoadedUnits {
    const units: SchemaUnit[] = [];
    for (const file of this.#topLevel) {
      const document = this.#open(file);
      if (document === undefined) continue;
      this.#unit(file, document, document.targetNamespace ?? this.#options.namespace);
      for (let unit = this.#pending.pop(); unit !== undefined; unit = this.#pending.pop()) {
        units.push(unit);
        this.#followReferences(unit);
      }
    }
    if (this.#needsXmlNamespace && !units.some(({ namespace }) => namespace === XML_NAMESPACE)) {
      units.push(xmlNamespaceUnit());
    }
    return { units, problems: this.#problems };
  }

  #open(file: SchemaFile): SchemaDocument | undefined {
    if (!this.#documents.has(file.realPath)) this.#documents.set(file.realPath, this.#read(file));
    return this.#documents.get(file.realPath);
  }

  #read(file: SchemaFile): SchemaDocument | undefined {
    const content = this.#folders.read(file);
    if ("reason" in content) {
      this.#problems.push(schemaProblem(file.path, 1, `the file cannot be used: ${content.reason}`));
      return undefined;
    }
    const isTopLevel = this.#topLevelPaths.has(file.realPath);
    const { document, problems } = this.#parsed.read(file, content.bytes, isTopLevel);
    this.#problems.push(...problems);
    return document;
  }

  #unit(file: SchemaFile, document: SchemaDocument, namespace: string): SchemaUnit {
    const key = JSON.stringify([file.realPath, namespace]);
    let unit = this.#units.get(key);
    if (unit === undefined) {
      unit = { file, document, namespace, includes: [], imports: [] };
      this.#units.set(key, unit);
      this.#pending.push(unit);
    }
    return unit;
  }

  #followReferences(unit: UnitUnderConstruction): void {
    // From the last to the first, because the last unit found is the next one to follow.
    for (const node of xsdChildren(unit.document.root, "include", "redefine", "import").toReversed()) {
      const problem =
        node.name.localName === "import" ? this.#followImport(unit, node) : this.#followInclude(unit, node);
      if (typeof problem === "string") this.#problems.push(problemAt(unit.document.file, node, problem));
      else if (problem !== undefined)
        this.#problems.push(causedBy(problem.cause, unit.document.file, node, problem.message));
    }
    unit.includes.reverse();
    unit.imports.reverse();
  }

  #followInclude(unit: UnitUnderConstruction, node: XmlElement): Obstacle | undefined {
    const location = attributeValue(node, "schemaLocation");
    const verb = isRedefine(node) ? "redefines" : "includes";
    if (location === undefined)
      return `xs:${node.name.localName} has no schemaLocation; name the file to ${isRedefine(node) ? "redefine" : "include"}`;
    const target = this.#target(unit, `${verb} "${location}"`, location);
    if (!("document" in target)) return target.obstacle;
    const { targetNamespace } = target.document;
    if (targetNamespace !== undefined && targetNamespace !== unit.namespace) {
      return (
        `${verb} "${location}", whose target namespace is "${targetNamespace}" and not "${unit.namespace}"; ` +
        `use xs:import for another namespace`
      );
    }
    unit.includes.push({ node, unit: this.#unit(target.file, target.document, unit.namespace) });
    return undefined;
  }

  #followImport(unit: UnitUnderConstruction, node: XmlElement): Obstacle | undefined {
    const namespace = attributeValue(node, "namespace")?.trim() ?? "";
    if (namespace === unit.namespace) {
      return `imports its own namespace "${namespace}"; use xs:include for files of the same namespace`;
    }
    const location = attributeValue(node, "schemaLocation");
    const isBuiltIn = namespace === XML_NAMESPACE && !this.#namesFile(unit, location);
    if (location === undefined || isBuiltIn) {
      this.#needsXmlNamespace ||= isBuiltIn;
      unit.imports.push({ node, namespace, unit: undefined });
      return undefined;
    }
    const target = this.#target(unit, `imports "${location}"`, location);
    if (!("document" in target)) return target.obstacle;
    const actual = target.document.targetNamespace ?? "";
    if (actual !== namespace) {
      return `imports "${location}" for the namespace "${namespace}", but its target namespace is "${actual}"`;
    }
    unit.imports.push({ node, namespace, unit: this.#unit(target.file, target.document, namespace) });
    return undefined;
  }

  #namesFile(from: UnitUnderConstruction, location: string | undefined): boolean {
    return location !== undefined && "file" in this.#folders.resolve(from.file, location);
  }

  /** The document that a reference leads to, or what is wrong with the reference. */
  #target(
    from: UnitUnderConstruction,
    what: string,
    location: string,
  ): { readonly file: SchemaFile; readonly document: SchemaDocument } | { readonly obstacle: Obstacle } {
    const resolved = this.#folders.resolve(from.file, location);
    if ("reason" in resolved) return { obstacle: `${what}, which is refused: ${resolved.reason}` };
    const document = this.#open(resolved.file);
    if (document !== undefined) return { file: resolved.file, document };
    return { obstacle: { message: `${what}, which cannot be used`, cause: resolved.file.path } };
  }
}

/** Why a reference leads nowhere; with the file whose mistake it is, where that is another one. */
type Obstacle = string | { readonly message: string; readonly cause: string };
