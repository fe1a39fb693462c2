import { attributeValue, escapeAttribute, internName } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import { withSubstitutes } from "../model/content.ts";
import type { SchemaUnit } from "../model/schema-unit.ts";
import { eventElement, eventNameOf } from "../model/event-name.ts";
import { XSD_NAMESPACE, xsdChildren } from "../model/xsd.ts";
import { importAttributes, writeDriver } from "./driver.ts";
import { engineSpelling } from "./engine-spelling.ts";
import { ENVELOPE_NAME, admits, envelopeEdit, isEnvelope } from "./envelope.ts";
import { canStayOpen, openEnvelopeEdit } from "./open-envelope.ts";
import { applyEdits, type TextEdit } from "./text-edits.ts";

/** The documents of one schema, ready for the engine. Files are known to the engine by made-up URLs only. */
export interface Assembly {
  /** By URL. */
  readonly documents: ReadonlyMap<string, string>;
  /** The URL of the document to begin with. */
  readonly entry: string;
  /** The unit behind a URL; undefined for the documents written here. */
  readonly unitOf: (url: string) => SchemaUnit | undefined;
  /** The names of the event types, sorted. */
  readonly eventNames: readonly string[];
  /**
   * Whether the engine accepts any declared element of the namespace as event, see {@link canStayOpen}. Who asks it must
   * check that the first child of the root is an event.
   */
  readonly hasOpenEnvelope: boolean;
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

  const envelope = units.find((unit) => isEnvelope(unit, namespace));
  const hasOpenEnvelope = envelope !== undefined && canStayOpen(envelope, eventNames, table);

  const documents = new Map<string, string>();
  for (const [unit, url] of urls) {
    const edits = [...engineEdits(unit, drivers), ...engineSpelling(unit)];
    if (hasOpenEnvelope && unit === envelope) edits.push(openEnvelopeEdit(unit));
    else if (isEnvelope(unit, namespace)) {
      const events = withoutSubstitutes(eventNames, table, namespace);
      edits.unshift(...importEdits(unit, events, drivers));
      edits.push(envelopeEdit(unit, events));
    }
    documents.set(url, applyEdits(unit.document.tree.source, edits));
  }
  const imports = [...drivers].map(([each, url]) => ({ namespace: each, url }));
  for (const [each, url] of drivers) {
    const includes = units.filter((unit) => unit.namespace === each).map((unit) => urls.get(unit)!);
    const others = each === namespace ? imports.filter((other) => other.url !== url) : [];
    documents.set(url, writeDriver(each, others, includes));
  }
  const unitsByUrl = new Map([...urls].map(([unit, url]) => [url, unit]));
  const unitOf = (url: string): SchemaUnit | undefined => unitsByUrl.get(url);
  return { documents, entry: drivers.get(namespace)!, unitOf, eventNames, hasOpenEnvelope };
}

/**
 * The event types: a file directly in one of the directories declares one when it declares a global element of its own name,
 * in the catalog's namespace or in one that the envelope's wildcard admits. For their names see {@link eventNameOf}.
 *
 * @param units with the envelope; without it only the catalog's namespace counts
 */
export function findEventNames(units: readonly SchemaUnit[], namespace: string): readonly string[] {
  const envelope = units.find((unit) => isEnvelope(unit, namespace));
  const names = units.flatMap((unit) => {
    const { baseName, isTopLevel, root } = unit.document;
    if (!isTopLevel || (baseName === ENVELOPE_NAME && unit.namespace === namespace)) return [];
    if (unit.namespace !== namespace && !isOwnNamespace(unit, envelope)) return [];
    return xsdChildren(root, "element").some((node) => attributeValue(node, "name")?.trim() === baseName)
      ? eventNameOf(internName(unit.namespace, baseName), namespace)
      : [];
  });
  return [...new Set(names)].sort();
}

/** Whether the file names this namespace as its own, rather than taking it on, and the envelope admits it. */
function isOwnNamespace({ document, namespace }: SchemaUnit, envelope: SchemaUnit | undefined): boolean {
  return document.targetNamespace === namespace && envelope !== undefined && admits(envelope, namespace);
}

/** An event that may stand in place of another one is already allowed where that one is; the choice must not be ambiguous. */
function withoutSubstitutes(
  eventNames: readonly string[],
  table: ComponentTable,
  namespace: string,
): readonly string[] {
  const events = eventNames.flatMap((name) => table.element(eventElement(name, namespace)) ?? []);
  const substitutes = new Set(events.flatMap((event) => withSubstitutes(event, table).slice(1)));
  return events.filter((event) => !substitutes.has(event)).map(({ name }) => eventNameOf(name, namespace));
}

/** Imports of the other namespaces that events come from, as far as the envelope does not have them itself. */
function importEdits(
  { document, namespace, imports }: SchemaUnit,
  eventNames: readonly string[],
  drivers: ReadonlyMap<string, string>,
): readonly TextEdit[] {
  const known = new Set([namespace, ...imports.map((each) => each.namespace)]);
  const missing = new Set(eventNames.map((name) => eventElement(name, namespace).namespace));
  const [first] = xsdChildren(document.root);
  if (first === undefined) return [];
  return [...missing].flatMap((each) => {
    const url = drivers.get(each);
    if (known.has(each) || url === undefined) return [];
    const text = `<x:import xmlns:x="${XSD_NAMESPACE}"${writeAttributes(importAttributes({ namespace: each, url }))}/>`;
    return { offset: first.offset, endOffset: first.offset, text };
  });
}

function writeAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`)
    .join("");
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
    const written = writeAttributes(importAttributes({ namespace, url }));
    return { offset, endOffset, text: `<${node.nodeName}${written}/>` };
  });
  return [{ offset: 0, endOffset: prolog.length, text: "" }, ...includes, ...imports];
}
