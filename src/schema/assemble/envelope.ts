import { attributeValue, escapeAttribute, parseXml, type XmlElement } from "../../xml/index.ts";
import { invariant } from "../../errors.ts";
import { wildcardAllows } from "../model/content.ts";
import { eventElement } from "../model/event-name.ts";
import type { SchemaUnit } from "../model/schema-unit.ts";
import { XSD_NAMESPACE, isXsd, xsdChildren } from "../model/xsd.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";
import { applyEdits, type TextEdit } from "./text-edits.ts";

/** The name of the envelope's element, type and file. */
export const ENVELOPE_NAME = "Event";

/** Whether the unit is the envelope: the file `Event.xsd` of the catalog's namespace. */
export function isEnvelope(unit: SchemaUnit, namespace: string): boolean {
  return unit.document.isTopLevel && unit.document.baseName === ENVELOPE_NAME && unit.namespace === namespace;
}

/** The file of the envelope must declare the element Event with a wildcard where the event goes. */
export function checkEnvelope(unit: SchemaUnit): SchemaProblem | undefined {
  const { root, file } = unit.document;
  const hasElement = xsdChildren(root, "element").some((node) => attributeValue(node, "name") === ENVELOPE_NAME);
  if (!hasElement) return problemAt(file, root, `the envelope declares no element "${ENVELOPE_NAME}"`);
  if (searchWildcard(unit) !== undefined) return undefined;
  const message =
    `the envelope has no place for the events; put <xs:any namespace="##targetNamespace"/> ` +
    `where the event goes in the type of ${ENVELOPE_NAME}`;
  return problemAt(file, root, message);
}

/**
 * Replaces the envelope's wildcard by a choice of the event elements, so that an Event holds exactly one event.
 *
 * @param eventNames names of event types, which are global elements
 */
export function envelopeEdit(unit: SchemaUnit, eventNames: readonly string[]): TextEdit {
  const { offset, endOffset } = findWildcard(unit);
  const elements = eventNames.map((name) => eventElement(name, unit.namespace));
  const prefixes = new Map([...new Set(elements.map(({ namespace }) => namespace))].map((each, i) => [each, `e${i}`]));
  const declared = [...prefixes].map(([namespace, prefix]) => ` xmlns:${prefix}="${escapeAttribute(namespace)}"`);
  const events = elements.map(({ namespace, localName }) => {
    return `<x:element ref="${escapeAttribute(`${prefixes.get(namespace)!}:${localName}`)}"/>`;
  });
  const text = `<x:choice xmlns:x="${XSD_NAMESPACE}"${declared.join("")}>${events.join("")}</x:choice>`;
  return { offset, endOffset, text };
}

/** The envelope as the engine sees it, with the choice of event elements in place of the wildcard. */
export function fillEnvelope(unit: SchemaUnit, eventNames: readonly string[]): SchemaUnit {
  const { document } = unit;
  const text = applyEdits(document.tree.source, [envelopeEdit(unit, eventNames)]);
  const tree = parseXml(text, { limits: UNLIMITED, source: document.file });
  return { ...unit, document: { ...document, tree, root: tree.documentElement } };
}

/** The text was read before within its limits, and what is added to it is our own. */
const UNLIMITED = { maxBytes: Infinity };

/** The wildcard in the place of the event, in an envelope that was checked. */
export function findWildcard(unit: SchemaUnit): XmlElement {
  const wildcard = searchWildcard(unit);
  invariant(wildcard !== undefined, "the envelope was not checked");
  return wildcard;
}

/** Whether the envelope, by its wildcard, admits events of a namespace. */
export function admits(envelope: SchemaUnit, namespace: string): boolean {
  const wildcard = searchWildcard(envelope);
  return wildcard !== undefined && allows(wildcard, namespace, envelope.namespace);
}

/** The first wildcard for elements of the envelope's own namespace, in document order. */
function searchWildcard(unit: SchemaUnit): XmlElement | undefined {
  const pending = [...xsdChildren(unit.document.root, "complexType", "element", "group")].reverse();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.name.localName === "any" && allows(node, unit.namespace, unit.namespace)) return node;
    for (const child of xsdChildren(node).toReversed()) if (!isXsd(child, "annotation")) pending.push(child);
  }
  return undefined;
}

function allows(node: XmlElement, namespace: string, targetNamespace: string): boolean {
  const namespaces = attributeValue(node, "namespace")?.trim() ?? "##any";
  return wildcardAllows({ namespaces, targetNamespace }, namespace);
}
