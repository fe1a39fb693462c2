import { XML_NAMESPACE, type ExpandedName } from "../../xml/index.ts";
import { documentationWithTags } from "./documentation-with-tags.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { ComplexType, ElementDeclaration, TypeDefinition } from "../model/components.ts";
import { effectiveAttributes, effectiveContent } from "../model/content.ts";
import type { FieldShape, ObjectShape } from "../shape/shape.ts";
import { OTHER_ELEMENTS } from "../shape/shape.ts";
import type { Shapes } from "../shape/shapes.ts";
import { simpleChoice } from "./simple-choice.ts";
import { childOccurrences, type ChildOccurrences } from "./child-occurrences.ts";
import { docComment } from "./doc-comment.ts";
import { TypeNames, propertyName } from "./type-names.ts";
import { VALUE_ALIASES, ValueTypes, arrayOf, unionOf, type Alternatives } from "./value-types.ts";

/** A property of an object type. */
interface Property {
  readonly key: string;
  readonly type: string;
  readonly isOptional: boolean;
  readonly documentation: string;
}

/** The names under which a complex type is declared. */
interface Declared {
  readonly name: string;
  /** Of the type that gives as properties what is read in document order. */
  readonly fieldsName: string | undefined;
}

/** Any object with elements that the schema does not name. */
const OTHERS = "{ readonly [name: string]: unknown }";

/** Writes complex types as declarations of TypeScript, each once, and elements as types. */
export class ObjectTypes {
  readonly #table: ComponentTable;
  readonly #shapes: Shapes;
  readonly #names = new TypeNames(Object.keys(VALUE_ALIASES));
  readonly #values: ValueTypes;
  readonly #declared = new Map<ComplexType, Declared>();
  readonly #declarations = new Map<string, string>();

  /** @param first types that get their names as they are, where others have the same */
  constructor(table: ComponentTable, shapes: Shapes, first: readonly TypeDefinition[]) {
    this.#table = table;
    this.#shapes = shapes;
    for (const type of first) this.#names.of(type, "");
    this.#values = new ValueTypes(table, this.#names);
  }

