import { XqbusError } from "../../errors.ts";
import { assertXmlCharacters, isNCName } from "../../xml/index.ts";
import { nearestName } from "../../nearest-name.ts";

/** A field of an event type that is to be written. */
export interface FieldSpec {
  readonly name: string;
  readonly minOccurs: 0 | 1;
  readonly maxOccurs: 1 | "unbounded";
  /** Local name of a built-in type, or the allowed values. */
  readonly type: string | readonly string[];
  /** Empty when there is none. */
  readonly documentation: string;
}

/** The built-in types that fields may have. */
export const FIELD_TYPES: readonly string[] = [
  ...["string", "normalizedString", "token", "language", "anyURI", "boolean", "decimal", "double", "float"],
  ...["integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger"],
  ...["unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"],
  ...["dateTime", "date", "time", "duration", "gYear", "base64Binary", "hexBinary"],
];

/**
 * Reads a field as it is written on a command line:
 *
 *     Name:type            exactly one, type as in XML Schema: string, integer, dateTime
 *     Name?:type           at most one
 *     Name*:type           any number; Name+:type at least one
 *     Name:busy|idle       one of these values
 *     Name:type=Text       with its documentation
 *
 * @throws XqbusError `xqbus:illegal-argument`, `xqbus:illegal-name`
 */
export function parseField(text: string): FieldSpec {
  const [, name = "", occurs = "", written = "", documentation = ""] = FIELD.exec(text) ?? [];
  if (name === "" || written === "") {
    throw new XqbusError(
      "xqbus:illegal-argument",
      `the field ${JSON.stringify(text)} is not of the form Name:type, Name?:type, Name*:type or Name:one|two`,
    );
  }
  if (!isNCName(name)) {
    throw new XqbusError("xqbus:illegal-name", `the field name ${JSON.stringify(name)} is no XML name without a colon`);
  }
  assertXmlCharacters(text, "the field");
  return {
    name,
    minOccurs: occurs === "?" || occurs === "*" ? 0 : 1,
    maxOccurs: occurs === "*" || occurs === "+" ? "unbounded" : 1,
    type: written.includes("|") ? valuesOf(name, written) : builtInType(name, written),
    documentation: documentation.trim(),
  };
}

const FIELD = /^([^?*+:=]+)([?*+]?):([^=]*)(?:=(.*))?$/s;

function builtInType(field: string, written: string): string {
  const type = written.replace(/^xs:/, "");
  if (FIELD_TYPES.includes(type)) return type;
  const nearest = nearestName(type, FIELD_TYPES);
  const hint = nearest === undefined ? "" : ` (did you mean "${nearest}"?)`;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `the field ${field} has the unknown type "${type}"${hint}; expected ${FIELD_TYPES.join(", ")}, or values with | between them`,
  );
}

function valuesOf(field: string, written: string): readonly string[] {
  const values = written.split("|").map((value) => value.trim());
  if (values.includes("") || new Set(values).size < values.length) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      `the field ${field} has the values "${written}"; expected different values that are not empty`,
    );
  }
  return values;
}
