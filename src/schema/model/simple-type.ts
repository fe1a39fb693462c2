import type { ComponentTable } from "./component-table.ts";
import type { Facet, SimpleType, TypeUse } from "./components.ts";

/** The facets of a simple type with those of its base types, and what it is made of. */
export interface SimpleTypeOutline {
  readonly variety: "atomic" | "list" | "union";
  /** Local name of the built-in type it derives from: `string`, `decimal`, …; `anySimpleType` for lists and unions. */
  readonly builtIn: string;
  /** The nearest restriction with enumeration facets decides. */
  readonly enumeration: readonly string[] | undefined;
  /** Nearest value of each facet, without enumerations; alternative patterns of one restriction are joined by `|`. */
  readonly facets: Readonly<Record<string, string>>;
  /** The item type of a list. */
  readonly item: SimpleType | undefined;
  /** The member types of a union. */
  readonly members: readonly SimpleType[];
}

/** Follows the derivation of a simple type, which must be free of circles, down to its built-in type, list or union. */
export function outlineOf(type: SimpleType, table: ComponentTable): SimpleTypeOutline {
  const { derivation } = type;
  switch (derivation.method) {
    case "builtIn":
      return { ...NOTHING, variety: "atomic", builtIn: type.name?.localName ?? "anySimpleType" };
    case "list":
      return { ...NOTHING, variety: "list", item: simple(derivation.item, table) };
    case "union":
      return { ...NOTHING, variety: "union", members: derivation.members.flatMap((each) => simple(each, table) ?? []) };
    case "restriction": {
      const base = simple(derivation.base, table);
      const outline = base === undefined ? NOTHING : outlineOf(base, table);
      const enumeration = derivation.facets.filter(({ name }) => name === "enumeration").map(({ value }) => value);
      return {
        ...outline,
        enumeration: enumeration.length > 0 ? enumeration : outline.enumeration,
        facets: { ...outline.facets, ...joinFacets(derivation.facets) },
      };
    }
  }
}

function simple(use: TypeUse, table: ComponentTable): SimpleType | undefined {
  const type = table.resolveType(use);
  return type.kind === "simpleType" ? type : undefined;
}

function joinFacets(facets: readonly Facet[]): Readonly<Record<string, string>> {
  const joined = new Map<string, string>();
  for (const { name, value } of facets) {
    if (name === "enumeration") continue;
    const earlier = joined.get(name);
    joined.set(name, earlier === undefined ? value : `${earlier}|${value}`);
  }
  return Object.fromEntries(joined);
}

const NOTHING: SimpleTypeOutline = {
  variety: "atomic",
  builtIn: "anySimpleType",
  enumeration: undefined,
  facets: {},
  item: undefined,
  members: [],
};
