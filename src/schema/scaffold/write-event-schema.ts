import { create } from "xmlbuilder2";
import { XqbusError } from "../../errors.ts";
import { assertXmlCharacters, isNCName } from "../../xml/index.ts";
import { DEFAULT_NAMESPACE } from "../catalog-options.ts";
import { XSD_NAMESPACE } from "../model/xsd.ts";
import { parseField, type FieldSpec } from "./field-spec.ts";

/** An event type to be written as an XSD file. */
export interface NewEventType {
  /** Local name of the event element, and of the file. */
  readonly name: string;
  /** Fields in their order, as `parseField` reads them: `CallerId:string`, `Status?:busy|idle`. */
  readonly fields: readonly string[];
  /** What it tells; default: a sentence that asks for one. */
  readonly documentation?: string;
  /** Target namespace; default `http://www.gonicus.de/Events`. */
  readonly namespace?: string;
}

/**
 * Writes the XSD file of a new event type: an element with documentation, its fields in a sequence.
 *
 * @throws XqbusError `xqbus:illegal-name` for a name that is none, or is the envelope's; `xqbus:illegal-argument` for a field or
 *   namespace that makes no sense; `xqbus:illegal-character`; `xqbus:limit-exceeded` for more than 500 fields
 */
export function writeEventSchema(type: NewEventType): string {
  const { name, documentation = "", namespace = DEFAULT_NAMESPACE } = type;
  checkName(name);
  if (namespace === "" || /\s/.test(namespace)) {
    throw new XqbusError("xqbus:illegal-argument", `the namespace ${JSON.stringify(namespace)} is no URI`);
  }
  assertXmlCharacters(namespace, "the namespace");
  assertXmlCharacters(documentation, "the documentation");
  const fields = readFields(type.fields);
  const schema = create({ version: "1.0", encoding: "UTF-8" }).ele(XSD_NAMESPACE, "xs:schema", {
    targetNamespace: namespace,
    elementFormDefault: "qualified",
  });
  const element = child(schema, "element", { name });
  document(
    element,
    documentation.trim() === "" ? `${name}: say here what it tells, who sends it and when.` : documentation,
  );
  const complexType = child(element, "complexType");
  if (fields.length > 0) {
    const sequence = child(complexType, "sequence");
    for (const field of fields) addField(sequence, field);
  }
  return `${schema.end({ prettyPrint: true })}\n`;
}

type XMLBuilder = ReturnType<typeof create>;

/** Fields of one event type. */
const MAX_FIELDS = 500;

function checkName(name: string): void {
  if (!isNCName(name)) {
    throw new XqbusError(
      "xqbus:illegal-name",
      `${JSON.stringify(name)} cannot name an event type: it is no XML name without a colon`,
    );
  }
  if (name === "Event") {
    throw new XqbusError("xqbus:illegal-name", '"Event" cannot name an event type: it is the envelope of all events');
  }
}

function readFields(texts: readonly string[]): readonly FieldSpec[] {
  if (texts.length > MAX_FIELDS) {
    throw new XqbusError(
      "xqbus:limit-exceeded",
      `${texts.length} fields are more than the ${MAX_FIELDS} of one event type`,
    );
  }
  const fields = texts.map(parseField);
  const names = new Set<string>();
  for (const { name } of fields) {
    if (names.has(name)) throw new XqbusError("xqbus:illegal-argument", `the field ${name} is given twice`);
    names.add(name);
  }
  return fields;
}

function addField(sequence: XMLBuilder, { name, minOccurs, maxOccurs, type, documentation }: FieldSpec): void {
  const field = child(sequence, "element", {
    name,
    ...(typeof type === "string" ? { type: `xs:${type}` } : {}),
    ...(minOccurs === 1 ? {} : { minOccurs: String(minOccurs) }),
    ...(maxOccurs === 1 ? {} : { maxOccurs }),
  });
  if (documentation !== "") document(field, documentation);
  if (typeof type === "string") return;
  const restriction = child(child(field, "simpleType"), "restriction", { base: "xs:string" });
  for (const value of type) child(restriction, "enumeration", { value });
}

function document(element: XMLBuilder, text: string): void {
  child(child(element, "annotation"), "documentation").txt(text.trim());
}

function child(parent: XMLBuilder, name: string, attributes: Readonly<Record<string, string>> = {}): XMLBuilder {
  return parent.ele(XSD_NAMESPACE, `xs:${name}`, attributes);
}
