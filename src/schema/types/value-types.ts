import { documentationOf } from "../model/annotation.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { SimpleType } from "../model/components.ts";
import { outlineOf } from "../model/simple-type.ts";
import { XSD_NAMESPACE } from "../model/xsd.ts";
import type { AtomicShape } from "../shape/shape.ts";
import { ValueShapes } from "../shape/value-shape.ts";
import { docComment } from "./doc-comment.ts";
import type { TypeNames } from "./type-names.ts";

/** The types that every file of declarations may need for values that JavaScript has no type for. */
export const VALUE_ALIASES: Readonly<Record<string, { readonly documentation: string; readonly type: string }>> = {
  DateTime: {
    documentation: "xs:dateTime as it is written: 2026-01-31T12:00:00Z.",
    type: "`${number}-${number}-${number}T${string}`",
  },
  Decimal: {
    documentation: "xs:decimal as it is written: digits of any number, which a JavaScript number could not keep.",
    type: "`${number}`",
  },
  Float: {
    documentation: "xs:float and xs:double; the values that JSON has no number for by their names.",
    type: 'number | "INF" | "-INF" | "NaN"',
  },
  Integer: {
    documentation: "A whole number of any size as it is written: give it to BigInt to calculate.",
    type: "`${bigint}`",
  },
};

const WHOLE_NUMBERS = "integer nonPositiveInteger negativeInteger nonNegativeInteger positiveInteger long unsignedLong";

/** Built-in types whose values are strings in a form of their own that has a type in TypeScript. */
const LEXICAL_TYPES: Readonly<Record<string, string>> = {
  decimal: "Decimal",
  dateTime: "DateTime",
  ...Object.fromEntries(WHOLE_NUMBERS.split(" ").map((name) => [name, "Integer"])),
};

/** Built-in types of which two texts are equal only if they are the same, so that an enumeration lists all of them. */
const STRINGS: ReadonlySet<string> = new Set(
  "string normalizedString token language NMTOKEN Name NCName ID IDREF ENTITY anyURI".split(" "),
);

/** A type as the members of a union; of most types there is one. */
export type Alternatives = readonly string[];

/** Writes simple types as types of TypeScript: what their values are when an event is read as an object. */
export class ValueTypes {
  readonly #table: ComponentTable;
  readonly #shapes: ValueShapes;
  readonly #names: TypeNames;
  readonly #declarations = new Map<string, string>();
  readonly #usedAliases = new Set<string>();

  constructor(table: ComponentTable, names: TypeNames) {
    this.#table = table;
    this.#shapes = new ValueShapes(table);
    this.#names = names;
  }

  /** The declarations of all named simple types that were asked for, and of what they need. */
  get declarations(): readonly string[] {
    const aliases = [...this.#usedAliases].sort().flatMap((name) => {
      const alias = VALUE_ALIASES[name];
      return alias === undefined ? [] : aliasText(name, alias.documentation, alias.type);
    });
    return [...this.#declarations.values(), ...aliases];
  }

  /** A type by its name, or written out where it has none. */
  of(type: SimpleType): Alternatives {
    if (type.name === undefined || type.name.namespace === XSD_NAMESPACE) return this.#writeOut(type);
    const name = this.#names.of(type, "");
    if (!this.#declarations.has(name)) {
      const text = this.#writeOut(type);
      this.#declarations.set(name, aliasText(name, documentationOf(type.source?.node), unionOf(text)));
    }
    return [name];
  }

  #writeOut(type: SimpleType): Alternatives {
    const { enumeration, item, members } = outlineOf(type, this.#table);
    const shape = this.#shapes.of(type);
    switch (shape.kind) {
      case "list":
        return [arrayOf(item === undefined ? ["string"] : this.of(item))];
      case "union":
        return members.flatMap((member) => [...this.of(member), ...this.#otherFormsOf(member)]);
      case "atomic": {
        const literals = enumeration?.map((value) => literalOf(value, shape));
        const isListed = literals !== undefined && !literals.includes(undefined);
        return isListed ? literals.filter((each) => each !== undefined) : [this.#baseType(shape)];
      }
    }
  }

  #baseType({ form, builtIn }: AtomicShape): string {
    switch (form) {
      case "boolean":
        return "boolean";
      case "integer":
        return "number";
      case "float":
        return this.#alias("Float");
      case "lexical": {
        const name = LEXICAL_TYPES[builtIn];
        return name === undefined ? "string" : this.#alias(name);
      }
      case "text":
      case "qname":
        return "string";
    }
  }

  /** A value of a union that JavaScript would write in another way stays a string: 007. */
  #otherFormsOf(member: SimpleType): Alternatives {
    const shape = this.#shapes.of(member);
    if (shape.kind !== "atomic") return [];
    if (shape.form === "boolean") return ['"0"', '"1"'];
    return shape.form === "integer" || shape.form === "float" ? ["`${number}`"] : [];
  }

  #alias(name: string): string {
    this.#usedAliases.add(name);
    return name;
  }
}

/** An array type that cannot be written to. */
export function arrayOf(items: Alternatives): string {
  const item = unionOf(items);
  return /^readonly | \| /.test(item) ? `readonly (${item})[]` : `readonly ${item}[]`;
}

/** A union of types, each once; strings of certain forms are left out beside any string. */
export function unionOf(alternatives: Alternatives): string {
  const distinct = [...new Set(alternatives)];
  return (distinct.includes("string") ? distinct.filter((each) => !isCertainString(each)) : distinct).join(" | ");
}

function isCertainString(type: string): boolean {
  return /^["`]/.test(type) || VALUE_ALIASES[type]?.type.startsWith("`") === true;
}

function literalOf(value: string, { form, builtIn, whiteSpace }: AtomicShape): string | undefined {
  if (form === "integer") return String(Number(value));
  if (!STRINGS.has(builtIn)) return undefined;
  return JSON.stringify(whiteSpace === "collapse" ? value.trim().replace(/\s+/g, " ") : value);
}

function aliasText(name: string, documentation: string, type: string): string {
  return `${docComment(documentation, "")}export type ${name} = ${type};\n`;
}
