import { internName } from "../../xml/index.ts";
import type { ComplexType, SimpleType, TypeDefinition, Wildcard } from "./components.ts";
import { XSD_NAMESPACE } from "./xsd.ts";

/** The built-in simple types of XML Schema 1.0 (part 2, section 3; `anySimpleType` from part 1). */
const SIMPLE_TYPE_NAMES =
  "anySimpleType string boolean decimal float double duration dateTime time date gYearMonth gYear gMonthDay gDay gMonth " +
  "hexBinary base64Binary anyURI QName NOTATION normalizedString token language NMTOKEN NMTOKENS Name NCName ID IDREF " +
  "IDREFS ENTITY ENTITIES integer nonPositiveInteger negativeInteger long int short byte nonNegativeInteger " +
  "unsignedLong unsignedInt unsignedShort unsignedByte positiveInteger";

/** Built-in types that came with XML Schema 1.1. */
export const XSD_11_TYPES: ReadonlySet<string> = new Set([
  "anyAtomicType",
  "dateTimeStamp",
  "dayTimeDuration",
  "yearMonthDuration",
  "error",
]);

const ANYTHING: Wildcard = {
  kind: "wildcard",
  namespaces: "##any",
  targetNamespace: "",
  processContents: "lax",
  source: undefined,
};

const ANY_TYPE: ComplexType = {
  kind: "complexType",
  name: internName(XSD_NAMESPACE, "anyType"),
  isMixed: true,
  isAbstract: false,
  derivation: undefined,
  content: {
    kind: "particles",
    particle: { minOccurs: 0, maxOccurs: Infinity, term: ANYTHING },
  },
  attributes: [],
  attributeWildcard: ANYTHING,
  block: [],
  final: [],
  source: undefined,
};

/** The built-in types by local name, xs:anyType included. */
export const BUILT_IN_TYPES: ReadonlyMap<string, TypeDefinition> = new Map<string, TypeDefinition>([
  ["anyType", ANY_TYPE],
  ...SIMPLE_TYPE_NAMES.split(" ").map((name): [string, SimpleType] => [
    name,
    {
      kind: "simpleType",
      name: internName(XSD_NAMESPACE, name),
      derivation: { method: "builtIn" },
      final: [],
      source: undefined,
    },
  ]),
]);
