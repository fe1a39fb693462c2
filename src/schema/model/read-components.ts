import { attributeValue, internName, type ExpandedName, type XmlElement } from "../../xml/index.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";
import type {
  AttributeDeclaration,
  AttributeGroupReference,
  AttributeUse,
  ComplexContent,
  ComplexDerivation,
  ComplexType,
  ComponentSource,
  DerivationMethod,
  ElementDeclaration,
  Facet,
  GlobalComponent,
  IdentityConstraint,
  ModelGroup,
  NameReference,
  Particle,
  SimpleDerivation,
  SimpleType,
  Term,
  TypeUse,
  Wildcard,
} from "./components.ts";
import type { SchemaUnit } from "./schema-unit.ts";
import { XSD_NAMESPACE, isTrue, isXsd, namespaceOfQName, splitQName, xsdChild, xsdChildren } from "./xsd.ts";

/** What one schema unit declares and refers to. */
export interface UnitComponents {
  readonly unit: SchemaUnit;
  /** The components below xs:schema, in document order. */
  readonly globals: readonly GlobalComponent[];
  /** All element declarations, global and local. */
  readonly elements: readonly ElementDeclaration[];
  /** All references by name. */
  readonly references: readonly ComponentReference[];
  /** Prefixes that are not declared. */
  readonly problems: readonly SchemaProblem[];
}

/** A place where a component is referred to by name. */
export interface ComponentReference {
  readonly to: "type" | "element" | "attribute" | "group" | "attributeGroup";
  readonly name: ExpandedName;
  /** As written, with its prefix. */
  readonly qname: string;
  readonly node: XmlElement;
}

/**
 * Reads the components of a unit. What does not have the form of a schema is passed over: the engine, which knows the
 * schema for schemas, finds it when it compiles.
 */
export function readComponents(unit: SchemaUnit): UnitComponents {
  return new ComponentReader(unit).read();
}

class ComponentReader {
  readonly #unit: SchemaUnit;
  readonly #elements: ElementDeclaration[] = [];
  readonly #references: ComponentReference[] = [];
  readonly #problems: SchemaProblem[] = [];

  constructor(unit: SchemaUnit) {
    this.#unit = unit;
  }

