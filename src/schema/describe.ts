import type { ExpandedName } from "../xml/index.ts";
import type {
  AttributeDescription,
  ComplexTypeDescription,
  EventDescription,
  FieldDescription,
  SimpleTypeDescription,
  TypeDescription,
} from "./event-description.ts";
import type { SchemaAnnotations } from "./annotations/annotations-of.ts";
import type { Fields } from "./annotations/fields.ts";
import { documentationOf } from "./model/annotation.ts";
import type { ComponentTable } from "./model/component-table.ts";
import type { ComplexType, ElementDeclaration, Particle, SimpleType, TypeDefinition } from "./model/components.ts";
import { effectiveAttributes, effectiveContent } from "./model/content.ts";
import { outlineOf } from "./model/simple-type.ts";
import { XSD_NAMESPACE } from "./model/xsd.ts";

/** Describes the event type of a global element declaration. Every type is described once and shared. */
export function describeEvent(
  declaration: ElementDeclaration,
  table: ComponentTable,
  annotations: SchemaAnnotations,
): EventDescription {
  const type = table.typeOfElement(declaration);
  const { node, file } = declaration.source;
  const own = annotations.event(declaration.name.localName)?.annotations ?? {};
  return {
    name: declaration.name.localName,
    namespace: declaration.name.namespace,
    file,
    documentation: documentationOf(node) || documentationOf(type.source?.node),
    ...(own.module === undefined ? {} : { module: own.module }),
    ...nonEmpty(own),
    type: new TypeDescriber(table, annotations.fields).describeAsComplex(type),
  };
}

class TypeDescriber {
  readonly #table: ComponentTable;
  readonly #fields: Fields;
  /** Undefined while the type is being described. */
  readonly #complex = new Map<ComplexType, ComplexTypeDescription | undefined>();
  readonly #simple = new Map<SimpleType, SimpleTypeDescription>();

  constructor(table: ComponentTable, fields: Fields) {
    this.#table = table;
    this.#fields = fields;
  }

  /** A simple type is described as a complex one that has text only. */
  describeAsComplex(type: TypeDefinition): ComplexTypeDescription {
    if (type.kind === "complexType") return this.#describeComplex(type);
    const text = this.#describeSimple(type);
    return { kind: "complex", content: "simple", mixed: false, attributes: [], fields: [], text };
  }

  #describe(type: TypeDefinition): TypeDescription {
    return type.kind === "simpleType" ? this.#describeSimple(type) : this.#describeComplex(type);
  }

  #describeComplex(type: ComplexType): ComplexTypeDescription {
    const known = this.#complex.get(type);
    if (known !== undefined) return known;
    const name = ownName(type.name);
    if (this.#complex.has(type)) {
      return { kind: "complex", ...name, content: "empty", mixed: false, attributes: [], fields: [], recursive: true };
    }
    this.#complex.set(type, undefined);
    const { isMixed, particle, text } = effectiveContent(type, this.#table);
    const annotations = new Map(this.#fields.of(type).map((each) => [`${each.step} ${each.name.namespace}`, each]));
    const annotated = <T extends FieldDescription | AttributeDescription>(step: string, description: T): T => ({
      ...description,
      ...nonEmpty(annotations.get(`${step} ${description.namespace}`)?.annotations ?? {}),
    });
    const fields = particle === undefined ? [] : this.#fieldsOf(particle, 1, 1);
    const description: ComplexTypeDescription = {
      kind: "complex",
      ...name,
      content: text === undefined ? this.#contentOf(particle) : "simple",
      mixed: isMixed,
      attributes: this.#attributesOf(type).map((each) => annotated(`@${each.name}`, each)),
      fields: fields.map((each) => annotated(each.name, each)),
      ...(text === undefined ? {} : { text: this.#describeSimple(text) }),
    };
    this.#complex.set(type, description);
    return description;
  }

  #contentOf(particle: Particle | undefined): ComplexTypeDescription["content"] {
    const term = particle?.term;
    switch (term?.kind) {
      case undefined:
        return "empty";
      case "groupReference":
        return this.#contentOf(this.#table.group(term.name)?.particle);
      case "all":
      case "choice":
      case "sequence":
        return term.particles.length === 0 ? "empty" : term.kind;
      case "element":
      case "elementReference":
      case "wildcard":
        return "sequence";
    }
  }

  /** The fields of a particle that itself occurs `min` to `max` times. */
  #fieldsOf(particle: Particle, min: number, max: number): readonly FieldDescription[] {
    const minOccurs = min * particle.minOccurs;
    if (particle.maxOccurs === 0) return [];
    const maxOccurs = max * particle.maxOccurs;
    const { term } = particle;
    switch (term.kind) {
      case "element":
        return [this.#describeField(term, minOccurs, maxOccurs)];
      case "elementReference": {
        const declaration = this.#table.element(term.name);
        return declaration === undefined ? [] : [this.#describeField(declaration, minOccurs, maxOccurs)];
      }
      case "groupReference": {
        const group = this.#table.group(term.name)?.particle;
        return group === undefined ? [] : this.#fieldsOf(group, minOccurs, maxOccurs);
      }
      case "all":
      case "sequence":
        return term.particles.flatMap((each) => this.#fieldsOf(each, minOccurs, maxOccurs));
      case "choice":
        return term.particles.flatMap((each) =>
          this.#fieldsOf(each, term.particles.length === 1 ? minOccurs : 0, maxOccurs),
        );
      case "wildcard":
        return [];
    }
  }

  #describeField(declaration: ElementDeclaration, minOccurs: number, maxOccurs: number): FieldDescription {
    const type = this.#table.typeOfElement(declaration);
    return {
      name: declaration.name.localName,
      namespace: declaration.name.namespace,
      documentation: documentationOf(declaration.source.node),
      minOccurs,
      maxOccurs: maxOccurs === Infinity ? "unbounded" : maxOccurs,
      nillable: declaration.isNillable,
      type: this.#describe(type),
    };
  }

  #attributesOf(type: ComplexType): readonly AttributeDescription[] {
    return effectiveAttributes(type, this.#table).flatMap(({ declaration, isRequired }) => {
      const value = this.#table.resolveType(declaration.type);
      if (value.kind !== "simpleType") return [];
      return {
        name: declaration.name.localName,
        namespace: declaration.name.namespace,
        required: isRequired,
        type: this.#describeSimple(value),
        documentation: documentationOf(declaration.source.node),
      };
    });
  }

  #describeSimple(type: SimpleType): SimpleTypeDescription {
    const known = this.#simple.get(type);
    if (known !== undefined) return known;
    const { variety, builtIn, enumeration, facets, item, members } = outlineOf(type, this.#table);
    const itemDescription = item === undefined ? undefined : this.#describeSimple(item);
    const description: SimpleTypeDescription = {
      kind: "simple",
      ...ownName(type.name),
      base: itemDescription?.base ?? `xs:${builtIn}`,
      list: variety === "list",
      ...(enumeration === undefined ? {} : { enumeration }),
      facets,
      ...(itemDescription === undefined ? {} : { item: itemDescription }),
      ...(members.length === 0 ? {} : { members: members.map((member) => this.#describeSimple(member)) }),
    };
    this.#simple.set(type, description);
    return description;
  }
}

function nonEmpty<T extends object>(annotations: T): { readonly annotations?: T } {
  return Object.keys(annotations).length === 0 ? {} : { annotations };
}

function ownName(name: ExpandedName | undefined): { readonly name?: string } {
  return name === undefined || name.namespace === XSD_NAMESPACE ? {} : { name: name.localName };
}
