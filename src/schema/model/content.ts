import { sameName, type ExpandedName } from "../../xml/index.ts";
import type { ComponentTable } from "./component-table.ts";
import type {
  AttributeDeclaration,
  AttributeGroupReference,
  AttributeUse,
  ComplexType,
  ComponentSource,
  ElementDeclaration,
  Particle,
  SimpleType,
  TypeDefinition,
  Wildcard,
} from "./components.ts";

/** What a complex type allows in all, with what it takes over from its base types. */
export interface EffectiveContent {
  readonly isMixed: boolean;
  /** The content model of child elements; undefined when there can be none. */
  readonly particle: Particle | undefined;
  /** The type of the text, for simple content. */
  readonly text: SimpleType | undefined;
}

/** An attribute that a complex type allows. */
export interface EffectiveAttribute {
  readonly isRequired: boolean;
  readonly declaration: AttributeDeclaration;
  readonly default: string | undefined;
  readonly fixed: string | undefined;
}

/** The attributes that a complex type allows without naming them. */
export interface EffectiveAttributeWildcard {
  allows(namespace: string): boolean;
  readonly processContents: Wildcard["processContents"];
}

/** The content of a type after derivation (XML Schema 1.0 part 1, section 3.4.2). The types must be free of circles. */
export function effectiveContent(type: ComplexType, table: ComponentTable): EffectiveContent {
  const base = baseOf(type, table);
  if (type.content.kind === "simple") {
    return { isMixed: false, particle: undefined, text: simpleContentType(type, base, table) };
  }
  const own = type.content.particle;
  if (type.derivation?.method !== "extension" || base?.kind !== "complexType") {
    return { isMixed: type.isMixed, particle: own, text: undefined };
  }
  const inherited = effectiveContent(base, table);
  if (inherited.text !== undefined) return inherited;
  const isMixed = own === undefined ? inherited.isMixed || type.isMixed : type.isMixed;
  return { isMixed, particle: inSequence(inherited.particle, own, type.source), text: undefined };
}

/** The attributes of a type after derivation, by the order of their declaration, base types first. */
export function effectiveAttributes(type: ComplexType, table: ComponentTable): readonly EffectiveAttribute[] {
  const attributes = new Map<string, EffectiveAttribute>();
  collectAttributes(type, table, attributes);
  return [...attributes.values()];
}

/**
 * The attribute wildcard of a type (XML Schema 1.0 part 1, section 3.4.2): what its own wildcard and those of its attribute
 * groups allow all together, or, for an extension, the base type's does.
 */
export function effectiveAttributeWildcard(
  type: ComplexType,
  table: ComponentTable,
): EffectiveAttributeWildcard | undefined {
  const own = completeWildcard(type.attributeWildcard, type.attributes, table);
  const base = type.derivation?.method === "extension" ? baseOf(type, table) : undefined;
  const inherited = base?.kind === "complexType" ? effectiveAttributeWildcard(base, table) : undefined;
  if (own === undefined || inherited === undefined) return own ?? inherited;
  return { ...own, allows: (namespace) => own.allows(namespace) || inherited.allows(namespace) };
}

/** The type of the text of an element with this type; undefined when it can have child elements. */
export function textType(type: TypeDefinition, table: ComponentTable): SimpleType | undefined {
  return type.kind === "simpleType" ? type : effectiveContent(type, table).text;
}

/** An element particle of a content model with its declaration. */
export interface ElementParticle {
  readonly particle: Particle;
  readonly declaration: ElementDeclaration;
}

/** The element declarations of a content model, group references followed, in document order. */
export function elementsIn(particle: Particle | undefined, table: ComponentTable): readonly ElementParticle[] {
  if (particle === undefined) return [];
  const { term } = particle;
  switch (term.kind) {
    case "element":
      return [{ particle, declaration: term }];
    case "elementReference": {
      const declaration = table.element(term.name);
      return declaration === undefined ? [] : [{ particle, declaration }];
    }
    case "groupReference":
      return elementsIn(table.group(term.name)?.particle, table);
    case "all":
    case "choice":
    case "sequence":
      return term.particles.flatMap((each) => elementsIn(each, table));
    case "wildcard":
      return [];
  }
}

/** An element and all that may stand in its place: the members of its substitution group, transitively. */
export function withSubstitutes(declaration: ElementDeclaration, table: ComponentTable): readonly ElementDeclaration[] {
  if (!declaration.isGlobal) return [declaration];
  return [declaration, ...table.substitutesFor(declaration.name).flatMap((each) => withSubstitutes(each, table))];
}