  /** All declarations that the types asked for so far need. */
  get declarations(): readonly string[] {
    return [...this.#declarations.values(), ...this.#values.declarations];
  }

  /**
   * What an element is when it is read.
   *
   * @param owner name of the type that the element stands in, for the name of a type that has none
   */
  ofElement(declaration: ElementDeclaration, owner: string): Alternatives {
    const type = this.#table.typeOfElement(declaration);
    if (type.kind === "simpleType") return withSpecialForms(this.#values.of(type), declaration, false);
    const shape = this.#shapes.ofType(type);
    if (shape.kind !== "object") {
      const { text } = effectiveContent(type, this.#table);
      return withSpecialForms(text === undefined ? ["unknown"] : this.#values.of(text), declaration, false);
    }
    if (shape.isAny) return ["unknown"];
    const proposed = declaration.isGlobal ? declaration.name.localName : owner + declaration.name.localName;
    const { name } = this.declare(type, shape, proposed);
    return withSpecialForms([name], declaration, shape.attributes.length > 0 || shape.allowsOtherAttributes);
  }

  /** What the maker takes for an element besides what is read: its fields, where they are read in document order. */
  fieldsOfElement(declaration: ElementDeclaration): Alternatives {
    const type = this.#table.typeOfElement(declaration);
    const name = type.kind === "complexType" ? this.#declared.get(type)?.fieldsName : undefined;
    return name === undefined ? [] : [name];
  }

  /** Declares a complex type under its own name, or the one that is proposed. */
  declare(type: ComplexType, shape: ObjectShape, proposed: string): Declared {
    const known = this.#declared.get(type);
    if (known !== undefined) return known;
    const name = this.#names.of(type, proposed);
    const isInOrder = shape.form === "content" && shape.fields.size > 0;
    const fieldsName = isInOrder ? this.#names.take(`${name}Fields`) : undefined;
    const declared = { name, fieldsName };
    this.#declared.set(type, declared);
    // Takes the place of the declaration before those of the types in it.
    this.#declarations.set(name, "");
    const comment = docComment(documentationWithTags(type.source?.node), "");
    const attributes = this.#attributesOf(type);
    const { particle } = effectiveContent(type, this.#table);
    const occurrences = childOccurrences(particle, this.#table);
    if (shape.form === "content") {
      const content = [...attributes, this.#contentOf(shape, occurrences, name)];
      this.#declarations.set(name, `${comment}export interface ${name} ${objectText(content, shape)}\n`);
      if (fieldsName !== undefined) {
        const fields = [...attributes, ...this.#fieldsOf([...shape.fields.values()], occurrences, name)];
        const about = docComment(`The fields of ${name} for the EventMaker, where no text stands between them.`, "");
        this.#declarations.set(fieldsName, `${about}export interface ${fieldsName} ${objectText(fields, shape)}\n`);
      }
      return declared;
    }
    const choice = simpleChoice(particle, this.#table);
    const chosen = new Set(choice.flatMap((each) => [...each.keys()]));
    const [inChoice, common] = partition([...shape.fields.values()], (field) => chosen.has(String(field.name)));
    const properties = [
      ...attributes,
      ...this.#fieldsOf(common, occurrences, name),
      ...this.#othersOf(shape),
      ...this.#textOf(type, shape),
    ];
    const unions = choice.map((each) => objectText(this.#alternativeOf(inChoice, each, name), undefined));
    this.#declarations.set(name, comment + declarationText(name, properties, shape, unions));
    return declared;
  }

  #attributesOf(type: ComplexType): readonly Property[] {
    return effectiveAttributes(type, this.#table).map(({ declaration, isRequired }) => {
      const value = this.#table.resolveType(declaration.type);
      return {
        key: attributeProperty(declaration.name),
        type: value.kind === "simpleType" ? unionOf(this.#values.of(value)) : "string",
        isOptional: !isRequired,
        documentation: documentationWithTags(declaration.source.node),
      };
    });
  }

  #fieldsOf(fields: readonly FieldShape[], occurrences: ChildOccurrences, owner: string): readonly Property[] {
    return fields.flatMap(({ key, name, repeats }) => {
      const occurrence = occurrences.get(String(name));
      if (occurrence === undefined) return [];
      const { declaration, min } = occurrence;
      const type = this.ofElement(declaration, owner);
      return {
        key,
        type: repeats ? arrayOf(type) : unionOf(type),
        isOptional: min === 0,
        documentation: documentationWithTags(declaration.source.node),
      };
    });
  }

  /** The fields of one alternative, and that those of the others are not there. */
  #alternativeOf(fields: readonly FieldShape[], alternative: ChildOccurrences, owner: string): readonly Property[] {
    const [own, others] = partition(fields, ({ name }) => alternative.has(String(name)));
    const absent = others.map(({ key }) => ({ key, type: "never", isOptional: true, documentation: "" }));
    return [...this.#fieldsOf(own, alternative, owner), ...absent];
  }

  #contentOf(shape: ObjectShape, occurrences: ChildOccurrences, owner: string): Property {
    const once = [...shape.fields.values()].map((field) => ({ ...field, repeats: false, shape: field.shape }));
    const items = this.#fieldsOf(once, occurrences, owner).map(
      ({ key, type }) => `{ readonly ${propertyName(key)}: ${type} }`,
    );
    if (shape.isMixed) items.unshift("string");
    if (shape.allowsOtherElements) items.push(OTHERS);
    return { key: "#content", type: arrayOf(items), isOptional: false, documentation: "In document order." };
  }

  #othersOf({ allowsOtherElements }: ObjectShape): readonly Property[] {
    if (!allowsOtherElements) return [];
    const documentation = "Elements that the schema does not name.";
    return [{ key: OTHER_ELEMENTS, type: arrayOf([OTHERS]), isOptional: true, documentation }];
  }

  #textOf(type: ComplexType, shape: ObjectShape): readonly Property[] {
    const { text } = effectiveContent(type, this.#table);
    if (text === undefined || shape.text === undefined) return [];
    return [{ key: "#text", type: unionOf(this.#values.of(text)), isOptional: false, documentation: "" }];
  }
}

/** An attribute as the property that it is read as: `@unit`, `@xml:lang`, `@Q{urn:x}unit`. */
function attributeProperty({ namespace, localName }: ExpandedName): string {
  if (namespace === "") return `@${localName}`;
  return namespace === XML_NAMESPACE ? `@xml:${localName}` : `@Q{${namespace}}${localName}`;
}

/** With what stands for nil, and for an empty element that means its default. */
function withSpecialForms(type: Alternatives, declaration: ElementDeclaration, hasAttributes: boolean): Alternatives {
  const withAttributes = '{ readonly "#nil": true; readonly [attribute: `@${string}`]: unknown }';
  return [
    ...type,
    ...((declaration.default ?? declaration.fixed) === undefined || hasAttributes ? [] : ['""']),
    ...(declaration.isNillable ? ["null", ...(hasAttributes ? [withAttributes] : [])] : []),
  ];
}

function declarationText(
  name: string,
  properties: readonly Property[],
  shape: ObjectShape,
  alternatives: readonly string[],
): string {
  if (alternatives.length === 0) return `export interface ${name} ${objectText(properties, shape)}\n`;
  const union = alternatives.join(" | ");
  if (properties.length === 0 && !shape.allowsOtherAttributes) return `export type ${name} = ${union};\n`;
  return `export type ${name} = ${objectText(properties, shape)} & (${union});\n`;
}

/** @param shape of the whole object; undefined for a part of it */
function objectText(properties: readonly Property[], shape: ObjectShape | undefined): string {
  const lines = properties.map(
    ({ key, type, isOptional, documentation }) =>
      `${docComment(documentation, "  ")}  readonly ${propertyName(key)}${isOptional ? "?" : ""}: ${type};\n`,
  );
  if (shape?.allowsOtherAttributes === true) lines.push("  readonly [attribute: `@${string}`]: unknown;\n");
  // An interface without properties would be anything but null.
  if (lines.length === 0) lines.push('  readonly "#text"?: never;\n');
  return `{\n${lines.join("")}}`;
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): readonly [yes: T[], no: T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
