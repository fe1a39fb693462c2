import { internName } from "../../xml/index.ts";
import { BUILT_IN_TYPES } from "./built-in-types.ts";
import type { ComponentTable } from "./component-table.ts";
import type { DerivationMethod, ElementDeclaration, SimpleType, TypeDefinition } from "./components.ts";
import { XSD_NAMESPACE } from "./xsd.ts";

/**
 * The methods by which a type is derived from another one, step by step (XML Schema 1.0 part 1, section 3.4.6 and 3.14.6);
 * undefined when it is not. A type is derived from itself by no method.
 */
export function derivationMethods(
  type: TypeDefinition,
  base: TypeDefinition,
  table: ComponentTable,
): ReadonlySet<DerivationMethod> | undefined {
  const methods = new Set<DerivationMethod>();
  for (let at: TypeDefinition | undefined = type; at !== undefined; at = baseOf(at, table)) {
    if (at === base || (at.name !== undefined && at.name === base.name)) return methods;
    methods.add(at.kind === "complexType" ? (at.derivation?.method ?? "restriction") : "restriction");
  }
  // What a member of a union allows, the union does.
  if (base.kind !== "simpleType" || base.derivation.method !== "union") return undefined;
  for (const member of base.derivation.members) {
    const found = derivationMethods(type, table.resolveType(member), table);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The elements that may stand in the place of an element, itself first (section 3.3.6, Substitution Group OK): the members of its
 * substitution group, transitively, unless the element or the types between them block it.
 */
export function substitutesOf(head: ElementDeclaration, table: ComponentTable): readonly ElementDeclaration[] {
  if (!head.isGlobal || head.block.includes("substitution")) return [head];
  const headType = table.typeOfElement(head);
  const found = new Set([head]);
  for (const each of found) {
    for (const member of table.substitutesFor(each.name)) {
      found.add(member);
    }
  }
  return [...found].filter((each) => each === head || isUnblocked(table.typeOfElement(each), headType, head, table));
}

function isUnblocked(
  type: TypeDefinition,
  headType: TypeDefinition,
  head: ElementDeclaration,
  table: ComponentTable,
): boolean {
  const methods = derivationMethods(type, headType, table);
  if (methods === undefined) return false;
  const blocked = new Set<DerivationMethod>(head.block);
  for (let at = type === headType ? undefined : baseOf(type, table); at !== undefined; at = baseOf(at, table)) {
    if (at.kind === "complexType") for (const method of at.block) blocked.add(method);
    if (at === headType) break;
  }
  return [...methods].every((method) => !blocked.has(method));
}

/** The type that a type is derived from in one step; undefined for xs:anyType, where all derivation begins. */
export function baseOf(type: TypeDefinition, table: ComponentTable): TypeDefinition | undefined {
  if (type.kind === "complexType") {
    if (type.derivation !== undefined) return table.resolveType(type.derivation.base);
    return type === ANY_TYPE ? undefined : ANY_TYPE;
  }
  if (type.derivation.method === "restriction") return table.resolveType(type.derivation.base);
  if (type === ANY_SIMPLE_TYPE) return ANY_TYPE;
  const builtIn = type.derivation.method === "builtIn" ? BASES[type.name?.localName ?? ""] : undefined;
  return builtIn === undefined ? ANY_SIMPLE_TYPE : table.type(internName(XSD_NAMESPACE, builtIn));
}

const ANY_TYPE = BUILT_IN_TYPES.get("anyType")!;
const ANY_SIMPLE_TYPE = BUILT_IN_TYPES.get("anySimpleType") as SimpleType;

/** The base types of the built-in types that are derived from others (part 2, section 3); the others' is anySimpleType. */
const BASES: Readonly<Record<string, string>> = {
  normalizedString: "string",
  token: "normalizedString",
  language: "token",
  NMTOKEN: "token",
  Name: "token",
  NCName: "Name",
  ID: "NCName",
  IDREF: "NCName",
  ENTITY: "NCName",
  integer: "decimal",
  nonPositiveInteger: "integer",
  negativeInteger: "nonPositiveInteger",
  nonNegativeInteger: "integer",
  positiveInteger: "nonNegativeInteger",
  long: "integer",
  int: "long",
  short: "int",
  byte: "short",
  unsignedLong: "nonNegativeInteger",
  unsignedInt: "unsignedLong",
  unsignedShort: "unsignedInt",
  unsignedByte: "unsignedShort",
};
