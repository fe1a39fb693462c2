import { attributeValue, escapeAttribute, parseXml, type XmlElement } from "../../xml/index.ts";
import { invariant } from "../../errors.ts";
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
  if (findWildcard(unit) !== undefined) return undefined;
  const message =
    `the envelope has no place for the events; put <xs:any namespace="##targetNamespace"/> ` +
    `where the event goes in the type of ${ENVELOPE_NAME}`;
  return problemAt(file, root, message);
}

/**
 * Replaces the envelope's wildcard by a choice of the event elements, so that an Event holds exactly one event.
 *
 * @param eventNames local names of the event elements, which are global elements of the catalog's namespace
 */
export function envelopeEdit(unit: SchemaUnit, eventNames: readonly string[]): TextEdit {
  const wildcard = findWildcard(unit);
  invariant(wildcard !== undefined, "the envelope was not checked");
  const { offset, endOffset } = wildcard;
  const events = eventNames.map((name) => `<x:element ref="${escapeAttribute(`e:${name}`)}"/>`).join("");
  const namespaces = `xmlns:x="${XSD_NAMESPACE}" xmlns:e="${escapeAttribute(unit.namespace)}"`;
  return { offset, endOffset, text: `<x:choice ${namespaces}>${events}</x:choice>` };
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

/** The first wildcard for elements of the envelope's own namespace, in document order. */
function findWildcard(unit: SchemaUnit): XmlElement | undefined {
  const pending = [...xsdChildren(unit.document.root, "complexType", "element", "group")].reverse();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.name.localName === "any" && allowsOwnNamespace(node, unit.namespace)) return node;
    for (const child of xsdChildren(node).toReversed()) if (!isXsd(child, "annotation")) pending.push(child);
  }
  return undefined;
}

function allowsOwnNamespace(wildcard: XmlElement, namespace: string): boolean {
  const allowed = attributeValue(wildcard, "namespace")?.trim() ?? "##any";
  return ["##any", "##targetNamespace", namespace].includes(allowed);
}