/** The declaration that a child of this name has in a content model, if it can occur there by name. */
export function findElement(
  particle: Particle | undefined,
  name: ExpandedName,
  table: ComponentTable,
): ElementDeclaration | undefined {
  for (const { declaration } of elementsIn(particle, table)) {
    const found = withSubstitutes(declaration, table).find((each) => sameName(each.name, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a wildcard allows elements of a namespace (XML Schema 1.0 part 1, section 3.10.4). */
export function wildcardAllows(
  { namespaces, targetNamespace }: Pick<Wildcard, "namespaces" | "targetNamespace">,
  namespace: string,
): boolean {
  if (namespaces === "##any") return true;
  if (namespaces === "##other") return namespace !== "" && namespace !== targetNamespace;
  return namespaces.split(/[ \t\n\r]+/).some((each) => {
    if (each === "##targetNamespace") return namespace === targetNamespace;
    return each === "##local" ? namespace === "" : each === namespace;
  });
}

function baseOf(type: ComplexType, table: ComponentTable): TypeDefinition | undefined {
  return type.derivation === undefined ? undefined : table.resolveType(type.derivation.base);
}

function simpleContentType(
  type: ComplexType,
  base: TypeDefinition | undefined,
  table: ComponentTable,
): SimpleType | undefined {
  const inherited = base === undefined ? undefined : textType(base, table);
  const own = type.content.kind === "simple" ? type.content : undefined;
  const from = own?.type ?? inherited;
  if (from === undefined || own === undefined || own.facets.length === 0) return from;
  const derivation = { method: "restriction" as const, base: from, facets: own.facets };
  return { kind: "simpleType", name: undefined, derivation, final: [], source: type.source };
}

function inSequence(
  first: Particle | undefined,
  second: Particle | undefined,
  source: ComponentSource | undefined,
): Particle | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return { minOccurs: 1, maxOccurs: 1, term: { kind: "sequence", particles: [first, second], source } };
}

function collectAttributes(type: ComplexType, table: ComponentTable, into: Map<string, EffectiveAttribute>): void {
  const base = baseOf(type, table);
  if (base?.kind === "complexType") collectAttributes(base, table, into);
  collectAttributeUses(type.attributes, table, into);
}

function collectAttributeUses(
  uses: readonly (AttributeUse | AttributeGroupReference)[],
  table: ComponentTable,
  into: Map<string, EffectiveAttribute>,
): void {
  for (const each of uses) {
    if (each.kind === "attributeGroupReference") {
      // Only a restriction itself can prohibit what it inherits; in a group the word says nothing.
      const inGroup = table.attributeGroup(each.name)?.attributes ?? [];
      collectAttributeUses(
        inGroup.filter((use) => use.kind !== "attributeUse" || use.use !== "prohibited"),
        table,
        into,
      );
      continue;
    }
    const declaration = table.resolveAttribute(each.declaration);
    if (declaration === undefined) continue;
    const key = String(declaration.name);
    if (each.use === "prohibited") {
      into.delete(key);
      continue;
    }
    // A value constraint of the use hides the declaration's.
    const { default: ifAbsent, fixed } = (each.default ?? each.fixed) === undefined ? declaration : each;
    into.set(key, { isRequired: each.use === "required", declaration, default: ifAbsent, fixed });
  }
}

function completeWildcard(
  own: Wildcard | undefined,
  uses: readonly (AttributeUse | AttributeGroupReference)[],
  table: ComponentTable,
): EffectiveAttributeWildcard | undefined {
  const all = [own, ...wildcardsOfGroups(uses, table)].filter((each) => each !== undefined);
  const [first] = all;
  if (first === undefined) return undefined;
  return {
    allows: (namespace) => all.every((each) => wildcardAllows(each, namespace)),
    processContents: first.processContents,
  };
}

function wildcardsOfGroups(
  uses: readonly (AttributeUse | AttributeGroupReference)[],
  table: ComponentTable,
): readonly (Wildcard | undefined)[] {
  return uses.flatMap((each) => {
    const group = each.kind === "attributeGroupReference" ? table.attributeGroup(each.name) : undefined;
    return group === undefined ? [] : [group.attributeWildcard, ...wildcardsOfGroups(group.attributes, table)];
  });
}
