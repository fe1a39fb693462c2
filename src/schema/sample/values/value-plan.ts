import { BUILT_IN_TYPES } from "../../model/built-in-types.ts";
import type { ComponentTable } from "../../model/component-table.ts";
import type { Facet, SimpleType, TypeUse } from "../../model/components.ts";
import { parsePattern, type RegularExpression } from "../../patterns/index.ts";
import { XqbusError } from "../../../errors.ts";

/** A simple type laid out for making values: what it is made of, and what all its restrictions demand. */
export interface ValuePlan {
  readonly variety: "atomic" | "list" | "union";
  /** Local name of the built-in type that atomic values come from. */
  readonly builtIn: string;
  /** The nearest facet of each name as written, without patterns and enumerations. */
  readonly facets: ReadonlyMap<string, string>;
  /** The nearest enumeration. */
  readonly enumeration: readonly Facet[];
  /** The patterns that can be read, of each step of derivation: one of each step must match. */
  readonly patterns: readonly (readonly RegularExpression[])[];
  readonly item: SimpleType | undefined;
  readonly members: readonly SimpleType[];
}

/** Follows the derivation of a type, which must be free of circles; once for each type of a table. */
export function planOf(type: SimpleType, table: ComponentTable): ValuePlan {
  let plans = knownPlans.get(table);
  if (plans === undefined) {
    plans = new WeakMap();
    knownPlans.set(table, plans);
  }
  let plan = plans.get(type);
  if (plan === undefined) {
    plan = makePlan(type, table);
    plans.set(type, plan);
  }
  return plan;
}

const knownPlans = new WeakMap<ComponentTable, WeakMap<SimpleType, ValuePlan>>();

function makePlan(type: SimpleType, table: ComponentTable): ValuePlan {
  const { derivation } = type;
  const simple = (use: TypeUse): SimpleType => {
    const resolved = table.resolveType(use);
    return resolved.kind === "simpleType" ? resolved : builtIn("anySimpleType");
  };
  switch (derivation.method) {
    case "builtIn": {
      const name = type.name?.localName ?? "anySimpleType";
      const item = BUILT_IN_LISTS[name];
      if (item === undefined) return { ...NOTHING, builtIn: name };
      return { ...NOTHING, variety: "list", item: builtIn(item), facets: new Map([["minLength", "1"]]) };
    }
    case "list":
      return { ...NOTHING, variety: "list", item: simple(derivation.item) };
    case "union":
      return { ...NOTHING, variety: "union", members: derivation.members.map(simple) };
    case "restriction": {
      const base = planOf(simple(derivation.base), table);
      const facets = new Map(base.facets);
      for (const { name, value } of derivation.facets) {
        if (name !== "pattern" && name !== "enumeration") facets.set(name, value.trim());
      }
      const enumeration = derivation.facets.filter(({ name }) => name === "enumeration");
      const patterns = derivation.facets.filter(({ name }) => name === "pattern").flatMap(({ value }) => read(value));
      return {
        ...base,
        facets,
        enumeration: enumeration.length > 0 ? enumeration : base.enumeration,
        patterns: patterns.length > 0 ? [...base.patterns, patterns] : base.patterns,
      };
    }
  }
}

/** The value of a facet that is a number. */
export function numberFacet({ facets }: ValuePlan, name: string): number | undefined {
  const value = facets.get(name);
  return value === undefined || !Number.isFinite(Number(value)) ? undefined : Number(value);
}

/** A pattern that cannot be read is not sampled from; what is made without it is tested all the same. */
function read(pattern: string): readonly RegularExpression[] {
  try {
    return [parsePattern(pattern)];
  } catch (error) {
    if (error instanceof XqbusError) return [];
    throw error;
  }
}

function builtIn(localName: string): SimpleType {
  return BUILT_IN_TYPES.get(localName) as SimpleType;
}

const BUILT_IN_LISTS: Readonly<Record<string, string>> = { NMTOKENS: "NMTOKEN", IDREFS: "IDREF", ENTITIES: "ENTITY" };

const NOTHING: ValuePlan = {
  variety: "atomic",
  builtIn: "anySimpleType",
  facets: new Map(),
  enumeration: [],
  patterns: [],
  item: undefined,
  members: [],
};
