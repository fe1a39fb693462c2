import { attributeValue, escapeAttribute, internName } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import { withSubstitutes } from "../model/content.ts";
import type { SchemaUnit } from "../model/schema-unit.ts";
import { xsdChildren } from "../model/xsd.ts";
import { importAttributes, writeDriver } from "./driver.ts";
import { ENVELOPE_NAME, envelopeEdit, isEnvelope } from "./envelope.ts";
import { applyEdits, type TextEdit } from "./text-edits.ts";

/** The documents of one schema, ready for the engine. Files are known to the engine by made-up URLs only. */
export interface Assembly {
  /** By URL. */
  readonly documents: ReadonlyMap<string, string>;
  /** The URL of the document to begin with. */
  readonly entry: string;
  /** The unit behind a URL; undefined for the documents written here. */
  readonly unitOf: (url: string) => SchemaUnit | undefined;
  /** The local names of the event elements, sorted. */
  readonly eventNames: readonly string[];
}

/**
 * Makes one schema of all units.
 *
 * Includes and imports are already resolved, so they are taken out of the files' texts: a driver for each namespace
 * includes every unit exactly once, and imports lead to the driver of their namespace. (The engine would skip a second
 * file imported for the same namespace.) Lines keep their numbers.
 *
 * @param namespace the catalog's namespace
 */
export function assemble(units: readonly SchemaUnit[], table: ComponentTable, namespace: string): Assembly {
  const urls = new Map(units.map((unit, i) => [unit, `mem:/unit-${i}.xsd`]));
  const namespaces = [...new Set([namespace, ...units.map((unit) => unit.namespace)])];
  const drivers = new Map(namespaces.map((each, i) => [each, `mem:/namespace-${i}.xsd`]));
  const eventNames = findEventNames(units, namespace);

  const documents = new Map<string, string>();
  for (const [unit, url] of urls) {
    const edits = [...engineEdits(unit, drivers)];
    if (isEnvelope(unit, namespace)) edits.push(envelopeEdit(unit, withoutSubstitutes(eventNames, table, namespace)));
    documents.set(url, applyEdits(unit.document.tree.source, edits));
  }
  const imports = [...drivers].map(([each, url]) => ({ namespace: each, url }));
  for (const [each, url] of drivers) {
    const includes = units.filter((unit) => unit.namespace === each).map((unit) => urls.get(unit)!);
    const others = each === namespace ? imports.filter((other) => other.url !== url) : [];
    documents.set(url, writeDriver(each, others, includes));
  }
  const unitsByUrl = new Map([...urls].map(([unit, url]) => [url, unit]));
  return { documents, entry: drivers.get(namespace)!, unitOf: (url) => unitsByUrl.get(url), eventNames };
}

/**
 * The event types: a file directly in one of the directories declares one when it declares a global element of its own
 * name in the catalog's namespace.
 */
export function findEventNames(units: readonly SchemaUnit[], namespace: string): readonly string[] {
  const names = units.flatMap(({ document, ...unit }) => {
    const { baseName, isTopLevel, root } = document;
    if (!isTopLevel || unit.namespace !== namespace || baseName === ENVELOPE_NAME) return [];
    return xsdChildren(root, "element").some((node) => attributeValue(node, "name")?.trim() === baseName)
      ? baseName
      : [];
  });
  return [...new Set(names)].sort();
}

/** An event that may stand in place of another one is already allowed where that one is; the choice must not be ambiguous. */
function withoutSubstitutes(
  eventNames: readonly string[],
  table: ComponentTable,
  namespace: string,
): readonly string[] {
  const events = eventNames.flatMap((name) => table.element(internName(namespace, name)) ?? []);
  const substitutes = new Set(events.flatMap((event) => withSubstitutes(event, table).slice(1)));
  return events.filter((event) => !substitutes.has(event)).map(({ name }) => name.localName);
}

/** Takes out what the engine must not see or would see otherwise than we do: the declared encoding, includes and imports. */
function engineEdits(unit: SchemaUnit, drivers: ReadonlyMap<string, string>): readonly TextEdit[] {
  const { tree, root } = unit.document;
  const prolog = /^\uFEFF?(<\?xml[ \t\n].*?\?>)?/s.exec(tree.source)?.[0] ?? "";
  const includes = xsdChildren(root, "include").map(({ offset, endOffset }) => ({ offset, endOffset, text: "" }));
  const imports = unit.imports.map(({ node, namespace }) => {
    const url = drivers.get(namespace);
    const { offset, endOffset } = node;
    // An import of a namespace that no file has: nothing of it is used, or the file would have been left out.
    if (url === undefined) return { offset, endOffset, text: "" };
    const attributes = Object.entries(importAttributes({ namespace, url }));
    const written = attributes.map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join("");
    return { offset, endOffset, text: `<${node.nodeName}${written}/>` };
  });
  return [{ offset: 0, endOffset: prolog.length, text: "" }, ...includes, ...imports];
}
