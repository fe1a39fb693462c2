import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";
import type { ComponentTable } from "./component-table.ts";
import type { AttributeUse, AttributeGroupReference, GlobalComponent, Particle, TypeUse } from "./components.ts";
import type { UnitComponents } from "./read-components.ts";

/**
 * Finds definitions that need themselves: a type derived from itself, a group inside itself, an element that heads its own
 * substitution group; and definitions that are unreasonably deep, or large once groups are written out (groups that use
 * others twice double with each level). An element may well contain itself: that makes a tree, not a circle.
 *
 * After this check the content of every type can be followed without a guard.
 */
export function checkDefinitions(units: readonly UnitComponents[], table: ComponentTable): readonly SchemaProblem[] {
  const extents = new Map<GlobalComponent, Extent>();

  const extentOf = (component: GlobalComponent, level: number): Extent => {
    const known = extents.get(component);
    if (known !== undefined) return known;
    if (level > MAX_RECURSION) return ENDLESS;
    extents.set(component, ENDLESS);
    let [depth, size] = [0, 1];
    for (const needed of neededBy(component, table)) {
      const extent = extentOf(needed, level + 1);
      depth = Math.max(depth, 1 + extent.depth);
      size += extent.size;
    }
    extents.set(component, { depth, size });
    return { depth, size };
  };

  return units.flatMap(({ globals }) =>
    globals.flatMap((component) => {
      if (component.source === undefined || component.name === undefined) return [];
      const { depth, size } = extentOf(component, 0);
      if (depth <= MAX_DEPTH && size <= MAX_SIZE) return [];
      const excess = depth > MAX_DEPTH ? `more than ${MAX_DEPTH} steps` : `more than ${MAX_SIZE} other definitions`;
      const message = `"${component.name.localName}" is defined through itself, or through ${excess}`;
      return problemAt(component.source.file, component.source.node, message);
    }),
  );
}

/** How much a definition needs: steps to the deepest definition, and definitions in all, counted each time they are used. */
interface Extent {
  readonly depth: number;
  readonly size: number;
}

/** The extent of a circle. */
const ENDLESS: Extent = { depth: Infinity, size: Infinity };

const MAX_DEPTH = 100;
const MAX_SIZE = 10_000;

/** Steps after which the search itself ends, before the call stack does. */
const MAX_RECURSION = 1000;

/** The global components whose definition a component's own definition needs. */
function neededBy(component: GlobalComponent, table: ComponentTable): readonly GlobalComponent[] {
  switch (component.kind) {
    case "element": {
      const head = component.substitutionGroup === undefined ? undefined : table.element(component.substitutionGroup);
      return head === undefined ? [] : [head];
    }
    case "attribute":
      return [];
    case "simpleType":
    case "complexType":
      return neededByType(component, table);
    case "group":
      return component.particle === undefined ? [] : groupsIn(component.particle, table);
    case "attributeGroup":
      return attributeGroupsIn(component.attributes, table);
  }
}

function neededByType(type: TypeUse, table: ComponentTable): readonly GlobalComponent[] {
  if (type.kind === "reference") {
    const definition = table.type(type.name);
    return definition === undefined ? [] : [definition];
  }
  if (type.kind === "complexType") {
    const base = type.derivation === undefined ? [] : neededByType(type.derivation.base, table);
    const { content } = type;
    if (content.kind === "simple")
      return content.type === undefined ? base : [...base, ...neededByType(content.type, table)];
    const groups = content.particle === undefined ? [] : groupsIn(content.particle, table);
    return [...base, ...groups, ...attributeGroupsIn(type.attributes, table)];
  }
  switch (type.derivation.method) {
    case "builtIn":
      return [];
    case "restriction":
      return neededByType(type.derivation.base, table);
    case "list":
      return neededByType(type.derivation.item, table);
    case "union":
      return type.derivation.members.flatMap((member) => neededByType(member, table));
  }
}

function groupsIn({ term }: Particle, table: ComponentTable): readonly GlobalComponent[] {
  switch (term.kind) {
    case "groupReference": {
      const group = table.group(term.name);
      return group === undefined ? [] : [group];
    }
    case "all":
    case "choice":
    case "sequence":
      return term.particles.flatMap((particle) => groupsIn(particle, table));
    case "element":
    case "elementReference":
    case "wildcard":
      return [];
  }
}

function attributeGroupsIn(
  attributes: readonly (AttributeUse | AttributeGroupReference)[],
  table: ComponentTable,
): readonly GlobalComponent[] {
  return attributes.flatMap((each) =>
    each.kind === "attributeGroupReference" ? (table.attributeGroup(each.name) ?? []) : [],
  );
}
