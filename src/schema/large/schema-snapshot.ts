import { parseXml } from "../../xml/index.ts";
import type { CompiledSchema } from "../assemble/compile.ts";
import { ComponentTable } from "../model/component-table.ts";
import { readComponents } from "../model/read-components.ts";
import type { SchemaUnit } from "../model/schema-unit.ts";

/**
 * A compiled schema as plain data, which another thread can have: everything that validating needs, and nothing that leads
 * to a file.
 */
export interface SchemaSnapshot {
  readonly eventNames: readonly string[];
  readonly hasOpenEnvelope: boolean;
  /** What the engine compiles, by URL. */
  readonly documents: ReadonlyMap<string, string>;
  /** The URL to begin with. */
  readonly entry: string;
  /** What the component model is read from. */
  readonly units: readonly UnitSnapshot[];
}

/** A unit without its tree. Includes and imports are in it already: references between units go by name. */
interface UnitSnapshot {
  readonly file: string;
  readonly baseName: string;
  readonly isTopLevel: boolean;
  readonly text: string;
  readonly namespace: string;
  readonly targetNamespace: string | undefined;
}

/** The schema as plain data. */
export function takeSnapshot({ components, assembly }: CompiledSchema): SchemaSnapshot {
  const { documents, entry, eventNames, hasOpenEnvelope } = assembly;
  const units = components.map(({ unit: { document, namespace } }) => {
    const { file, baseName, isTopLevel, tree, targetNamespace } = document;
    return { file, baseName, isTopLevel, text: tree.source, namespace, targetNamespace };
  });
  return { documents, entry, eventNames, hasOpenEnvelope, units };
}

/** The schema again, for an engine that has compiled the snapshot's documents. Problems of files are not part of a snapshot. */
export function restoreSchema(snapshot: SchemaSnapshot): CompiledSchema {
  const { documents, entry, eventNames, hasOpenEnvelope } = snapshot;
  const components = snapshot.units.map(restoreUnit).map(readComponents);
  const assembly = { documents, entry, eventNames, hasOpenEnvelope, unitOf: () => undefined };
  return { components, table: new ComponentTable(components), assembly, problems: [] };
}

function restoreUnit({ text, namespace, ...document }: UnitSnapshot): SchemaUnit {
  const tree = parseXml(text, { limits: READ_BEFORE, source: document.file });
  return { document: { ...document, tree, root: tree.documentElement }, namespace, includes: [], imports: [] };
}

/** The text was read before within its limits, which were others for each catalog. */
const READ_BEFORE = { maxBytes: Infinity, maxDepth: Infinity, maxAttributes: Infinity, maxNameLength: Infinity };
