import type { EventAnnotations, FieldAnnotations } from "./annotations/event-annotations.ts";

/** What the catalog knows about one event type, for readers, forms and generators. */
export interface EventDescription {
  /** Local name of the event element. */
  readonly name: string;
  readonly namespace: string;
  /** Absolute path of the file that declares it. */
  readonly file: string;
  /** The text of xs:documentation at the element or else at its type; empty when there is none. */
  readonly documentation: string;
  /** The part of a system that sends it: `<x:module xmlns:x="urn:xqbus">` in an xs:appinfo. */
  readonly module?: string;
  /** What its annotations say, fields' included; left out when there are none. */
  readonly annotations?: EventAnnotations;
  readonly type: ComplexTypeDescription;
}

/** A child element. */
export interface FieldDescription {
  readonly name: string;
  readonly namespace: string;
  readonly documentation: string;
  /** 0 also for what stands in a choice. */
  readonly minOccurs: number;
  readonly maxOccurs: number | "unbounded";
  readonly nillable: boolean;
  readonly type: TypeDescription;
  /** What stands at the field itself; left out when there is nothing. */
  readonly annotations?: FieldAnnotations;
}

/** The type of a field: a value, or an element with parts of its own. */
export type TypeDescription = SimpleTypeDescription | ComplexTypeDescription;

/** The type of a value. */
export interface SimpleTypeDescription {
  readonly kind: "simple";
  /** Local name of the type, unless it is a built-in type or written in place. */
  readonly name?: string;
  /** The built-in type it derives from, of the items for a list: `xs:string`, `xs:decimal`, … */
  readonly base: string;
  readonly list: boolean;
  /** The allowed values. */
  readonly enumeration?: readonly string[];
  /** The other facets by name: `{ minInclusive: "0" }`. Of a list these are the list's own. */
  readonly facets: Readonly<Record<string, string>>;
  /** The type of the items, for lists. */
  readonly item?: SimpleTypeDescription;
  /** The member types, for unions. */
  readonly members?: readonly SimpleTypeDescription[];
}

/** The type of an element with child elements or attributes. */
export interface ComplexTypeDescription {
  readonly kind: "complex";
  /** Local name of the type, unless it is written in place. */
  readonly name?: string;
  readonly content: "empty" | "simple" | "all" | "sequence" | "choice";
  /** Whether text may stand between the fields. */
  readonly mixed: boolean;
  readonly attributes: readonly AttributeDescription[];
  /** The child elements in the order of the schema, groups written out. */
  readonly fields: readonly FieldDescription[];
  /** The type of the text, for simple content. */
  readonly text?: SimpleTypeDescription;
  /** True where a type occurs inside itself: its fields are described where it begins. */
  readonly recursive?: boolean;
}

/** An attribute. */
export interface AttributeDescription {
  readonly name: string;
  readonly namespace: string;
  readonly required: boolean;
  readonly type: SimpleTypeDescription;
  readonly documentation: string;
  /** What stands at the attribute itself; left out when there is nothing. */
  readonly annotations?: FieldAnnotations;
}
