import { internName, type ExpandedName } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { ComplexType, ElementDeclaration, Particle, TypeDefinition } from "../model/components.ts";
import { effectiveAttributeWildcard, effectiveAttributes, effectiveContent, wildcardAllows } from "../model/content.ts";
import type { SchemaModel } from "../model/schema-model.ts";
import { XSD_NAMESPACE } from "../model/xsd.ts";
import { arrangeByModel, arrangeByPosition, elementsByPlace } from "./arrangement.ts";
import { WILDCARDS, entryKey, layoutOf, type Layout } from "./layout.ts";
import type { AttributeShape, ElementShape, FieldShape, ObjectShape, Shape, ValueShape } from "./shape.ts";
import { ANY_VALUE, ValueShapes } from "./value-shape.ts";

/** The shapes of the elements and types of one schema, made when they are first asked for. */
export class Shapes {
  readonly #table: ComponentTable;
  readonly #values: ValueShapes;
  readonly #shapes = new Map<TypeDefinition, Shape>();
  readonly #elements = new Map<ElementDeclaration, ElementShape>();
  /** Of an element that nothing is known of. */
  readonly unknown: ElementShape;

  /** @param table a checked one: types derived from themselves would never end */
  constructor(table: ComponentTable) {
    this.#table = table;
    this.#values = new ValueShapes(table);
    const anyType = table.type(ANY_TYPE_NAME);
    this.unknown = anyType === undefined ? SKIPPED : undeclared(this.ofType(anyType));
  }

  /** The shape of a global element. */
  element(name: ExpandedName): ElementShape | undefined {
    const declaration = this.#table.element(name);
    return declaration === undefined ? undefined : this.#elementShape(declaration);
  }

  /** The shape of a global or built-in type. */
  type(name: ExpandedName): Shape | undefined {
    const type = this.#table.type(name);
    return type === undefined ? undefined : this.ofType(type);
  }

  /** The shape of a type. */
  ofType(type: TypeDefinition): Shape {
    const known = this.#shapes.get(type);
    if (known !== undefined) return known;
    const shape = type.kind === "simpleType" ? this.#values.of(type) : this.#complexShape(type);
    this.#shapes.set(type, shape);
    return shape;
  }

  #elementShape(declaration: ElementDeclaration): ElementShape {
    const known = this.#elements.get(declaration);
    if (known !== undefined) return known;
    const shapeOf = (): Shape => this.ofType(this.#table.typeOfElement(declaration));
    const element: ElementShape = {
      isNillable: declaration.isNillable,
      hasDefault: (declaration.default ?? declaration.fixed) !== undefined,
      get shape() {
        return shapeOf();
      },
    };
    this.#elements.set(declaration, element);
    return element;
  }

