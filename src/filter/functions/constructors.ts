import { internName, type ExpandedName } from "../../xml/index.ts";
import { ANY_ATOMIC, ATOMIC_TYPES, QNAME, type AtomicType } from "../values/atomic-type.ts";
import { cast, type Prefixes } from "../values/cast.ts";
import { LIST_TYPES, castToList, castToNumeric } from "../values/cast-to-special.ts";
import type { AtomicValue, Sequence } from "../values/item.ts";
import { XSD_NAMESPACE } from "../values/namespaces.ts";
import type { SequenceType } from "../values/sequence-type.ts";
import { NUMERIC } from "../values/sequence-type.ts";
import type { FunctionDefinition } from "./function-definition.ts";

const PARAMETERS: readonly SequenceType[] = [{ item: { kind: "atomic", type: ANY_ATOMIC }, occurrence: "?" }];

function nameOf(localName: string): ExpandedName {
  return internName(XSD_NAMESPACE, localName);
}

function constructorOf(
  localName: string,
  result: SequenceType,
  castItem: (value: AtomicValue) => Sequence,
): FunctionDefinition {
  return {
    name: nameOf(localName),
    parameters: PARAMETERS,
    result,
    usesFocus: false,
    call: (_context, [argument]) => {
      const [value] = argument!;
      return value === undefined ? [] : castItem(value as AtomicValue);
    },
  };
}

function atomicConstructor(type: AtomicType): FunctionDefinition {
  const result: SequenceType = { item: { kind: "atomic", type }, occurrence: "?" };
  const definition = constructorOf(type.name, result, (value) => [cast(value, type)]);
  return type === QNAME ? { ...definition, bind: bindQName } : definition;
}

/** `xs:QName("p:local")` knows the prefixes at its place. */
const bindQName: NonNullable<FunctionDefinition["bind"]> = (scope) => {
  const prefixes: Prefixes = (prefix) => (prefix === "" ? scope.defaultElementNamespace : scope.namespaceOf(prefix));
  const result: SequenceType = { item: { kind: "atomic", type: QNAME }, occurrence: "?" };
  return constructorOf(QNAME.name, result, (value) => [cast(value, QNAME, prefixes)]);
};

/** `xs:integer($arg as xs:anyAtomicType?) as xs:integer?` and so on (Functions and Operators 3.1, section 18.1). */
export const CONSTRUCTOR_FUNCTIONS: readonly FunctionDefinition[] = [
  ...[...ATOMIC_TYPES.values()]
    .filter(({ name }) => name !== "anyAtomicType" && name !== "NOTATION")
    .map(atomicConstructor),
  ...[...LIST_TYPES].map(([name, itemType]) =>
    constructorOf(name, { item: { kind: "atomic", type: itemType }, occurrence: "*" }, (value) =>
      castToList(value, itemType),
    ),
  ),
  constructorOf("numeric", { item: NUMERIC, occurrence: "?" }, (value) => [castToNumeric(value)]),
];
