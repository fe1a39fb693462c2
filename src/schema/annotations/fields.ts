import type { ExpandedName, XmlElement } from "../../xml/index.ts";
import { ownAnnotations, type OwnAnnotation } from "../model/annotation.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { ComponentSource, ElementDeclaration, Particle, TypeDefinition } from "../model/components.ts";
import { effectiveAttributes, effectiveContent, elementsIn } from "../model/content.ts";
import { layoutOf } from "../shape/layout.ts";
import type { FieldAnnotations } from "./event-annotations.ts";

/** A child element or an attribute of a type, with the annotations that stand at it. */
export interface AnnotatedField {
  readonly name: ExpandedName;
  /** How it is written in a path: its local name, with `@` before an attribute's. */
  readonly step: string;
  readonly type: TypeDefinition;
  /** Whether it may occur more than once. */
  readonly repeats: boolean;
  readonly annotations: FieldAnnotations;
  /** Its declaration. */
  readonly source: ComponentSource;
}

/** Reads the fields of types, each type once. */
export class Fields {
  readonly #table: ComponentTable;
  readonly #fields = new Map<TypeDefinition, readonly AnnotatedField[]>();

  constructor(table: ComponentTable) {
    this.#table = table;
  }

  /** Attributes first, then child elements in the order of the schema, members of substitution groups included. */
  of(type: TypeDefinition): readonly AnnotatedField[] {
    const known = this.#fields.get(type);
    if (known !== undefined) return known;
    const fields = [...this.#attributesOf(type), ...this.#elementsOf(type)];
    this.#fields.set(type, fields);
    return fields;
  }

  /** What is said of an element at its declaration, at its type, and at places that refer to it. */
  annotationsOf(declaration: ElementDeclaration, references: readonly XmlElement[] = []): FieldAnnotations {
    return this.#read([declaration.source.node, ...references], this.#table.typeOfElement(declaration));
  }

  /** Whether a type, or one that it is derived from, says that its values are sensitive. */
  isSensitive(type: TypeDefinition): boolean {
    return this.#withBases(type).some((each) =>
      ownAnnotations(each.source?.node).some(({ name, text }) => name === "sensitive" && text === ""),
    );
  }

  #attributesOf(type: TypeDefinition): readonly AnnotatedField[] {
    if (type.kind === "simpleType") return [];
    return effectiveAttributes(type, this.#table).map(({ declaration: { name, type: use, source } }) => {
      const valueType = this.#table.resolveType(use);
      const annotations = this.#read([source.node], valueType);
      return { name, step: `@${name.localName}`, type: valueType, repeats: false, annotations, source };
    });
  }

  #elementsOf(type: TypeDefinition): readonly AnnotatedField[] {
    const particle = type.kind === "simpleType" ? undefined : effectiveContent(type, this.#table).particle;
    const references = this.#referencesIn(particle);
    return [...layoutOf(particle, this.#table).entries.values()].flatMap(({ declaration, max }) => {
      if (declaration === undefined) return [];
      const { name, source } = declaration;
      const fieldType = this.#table.typeOfElement(declaration);
      const annotations = this.annotationsOf(declaration, references.get(String(name)));
      return { name, step: name.localName, type: fieldType, repeats: max > 1, annotations, source };
    });
  }

  /** The places of a content model, by the name that stands there: what is said at one of several counts for all. */
  #referencesIn(particle: Particle | undefined): ReadonlyMap<string, readonly XmlElement[]> {
    const references = new Map<string, XmlElement[]>();
    for (const { particle: place, declaration } of elementsIn(particle, this.#table)) {
      const node = place.term.source?.node;
      if (node === undefined || node === declaration.source.node) continue;
      const key = String(declaration.name);
      references.set(key, [...(references.get(key) ?? []), node]);
    }
    return references;
  }

  #read(nodes: readonly XmlElement[], type: TypeDefinition): FieldAnnotations {
    const own = nodes.flatMap((node) => ownAnnotations(node));
    const isMarked = (list: readonly OwnAnnotation[], mark: string): boolean =>
      list.some(({ name, text }) => name === mark && text === "");
    const deprecated = [...own, ...ownAnnotations(type.source?.node)].find(({ name }) => name === "deprecated")?.text;
    return {
      ...(isMarked(own, "promote") ? { promote: true } : {}),
      ...(isMarked(own, "orderBy") ? { orderBy: true } : {}),
      ...(isMarked(own, "dedupeKey") ? { dedupeKey: true } : {}),
      ...(isMarked(own, "sensitive") || this.isSensitive(type) ? { sensitive: true } : {}),
      ...(deprecated === undefined ? {} : { deprecated }),
    };
  }

  /** The type and all types that it is made of. */
  #withBases(type: TypeDefinition): readonly TypeDefinition[] {
    return [type, ...this.#basesOf(type).flatMap((each) => this.#withBases(each))];
  }

  #basesOf(type: TypeDefinition): readonly TypeDefinition[] {
    if (type.kind === "complexType") {
      return type.derivation === undefined ? [] : [this.#table.resolveType(type.derivation.base)];
    }
    const { derivation } = type;
    switch (derivation.method) {
      case "builtIn":
        return [];
      case "restriction":
        return [this.#table.resolveType(derivation.base)];
      case "list":
        return [this.#table.resolveType(derivation.item)];
      case "union":
        return derivation.members.map((member) => this.#table.resolveType(member));
    }
  }
}
