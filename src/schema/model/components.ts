import type { ExpandedName, XmlElement } from "../../xml/index.ts";

/**
 * The component model: what XSD files declare (XML Schema 1.0 part 1, section 2.2), with names resolved to expanded names
 * but references kept as references, so that files may refer to each other in any order and in circles.
 * {@link ComponentTable} looks references up. Components are read once and never change.
 */

/** Where a component is written: for messages, documentation and annotations. */
export interface ComponentSource {
  /** Absolute path. */
  readonly file: string;
  /** The element of the schema document. */
  readonly node: XmlElement;
}

/** A type, element, group or attribute referred to by name. */
export interface NameReference {
  readonly kind: "reference";
  readonly name: ExpandedName;
}

/** A simple or complex type definition. */
export type TypeDefinition = SimpleType | ComplexType;

/** A type as it is used: by name, or written in place. */
export type TypeUse = NameReference | TypeDefinition;

/** An element declaration (XML Schema 1.0 part 1, section 3.3), global or local. */
export interface ElementDeclaration {
  readonly kind: "element";
  readonly name: ExpandedName;
  /** Undefined for a member of a substitution group that names no type: it has the type of its head. */
  readonly type: TypeUse | undefined;
  readonly isGlobal: boolean;
  readonly isNillable: boolean;
  readonly isAbstract: boolean;
  readonly default: string | undefined;
  readonly fixed: string | undefined;
  /** The head of the substitution group that the element belongs to. */
  readonly substitutionGroup: ExpandedName | undefined;
  readonly identityConstraints: readonly IdentityConstraint[];
  /** What may not stand in its place: substitutes, or types derived in these ways. With `blockDefault`. */
  readonly block: readonly DerivationMethod[];
  /** How its type may not be derived in members of its substitution group. With `finalDefault`. */
  readonly final: readonly DerivationMethod[];
  readonly source: ComponentSource;
}

/** Ways of derivation, and substitution, as `block` and `final` name them; `#all` is written out. */
export type DerivationMethod = "extension" | "restriction" | "substitution" | "list" | "union";

/** A key, reference to a key, or uniqueness (section 3.11). XPaths are as written; prefixes are those of the source's node. */
export interface IdentityConstraint {
  readonly kind: "key" | "keyref" | "unique";
  readonly name: ExpandedName;
  readonly selector: string;
  readonly fields: readonly string[];
  /** The key that a keyref means. */
  readonly refer: ExpandedName | undefined;
  readonly source: ComponentSource;
}

/** An attribute declaration (section 3.2), global or local. */
export interface AttributeDeclaration {
  readonly kind: "attribute";
  readonly name: ExpandedName;
  readonly type: TypeUse;
  readonly default: string | undefined;
  readonly fixed: string | undefined;
  readonly source: ComponentSource;
}

/** An attribute in a complex type or attribute group. */
export interface AttributeUse {
  readonly kind: "attributeUse";
  readonly use: "required" | "optional" | "prohibited";
  /** Of this use; a global declaration that it refers to may have one of its own. */
  readonly default: string | undefined;
  readonly fixed: string | undefined;
  readonly declaration: AttributeDeclaration | NameReference;
  readonly source: ComponentSource;
}

/** The place where an attribute group is used. */
export interface AttributeGroupReference {
  readonly kind: "attributeGroupReference";
  readonly name: ExpandedName;
}

/** A named group of attributes (section 3.6). */
export interface AttributeGroup {
  readonly kind: "attributeGroup";
  readonly name: ExpandedName;
  readonly attributes: readonly (AttributeUse | AttributeGroupReference)[];
  readonly attributeWildcard: Wildcard | undefined;
  readonly source: ComponentSource;
}

/** A facet as written; several `enumeration` and `pattern` facets may stand in one restriction. */
export interface Facet {
  /** The local name of its element: `minInclusive`, `pattern`, … */
  readonly name: string;
  readonly value: string;
  /** Whether derived types must keep the value. */
  readonly isFixed: boolean;
  /** The element of the schema document: prefixes of a QName are those that are in scope there. */
  readonly node: XmlElement;
}

