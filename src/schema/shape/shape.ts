import type { ExpandedName } from "../../xml/index.ts";

/**
 * Shapes: how the content of elements is laid out as plain objects and in JSON, as the schema decides it. `docs/json.md` is the
 * mapping in words.
 */

/** The content of an element: a value, or an object. */
export type Shape = ValueShape | ObjectShape;

/** The value of a simple type. */
export type ValueShape = AtomicShape | ListShape | UnionShape;

/**
 * What a value of an atomic type is in an object:
 * - `text`: a string, white space as the type wants it
 * - `lexical`: a string in the lexical form of the type, without white space around it: decimals, dates, binary data, …
 * - `integer`: a number; the type has less than 53 bits
 * - `float`: a number, or one of the strings `INF`, `-INF`, `NaN`
 * - `boolean`: a boolean
 * - `qname`: a string `Q{namespace}local`
 */
export type AtomicForm = "text" | "lexical" | "integer" | "float" | "boolean" | "qname";

/** A value of an atomic type. */
export interface AtomicShape {
  readonly kind: "atomic";
  readonly form: AtomicForm;
  /** Local name of the built-in type it derives from: `decimal`, `int`, … */
  readonly builtIn: string;
  /** What becomes of white space before the type sees the text (XML Schema 1.0 part 2, section 4.3.6). */
  readonly whiteSpace: "preserve" | "replace" | "collapse";
}

/** An array of values. */
export interface ListShape {
  readonly kind: "list";
  readonly item: ValueShape;
}

/** A value of one of several types: the first one that gives the text back unchanged, else a string. */
export interface UnionShape {
  readonly kind: "union";
  readonly members: readonly ValueShape[];
}

/** An element with what its declaration says. */
export interface ElementShape {
  readonly isNillable: boolean;
  /** Whether an empty element stands for a default or fixed value. */
  readonly hasDefault: boolean;
  /** Made when somebody asks: a type may contain itself. */
  readonly shape: Shape;
}

/** A child element that a type names. */
export interface FieldShape extends ElementShape {
  readonly name: ExpandedName;
  /** Property name: the local name; `Q{namespace}local` for a namesake of an earlier field. */
  readonly key: string;
  /** Whether it may occur more than once, so that its property is an array. */
  readonly repeats: boolean;
  /** Place among the fields of the type. */
  readonly position: number;
}

/** An attribute that a type names. */
export interface AttributeShape {
  readonly name: ExpandedName;
  readonly isRequired: boolean;
  readonly value: ValueShape;
}

/** The content of an element with attributes or child elements. */
export interface ObjectShape {
  readonly kind: "object";
  /** The value of the text, for simple content. */
  readonly text: ValueShape | undefined;
  readonly isMixed: boolean;
  /**
   * Where child elements go: into properties (`fields`), or into one array in document order (`content`), which text between
   * them or repeated groups need.
   */
  readonly form: "fields" | "content";
  /** By property name, in the order of the schema. */
  readonly fields: ReadonlyMap<string, FieldShape>;
  readonly attributes: readonly AttributeShape[];
  /** Whether the type says nothing about its content (xs:anyType): a mere text is then a string. */
  readonly isAny: boolean;
  /** Whether a type that `xsi:type` names, and declarations of elements below, count here. */
  readonly isTyped: boolean;
  readonly allowsOtherElements: boolean;
  readonly allowsOtherAttributes: boolean;
  /** The field with this name. */
  fieldNamed(name: ExpandedName): FieldShape | undefined;
  /** The shape of a child element that the type does not name: by its global declaration where the wildcard says so. */
  otherElement(name: ExpandedName): ElementShape;
  /** The value of an attribute with this name, whether the type names it or not. */
  attributeValue(name: ExpandedName): ValueShape;
  /** Tells which children are fields; undefined when their names alone tell. */
  readonly fieldsByPlace: ((children: readonly ExpandedName[]) => readonly boolean[]) | undefined;
  /**
   * Puts children into an order that the schema allows, if it can be found.
   *
   * @returns the indexes of the children in the new order, undefined when they can stay as they are; those with equal keys
   *   keep their order
   */
  arrange(children: readonly NamedChild[]): readonly number[] | undefined;
}

/** A child element that needs a place. */
export interface NamedChild {
  readonly name: ExpandedName;
  /** Its property, {@link OTHER_ELEMENTS} for one that the type does not name. */
  readonly key: string;
}

/** Stands for the elements that a type allows without naming them; also the property that holds them. */
export const OTHER_ELEMENTS = "#any";
