import type { ComponentTable } from "../model/component-table.ts";
import type {
  AttributeDeclaration,
  ComplexType,
  ElementDeclaration,
  Particle,
  SimpleType,
} from "../model/components.ts";
import {
  effectiveAttributes,
  effectiveAttributeWildcard,
  effectiveContent,
  elementsIn,
  type EffectiveAttribute,
  type EffectiveAttributeWildcard,
} from "../model/content.ts";
import { BUILT_IN_TYPES } from "../model/built-in-types.ts";
import { substitutesOf } from "../model/derivation.ts";
import { compileSimpleType, type SimpleTypeChecker } from "../values/index.ts";

/** A complex type with everything that it takes over, as checking elements needs it. */
export interface ComplexTypeView {
  readonly type: ComplexType;
  readonly isMixed: boolean;
  /** Undefined when there can be no children. */
  readonly particle: Particle | undefined;
  /** For simple content. */
  readonly text: SimpleTypeChecker | undefined;
  /** By name in Clark notation. */
  readonly attributes: ReadonlyMap<string, AttributeView>;
  readonly attributeWildcard: EffectiveAttributeWildcard | undefined;
  /** The elements that can occur somewhere in the content by name, by name in Clark notation. */
  readonly elements: ReadonlyMap<string, ElementDeclaration>;
}

/** An attribute that a type allows, with what checks its value. */
export interface AttributeView extends EffectiveAttribute {
  readonly checker: SimpleTypeChecker;
}

/** The view of a type, made once for each type of a table. */
export function viewOf(type: ComplexType, table: ComponentTable): ComplexTypeView {
  let views = viewsOf.get(table);
  if (views === undefined) {
    views = new WeakMap();
    viewsOf.set(table, views);
  }
  let view = views.get(type);
  if (view === undefined) {
    view = makeView(type, table);
    views.set(type, view);
  }
  return view;
}

/** What checks the value of an attribute. */
export function attributeChecker(declaration: AttributeDeclaration, table: ComponentTable): SimpleTypeChecker {
  const type = table.resolveType(declaration.type);
  return compileSimpleType(type.kind === "simpleType" ? type : ANY_SIMPLE_TYPE, table);
}

const viewsOf = new WeakMap<ComponentTable, WeakMap<ComplexType, ComplexTypeView>>();

const ANY_SIMPLE_TYPE = BUILT_IN_TYPES.get("anySimpleType") as SimpleType;

function makeView(type: ComplexType, table: ComponentTable): ComplexTypeView {
  const { isMixed, particle, text } = effectiveContent(type, table);
  const attributes = effectiveAttributes(type, table).map((attribute): [string, AttributeView] => [
    String(attribute.declaration.name),
    { ...attribute, checker: attributeChecker(attribute.declaration, table) },
  ]);
  return {
    type,
    isMixed,
    particle: canHaveChildren(particle) ? particle : undefined,
    text: text === undefined ? undefined : compileSimpleType(text, table),
    attributes: new Map(attributes),
    attributeWildcard: effectiveAttributeWildcard(type, table),
    elements: namedElements(particle, table),
  };
}

/** Whether the particle is there at all: one without any particle in it, or that must not occur, is as none (section 3.4.2). */
function canHaveChildren(particle: Particle | undefined): boolean {
  if (particle === undefined || particle.maxOccurs === 0) return false;
  const { term } = particle;
  return !("particles" in term) || term.particles.length > 0 || (term.kind === "choice" && particle.minOccurs > 0);
}

function namedElements(particle: Particle | undefined, table: ComponentTable): ReadonlyMap<string, ElementDeclaration> {
  const elements = new Map<string, ElementDeclaration>();
  for (const { declaration } of elementsIn(particle, table)) {
    for (const each of substitutesOf(declaration, table)) {
      if (!elements.has(String(each.name))) elements.set(String(each.name), each);
    }
  }
  return elements;
}