/** A simple type (section 3.14): built-in, or derived in one step from others. */
export interface SimpleType {
  readonly kind: "simpleType";
  readonly name: ExpandedName | undefined;
  readonly derivation: SimpleDerivation;
  /** How it may not be derived from. With `finalDefault`. */
  readonly final: readonly DerivationMethod[];
  /** Undefined for the built-in types. */
  readonly source: ComponentSource | undefined;
}

/** How a simple type is made. */
export type SimpleDerivation =
  | { readonly method: "builtIn" }
  | { readonly method: "restriction"; readonly base: TypeUse; readonly facets: readonly Facet[] }
  | { readonly method: "list"; readonly item: TypeUse }
  | { readonly method: "union"; readonly members: readonly TypeUse[] };

/** A complex type (section 3.4) with what it writes itself; {@link effectiveContent} adds what it takes over. */
export interface ComplexType {
  readonly kind: "complexType";
  readonly name: ExpandedName | undefined;
  readonly isMixed: boolean;
  readonly isAbstract: boolean;
  /** Undefined for a type that is not derived from another one (strictly: a restriction of xs:anyType). */
  readonly derivation: ComplexDerivation | undefined;
  readonly content: ComplexContent;
  readonly attributes: readonly (AttributeUse | AttributeGroupReference)[];
  readonly attributeWildcard: Wildcard | undefined;
  /** How a type that `xsi:type` names in its place may not be derived. With `blockDefault`. */
  readonly block: readonly DerivationMethod[];
  /** How it may not be derived from. With `finalDefault`. */
  readonly final: readonly DerivationMethod[];
  /** Undefined for xs:anyType. */
  readonly source: ComponentSource | undefined;
}

/** From what a complex type is derived. */
export interface ComplexDerivation {
  readonly method: "restriction" | "extension";
  readonly base: NameReference;
}

/** The content a complex type writes itself; an extension adds it to its base's content. */
export type ComplexContent =
  | { readonly kind: "simple"; readonly type: SimpleType | undefined; readonly facets: readonly Facet[] }
  | { readonly kind: "particles"; readonly particle: Particle | undefined };

/** A term of a content model with its occurrence. */
export interface Particle {
  readonly minOccurs: number;
  /** Infinity for `unbounded`. */
  readonly maxOccurs: number;
  readonly term: Term;
}

/** What a particle consists of. */
export type Term = ElementDeclaration | ElementReference | ModelGroup | GroupReference | Wildcard;

/** The place where a global element is used. */
export interface ElementReference {
  readonly kind: "elementReference";
  readonly name: ExpandedName;
  readonly source: ComponentSource;
}

/** A model group (section 3.8). */
export interface ModelGroup {
  readonly kind: "all" | "sequence" | "choice";
  readonly particles: readonly Particle[];
  /** Undefined for the sequence of what a type of our own making inherits. */
  readonly source: ComponentSource | undefined;
}

/** The place where a named group is used. */
export interface GroupReference {
  readonly kind: "groupReference";
  readonly name: ExpandedName;
  readonly source: ComponentSource;
}

/** A wildcard for elements or attributes (section 3.10). */
export interface Wildcard {
  readonly kind: "wildcard";
  /** As written: `##any`, `##other`, or a list of namespaces, `##targetNamespace` and `##local`. */
  readonly namespaces: string;
  readonly targetNamespace: string;
  /** Whether what it admits must be declared and valid, must be valid if it is declared, or is not looked at. */
  readonly processContents: "strict" | "lax" | "skip";
  /** Undefined for those of xs:anyType. */
  readonly source: ComponentSource | undefined;
}

/** A named model group (section 3.7). */
export interface GroupDefinition {
  readonly kind: "group";
  readonly name: ExpandedName;
  readonly particle: Particle | undefined;
  readonly source: ComponentSource;
}

/** Everything that has a name of its own below xs:schema. */
export type GlobalComponent =
  ElementDeclaration | AttributeDeclaration | SimpleType | ComplexType | GroupDefinition | AttributeGroup;
