import { internName } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { ComplexType, DerivationMethod, ElementDeclaration } from "../model/components.ts";
import { derivationMethods } from "../model/derivation.ts";
import { XSD_NAMESPACE } from "../model/xsd.ts";

/** The derived types of a table, searched once. */
export function derivedTypes(table: ComponentTable): DerivedTypes {
  let known = knownTypes.get(table);
  if (known === undefined) {
    known = new DerivedTypes(table);
    knownTypes.set(table, known);
  }
  return known;
}

const knownTypes = new WeakMap<ComponentTable, DerivedTypes>();

/** The types that `xsi:type` may name in the place of another one. */
export class DerivedTypes {
  readonly #table: ComponentTable;
  readonly #derived = new Map<ComplexType, readonly ComplexType[]>();

  constructor(table: ComponentTable) {
    this.#table = table;
  }

  /** The concrete types derived from a complex type, itself not among them, that an element does not block. */
  for(base: ComplexType, declaration: ElementDeclaration | undefined): readonly ComplexType[] {
    const blocked: readonly DerivationMethod[] = [...base.block, ...(declaration?.block ?? [])];
    return this.#from(base).filter((type) => {
      const methods = derivationMethods(type, base, this.#table);
      return methods !== undefined && !blocked.some((method) => methods.has(method));
    });
  }

  #from(base: ComplexType): readonly ComplexType[] {
    let found = this.#derived.get(base);
    if (found === undefined) {
      // Everything is derived from xs:anyType: that would say nothing about the schema.
      found = base.name?.namespace === XSD_NAMESPACE ? [] : this.#search(base);
      this.#derived.set(base, found);
    }
    return found;
  }

  #search(base: ComplexType): readonly ComplexType[] {
    const namespaces = new Set([...this.#table.elements].map(({ name }) => name.namespace));
    if (base.name !== undefined) namespaces.add(base.name.namespace);
    // A type in no namespace has no qualified name where there is a default namespace.
    namespaces.delete("");
    const names = [...namespaces].flatMap((each) =>
      this.#table.namesOf("type", each).map((localName) => internName(each, localName)),
    );
    return names.flatMap((name) => {
      const type = this.#table.type(name);
      if (type?.kind !== "complexType" || type === base || type.isAbstract) return [];
      return derivationMethods(type, base, this.#table) === undefined ? [] : type;
    });
  }
}