  read(): UnitComponents {
    const globals = xsdChildren(this.#unit.document.root).flatMap((node) => this.#readGlobal(node) ?? []);
    return {
      unit: this.#unit,
      globals,
      elements: this.#elements,
      references: this.#references,
      problems: this.#problems,
    };
  }

  #readGlobal(node: XmlElement): GlobalComponent | undefined {
    const localName = attributeValue(node, "name")?.trim();
    if (localName === undefined) return undefined;
    const name = internName(this.#unit.namespace, localName);
    switch (node.name.localName) {
      case "element":
        return this.#readElement(node, name, true);
      case "attribute":
        return this.#readAttribute(node, name);
      case "simpleType":
        return this.#readSimpleType(node, name);
      case "complexType":
        return this.#readComplexType(node, name);
      case "group": {
        const model = xsdChild(node, "all", "choice", "sequence");
        const particle = model === undefined ? undefined : this.#readParticle(model);
        return { kind: "group", name, particle, source: this.#source(node) };
      }
      case "attributeGroup": {
        const [attributes, attributeWildcard] = [this.#readAttributes(node), this.#readAttributeWildcard(node)];
        return { kind: "attributeGroup", name, attributes, attributeWildcard, source: this.#source(node) };
      }
      default:
        return undefined;
    }
  }

  #readElement(node: XmlElement, name: ExpandedName, isGlobal: boolean): ElementDeclaration {
    const head = attributeValue(node, "substitutionGroup");
    const declaration: ElementDeclaration = {
      kind: "element",
      name,
      type: this.#typeUse(node, "type") ?? (head === undefined ? ANY_TYPE : undefined),
      isGlobal,
      isNillable: isTrue(attributeValue(node, "nillable")),
      isAbstract: isTrue(attributeValue(node, "abstract")),
      default: attributeValue(node, "default"),
      fixed: attributeValue(node, "fixed"),
      substitutionGroup: head === undefined ? undefined : this.#refer("element", node, head).name,
      identityConstraints: xsdChildren(node, "key", "keyref", "unique").flatMap(
        (each) => this.#readIdentityConstraint(each) ?? [],
      ),
      block: this.#methods(node, "block"),
      final: this.#methods(node, "final"),
      source: this.#source(node),
    };
    this.#elements.push(declaration);
    return declaration;
  }

  #readIdentityConstraint(node: XmlElement): IdentityConstraint | undefined {
    const name = attributeValue(node, "name")?.trim();
    const selector = xsdChild(node, "selector");
    if (name === undefined || selector === undefined) return undefined;
    const refer = attributeValue(node, "refer");
    return {
      kind: node.name.localName as IdentityConstraint["kind"],
      name: internName(this.#unit.namespace, name),
      selector: attributeValue(selector, "xpath") ?? "",
      fields: xsdChildren(node, "field").map((field) => attributeValue(field, "xpath") ?? ""),
      refer: refer === undefined ? undefined : this.#expand(node, refer.trim()),
      source: this.#source(node),
    };
  }

  /** The value of `block` or `final`, or of its default for the whole document. */
  #methods(node: XmlElement, attribute: "block" | "final"): readonly DerivationMethod[] {
    const written =
      attributeValue(node, attribute) ?? attributeValue(this.#unit.document.root, `${attribute}Default`) ?? "";
    const words = written.split(WHITE_SPACE);
    return DERIVATION_METHODS.filter((method) => words.includes(method) || words.includes("#all"));
  }

  #readAttribute(node: XmlElement, name: ExpandedName): AttributeDeclaration {
    const type = this.#typeUse(node, "type") ?? ANY_SIMPLE_TYPE;
    const [ifAbsent, fixed] = [attributeValue(node, "default"), attributeValue(node, "fixed")];
    return { kind: "attribute", name, type, default: ifAbsent, fixed, source: this.#source(node) };
  }

  #readSimpleType(node: XmlElement, name?: ExpandedName): SimpleType {
    const derivation = this.#readSimpleDerivation(node);
    return { kind: "simpleType", name, derivation, final: this.#methods(node, "final"), source: this.#source(node) };
  }

  #readSimpleDerivation(node: XmlElement): SimpleDerivation {
    const list = xsdChild(node, "list");
    if (list !== undefined) return { method: "list", item: this.#typeUse(list, "itemType") ?? ANY_SIMPLE_TYPE };
    const union = xsdChild(node, "union");
    if (union !== undefined) return { method: "union", members: this.#readMembers(union) };
    const restriction = xsdChild(node, "restriction");
    if (restriction === undefined) return { method: "restriction", base: ANY_SIMPLE_TYPE, facets: [] };
    const base = this.#typeUse(restriction, "base") ?? ANY_SIMPLE_TYPE;
    return { method: "restriction", base, facets: readFacets(restriction) };
  }

  #readMembers(union: XmlElement): readonly TypeUse[] {
    const named = attributeValue(union, "memberTypes")?.split(WHITE_SPACE).filter(Boolean) ?? [];
    return [
      ...named.map((qname) => this.#refer("type", union, qname)),
      ...xsdChildren(union, "simpleType").map((type) => this.#readSimpleType(type)),
    ];
  }

  #readComplexType(node: XmlElement, name?: ExpandedName): ComplexType {
    const wrapper = xsdChild(node, "simpleContent", "complexContent");
    const step = wrapper === undefined ? undefined : xsdChild(wrapper, "restriction", "extension");
    const body = step ?? node;
    const mixed =
      (wrapper === undefined ? undefined : attributeValue(wrapper, "mixed")) ?? attributeValue(node, "mixed");
    return {
      kind: "complexType",
      name,
      isMixed: isTrue(mixed),
      isAbstract: isTrue(attributeValue(node, "abstract")),
      derivation: step === undefined ? undefined : this.#readDerivation(step),
      content: this.#readContent(wrapper, body),
      attributes: this.#readAttributes(body),
      attributeWildcard: this.#readAttributeWildcard(body),
      block: this.#methods(node, "block"),
      final: this.#methods(node, "final"),
      source: this.#source(node),
    };
  }

  #readDerivation(step: XmlElement): ComplexDerivation | undefined {
    const base = attributeValue(step, "base");
    if (base === undefined) return undefined;
    return { method: isXsd(step, "extension") ? "extension" : "restriction", base: this.#refer("type", step, base) };
  }

  #readContent(wrapper: XmlElement | undefined, body: XmlElement): ComplexContent {
    if (wrapper !== undefined && isXsd(wrapper, "simpleContent")) {
      const inline = xsdChild(body, "simpleType");
      const type = inline === undefined ? undefined : this.#readSimpleType(inline);
      return { kind: "simple", type, facets: readFacets(body) };
    }
    const model = xsdChild(body, "group", "all", "choice", "sequence");
    return { kind: "particles", particle: model === undefined ? undefined : this.#readParticle(model) };
  }

  #readParticle(node: XmlElement): Particle | undefined {
    const term = this.#readTerm(node);
    if (term === undefined) return undefined;
    const minOccurs = Number(attributeValue(node, "minOccurs") ?? 1);
    const maxOccurs = attributeValue(node, "maxOccurs")?.trim() ?? "1";
    return { minOccurs, maxOccurs: maxOccurs === "unbounded" ? Infinity : Number(maxOccurs), term };
  }

  #readTerm(node: XmlElement): Term | undefined {
    switch (node.name.localName) {
      case "element":
        return this.#readElementTerm(node);
      case "all":
      case "choice":
      case "sequence":
        return this.#readModelGroup(node, node.name.localName);
      case "group": {
        const ref = attributeValue(node, "ref");
        if (ref === undefined) return undefined;
        return { kind: "groupReference", name: this.#refer("group", node, ref).name, source: this.#source(node) };
      }
      case "any":
        return this.#readWildcard(node);
      default:
        return undefined;
    }
  }

  #readWildcard(node: XmlElement): Wildcard {
    const written = attributeValue(node, "processContents")?.trim();
    return {
      kind: "wildcard",
      namespaces: attributeValue(node, "namespace")?.trim() ?? "##any",
      targetNamespace: this.#unit.namespace,
      processContents: written === "lax" || written === "skip" ? written : "strict",
      source: this.#source(node),
    };
  }

  #readAttributeWildcard(body: XmlElement): Wildcard | undefined {
    const node = xsdChild(body, "anyAttribute");
    return node === undefined ? undefined : this.#readWildcard(node);
  }

  #readElementTerm(node: XmlElement): Term | undefined {
    const ref = attributeValue(node, "ref");
    if (ref !== undefined) {
      return { kind: "elementReference", name: this.#refer("element", node, ref).name, source: this.#source(node) };
    }
    const name = this.#localName(node, "elementFormDefault");
    return name === undefined ? undefined : this.#readElement(node, name, false);
  }

  #readModelGroup(node: XmlElement, kind: ModelGroup["kind"]): ModelGroup {
    const particles = xsdChildren(node).flatMap((child) => this.#readParticle(child) ?? []);
    return { kind, particles, source: this.#source(node) };
  }

  #readAttributes(body: XmlElement): readonly (AttributeUse | AttributeGroupReference)[] {
    return xsdChildren(body, "attribute", "attributeGroup").flatMap((node) => {
      if (isXsd(node, "attribute")) return this.#readAttributeUse(node) ?? [];
      const ref = attributeValue(node, "ref");
      if (ref === undefined) return [];
      return { kind: "attributeGroupReference" as const, name: this.#refer("attributeGroup", node, ref).name };
    });
  }

  #readAttributeUse(node: XmlElement): AttributeUse | undefined {
    const written = attributeValue(node, "use")?.trim();
    const use = written === "required" || written === "prohibited" ? written : "optional";
    const ref = attributeValue(node, "ref");
    const name = ref === undefined ? this.#localName(node, "attributeFormDefault") : undefined;
    if (ref === undefined && name === undefined) return undefined;
    const declaration =
      name === undefined ? this.#refer("attribute", node, ref ?? "") : this.#readAttribute(node, name);
    const [ifAbsent, fixed] = [attributeValue(node, "default"), attributeValue(node, "fixed")];
    return { kind: "attributeUse", use, declaration, default: ifAbsent, fixed, source: this.#source(node) };
  }

  /** The name of a local declaration: in the target namespace only when its form is `qualified`. */
  #localName(node: XmlElement, formDefault: string): ExpandedName | undefined {
    const localName = attributeValue(node, "name")?.trim();
    if (localName === undefined) return undefined;
    const form = attributeValue(node, "form") ?? attributeValue(this.#unit.document.root, formDefault);
    return internName(form?.trim() === "qualified" ? this.#unit.namespace : "", localName);
  }

  /** The type that an attribute of the schema document names, or that is written in place. */
  #typeUse(node: XmlElement, attribute: string): TypeUse | undefined {
    const qname = attributeValue(node, attribute);
    if (qname !== undefined) return this.#refer("type", node, qname);
    const inline = xsdChild(node, "simpleType", "complexType");
    if (inline === undefined) return undefined;
    return isXsd(inline, "simpleType") ? this.#readSimpleType(inline) : this.#readComplexType(inline);
  }

  #refer(to: ComponentReference["to"], node: XmlElement, written: string): NameReference {
    const qname = written.trim();
    const name = this.#expand(node, qname);
    if (name !== undefined) this.#references.push({ to, name, qname, node });
    return { kind: "reference", name: name ?? internName("", splitQName(qname).localName) };
  }

  /** The expanded name; undefined, and a problem, when the prefix is not declared. */
  #expand(node: XmlElement, qname: string): ExpandedName | undefined {
    const { prefix, localName } = splitQName(qname);
    const namespace = namespaceOfQName(node, qname);
    if (namespace === undefined) {
      const message = `the prefix "${prefix}" of "${qname}" is not declared; add xmlns:${prefix}="…"`;
      this.#problems.push(problemAt(this.#unit.document.file, node, message));
      return undefined;
    }
    const isChameleon = this.#unit.document.targetNamespace === undefined;
    return internName(namespace === "" && isChameleon ? this.#unit.namespace : namespace, localName);
  }

  #source(node: XmlElement): ComponentSource {
    return { file: this.#unit.document.file, node };
  }
}

function readFacets(restriction: XmlElement): readonly Facet[] {
  return xsdChildren(restriction).flatMap((node) => {
    const value = attributeValue(node, "value");
    if (value === undefined) return [];
    return { name: node.name.localName, value, isFixed: isTrue(attributeValue(node, "fixed")), node };
  });
}

const DERIVATION_METHODS: readonly DerivationMethod[] = ["extension", "restriction", "substitution", "list", "union"];

const WHITE_SPACE = /[ \t\n\r]+/;

const ANY_TYPE: NameReference = { kind: "reference", name: internName(XSD_NAMESPACE, "anyType") };
const ANY_SIMPLE_TYPE: NameReference = { kind: "reference", name: internName(XSD_NAMESPACE, "anySimpleType") };
