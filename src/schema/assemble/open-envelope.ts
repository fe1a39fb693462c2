import { internName, type ExpandedName } from "../../xml/index.ts";
import { eventElement } from "../model/event-name.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { Particle } from "../model/components.ts";
import type { SchemaUnit } from "../model/schema-unit.ts";
import { XSD_NAMESPACE } from "../model/xsd.ts";
import { ENVELOPE_NAME, findWildcard } from "./envelope.ts";
import type { TextEdit } from "./text-edits.ts";

/**
 * Whether the engine's schema may keep a wildcard in the envelope, because "the first child of the root is an event" says as
 * much as a choice of all events: the content of the envelope is its wildcard, once, and nothing stands in place of an event.
 *
 * libxml2 goes through a choice from its beginning, name by name: with 500 event types that costs half of a validation.
 */
export function canStayOpen(unit: SchemaUnit, eventNames: readonly string[], table: ComponentTable): boolean {
  const envelope = table.element(internName(unit.namespace, ENVELOPE_NAME));
  const type = envelope === undefined ? undefined : table.typeOfElement(envelope);
  if (type?.kind !== "complexType" || type.derivation !== undefined || type.content.kind !== "particles") return false;
  const { particle } = type.content;
  return (
    eventNames.length > 0 &&
    eventNames.every((name) => isReplaceable(eventElement(name, unit.namespace), unit.namespace, table)) &&
    particle !== undefined &&
    isOnce(particle) &&
    "particles" in particle.term &&
    particle.term.particles.length === 1 &&
    particle.term.particles.every((only) => isOnce(only) && isWildcardOf(unit, only))
  );
}

/** The envelope's wildcard as the engine gets it when it {@link canStayOpen}: for declared elements of the namespace. */
export function openEnvelopeEdit(unit: SchemaUnit): TextEdit {
  const { offset, endOffset } = findWildcard(unit);
  const attributes = `namespace="##targetNamespace" processContents="strict"`;
  return { offset, endOffset, text: `<x:any xmlns:x="${XSD_NAMESPACE}" ${attributes}/>` };
}

/** Elements of other namespaces are left to a choice: the wildcard would let in what is declared there besides the events. */
function isReplaceable(event: ExpandedName, namespace: string, table: ComponentTable): boolean {
  return event.namespace === namespace && table.substitutesFor(event).length === 0;
}

function isOnce({ minOccurs, maxOccurs }: Particle): boolean {
  return minOccurs === 1 && maxOccurs === 1;
}

function isWildcardOf(unit: SchemaUnit, { term }: Particle): boolean {
  return term.kind === "wildcard" && term.source?.node === findWildcard(unit);
}
