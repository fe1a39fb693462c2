import type { ComponentTable } from "../model/component-table.ts";
import type { SimpleType } from "../model/components.ts";
import { outlineOf } from "../model/simple-type.ts";
import type { AtomicForm, AtomicShape, ValueShape } from "./shape.ts";

/** How values of a simple type look in an object; remembers what it found. */
export class ValueShapes {
  readonly #table: ComponentTable;
  readonly #shapes = new Map<SimpleType, ValueShape>();

  constructor(table: ComponentTable) {
    this.#table = table;
  }

  of(type: SimpleType): ValueShape {
    const known = this.#shapes.get(type);
    if (known !== undefined) return known;
    const shape = this.#make(type);
    this.#shapes.set(type, shape);
    return shape;
  }

  #make(type: SimpleType): ValueShape {
    const { variety, builtIn, facets, item, members } = outlineOf(type, this.#table);
    switch (variety) {
      case "list":
        return { kind: "list", item: item === undefined ? ANY_VALUE : this.of(item) };
      case "union":
        return { kind: "union", members: members.map((member) => this.of(member)) };
      case "atomic": {
        const form = FORMS[builtIn] ?? "lexical";
        const itemType = BUILT_IN_LISTS[builtIn];
        if (itemType !== undefined) return { kind: "list", item: atomic("lexical", itemType, "collapse") };
        return atomic(form, builtIn, form === "text" ? whiteSpaceOf(builtIn, facets["whiteSpace"]) : "collapse");
      }
    }
  }
}

/** Text of which no type is known. */
export const ANY_VALUE: AtomicShape = atomic("text", "anySimpleType", "preserve");

/** The forms of the built-in types; `lexical` for all others. Types without bound may exceed a number's 53 bits. */
const FORMS: Readonly<Record<string, AtomicForm>> = {
  anySimpleType: "text",
  string: "text",
  normalizedString: "text",
  boolean: "boolean",
  float: "float",
  double: "float",
  int: "integer",
  short: "integer",
  byte: "integer",
  unsignedInt: "integer",
  unsignedShort: "integer",
  unsignedByte: "integer",
  QName: "qname",
  NOTATION: "qname",
};

/** The built-in list types with their item types. */
const BUILT_IN_LISTS: Readonly<Record<string, string>> = { NMTOKENS: "NMTOKEN", IDREFS: "IDREF", ENTITIES: "ENTITY" };

function atomic(form: AtomicForm, builtIn: string, whiteSpace: AtomicShape["whiteSpace"]): AtomicShape {
  return { kind: "atomic", form, builtIn, whiteSpace };
}

function whiteSpaceOf(builtIn: string, facet: string | undefined): AtomicShape["whiteSpace"] {
  if (facet === "preserve" || facet === "replace" || facet === "collapse") return facet;
  return builtIn === "normalizedString" ? "replace" : "preserve";
}