  #complexShape(type: ComplexType): Shape {
    const { isMixed, particle, text } = effectiveContent(type, this.#table);
    const attributes = this.#attributesOf(type);
    const otherAttributes = effectiveAttributeWildcard(type, this.#table);
    const value = text === undefined ? undefined : this.#values.of(text);
    // Without attributes nothing but the value is left.
    if (value !== undefined && attributes.length === 0 && otherAttributes === undefined) return value;
    const layout = layoutOf(particle, this.#table);
    const fields = this.#fieldsOf(layout);
    const named = new Map(fields.map((field) => [field.name, field]));
    const known = new Map(attributes.map((attribute) => [attribute.name, attribute.value]));
    const byKey = new Map(fields.map((field) => [field.key, field]));
    return {
      kind: "object",
      text: value,
      isMixed,
      form: isMixed || layout.isInterleaved ? "content" : "fields",
      fields: byKey,
      attributes,
      isAny: type.name === ANY_TYPE_NAME,
      isTyped: true,
      allowsOtherElements: layout.wildcards.length > 0,
      allowsOtherAttributes: otherAttributes !== undefined,
      fieldNamed: (name) => named.get(name),
      otherElement: (name) => this.#otherElement(name, layout),
      attributeValue: (name) => known.get(name) ?? this.#otherAttribute(name, otherAttributes?.processContents),
      ...this.#placesOf(particle, layout, byKey),
    };
  }

  #placesOf(
    particle: Particle | undefined,
    layout: Layout,
    fields: ReadonlyMap<string, FieldShape>,
  ): Pick<ObjectShape, "arrange" | "fieldsByPlace"> {
    const { entries, wildcards } = layout;
    const table = this.#table;
    const isAmbiguous = [...fields.values()].some(({ name }) =>
      wildcards.some((wildcard) => wildcardAllows(wildcard, name.namespace)),
    );
    const fieldsByPlace =
      isAmbiguous && particle !== undefined
        ? (children: readonly ExpandedName[]): readonly boolean[] => elementsByPlace(children, particle, table)
        : undefined;
    if (layout.isUnordered || particle === undefined) return { arrange: () => undefined, fieldsByPlace };
    if (layout.isInterleaved || [...entries.values()].some(({ places }) => places > 1)) {
      return { arrange: (children) => arrangeByModel(children, particle, table), fieldsByPlace };
    }
    const others = [...entries.keys()].indexOf(WILDCARDS);
    const last = others < 0 ? entries.size : others;
    return {
      arrange: (children) => arrangeByPosition(children, (key) => fields.get(key)?.position ?? last),
      fieldsByPlace,
    };
  }

  #fieldsOf({ entries }: Layout): readonly FieldShape[] {
    const taken = new Set<string>();
    return [...entries.values()].flatMap(({ declaration, max }, position) => {
      if (declaration === undefined) return [];
      const { name } = declaration;
      const key = taken.has(name.localName) ? entryKey(name) : name.localName;
      taken.add(key);
      const element = this.#elementShape(declaration);
      const { isNillable, hasDefault } = element;
      return {
        isNillable,
        hasDefault,
        get shape() {
          return element.shape;
        },
        name,
        key,
        repeats: max > 1,
        position,
      };
    });
  }

  #attributesOf(type: ComplexType): readonly AttributeShape[] {
    return effectiveAttributes(type, this.#table).map(({ declaration, isRequired }) => {
      const type = this.#table.resolveType(declaration.type);
      const value = type.kind === "simpleType" ? this.#values.of(type) : ANY_VALUE;
      return { name: declaration.name, isRequired, value };
    });
  }

  #otherElement(name: ExpandedName, { wildcards }: Layout): ElementShape {
    const wildcard = wildcards.find((each) => wildcardAllows(each, name.namespace));
    if (wildcard?.processContents === "skip") return SKIPPED;
    return this.element(name) ?? this.unknown;
  }

  #otherAttribute(name: ExpandedName, processContents: string | undefined): ValueShape {
    const declaration = processContents === "skip" ? undefined : this.#table.attribute(name);
    const type = declaration === undefined ? undefined : this.#table.resolveType(declaration.type);
    return type?.kind === "simpleType" ? this.#values.of(type) : ANY_VALUE;
  }
}

/** The shapes of a schema model; made once for each table of components. */
export function shapesOf({ table }: SchemaModel): Shapes {
  let shapes = made.get(table);
  if (shapes === undefined) {
    shapes = new Shapes(table);
    made.set(table, shapes);
  }
  return shapes;
}

const made = new WeakMap<ComponentTable, Shapes>();

const ANY_TYPE_NAME = internName(XSD_NAMESPACE, "anyType");

function undeclared(shape: Shape): ElementShape {
  return { isNillable: true, hasDefault: false, shape };
}

/** What a wildcard that skips lets in, with all that is in it: nothing there has a type. */
const SKIPPED_SHAPE: ObjectShape = {
  kind: "object",
  text: undefined,
  isMixed: true,
  form: "content",
  fields: new Map(),
  attributes: [],
  isAny: true,
  isTyped: false,
  allowsOtherElements: true,
  allowsOtherAttributes: true,
  fieldNamed: () => undefined,
  otherElement: () => SKIPPED,
  attributeValue: () => ANY_VALUE,
  fieldsByPlace: undefined,
  arrange: () => undefined,
};

const SKIPPED: ElementShape = undeclared(SKIPPED_SHAPE);
