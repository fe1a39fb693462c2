import type { ComponentTable } from "../model/component-table.ts";
import type {
  AttributeGroupReference,
  AttributeUse,
  ComplexType,
  SimpleType,
  TypeDefinition,
  TypeUse,
} from "../model/components.ts";
import { textType } from "../model/content.ts";
import type { UnitComponents } from "../model/read-components.ts";

/** The types that a schema unit defines, global and written in place. */
export interface DeclaredTypes {
  readonly complex: readonly ComplexType[];
  /** With those that simple content makes by its facets. */
  readonly simple: readonly SimpleType[];
}

/** Finds all types of a unit. The definitions must be free of circles. */
export function declaredTypes(components: UnitComponents, table: ComponentTable): DeclaredTypes {
  const complex = new Set<ComplexType>();
  const simple = new Set<SimpleType>();

  const visit = (use: TypeUse | undefined): void => {
    if (use?.kind === "complexType") visitComplex(use);
    if (use?.kind === "simpleType") visitSimple(use);
  };
  const visitSimple = (type: SimpleType): void => {
    simple.add(type);
    const { derivation } = type;
    if (derivation.method === "restriction") visit(derivation.base);
    if (derivation.method === "list") visit(derivation.item);
    if (derivation.method === "union") derivation.members.forEach(visit);
  };
  const visitComplex = (type: ComplexType): void => {
    complex.add(type);
    visitAttributes(type.attributes);
    if (type.content.kind !== "simple") return;
    visit(type.content.type);
    if (type.content.facets.length === 0) return;
    const text = textType(type, table);
    if (text !== undefined) visitSimple(text);
  };
  const visitAttributes = (uses: readonly (AttributeUse | AttributeGroupReference)[]): void => {
    for (const use of uses) {
      if (use.kind === "attributeUse" && use.declaration.kind === "attribute") visit(use.declaration.type);
    }
  };

  for (const component of components.globals) {
    if (component.kind === "attribute") visit(component.type);
    else if (component.kind === "attributeGroup") visitAttributes(component.attributes);
    else if (isType(component)) visit(component);
  }
  for (const element of components.elements) visit(element.type);
  return { complex: [...complex], simple: [...simple] };
}

function isType(component: { readonly kind: string }): component is TypeDefinition {
  return component.kind === "simpleType" || component.kind === "complexType";
}
