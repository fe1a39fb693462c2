import type { ComponentTable } from "./component-table.ts";
import type { Particle, Wildcard } from "./components.ts";

/** The wildcards of a content model, group references followed. */
export function wildcardsIn({ term, maxOccurs }: Particle, table: ComponentTable): readonly Wildcard[] {
  if (maxOccurs === 0) return [];
  switch (term.kind) {
    case "wildcard":
      return [term];
    case "groupReference": {
      const group = table.group(term.name)?.particle;
      return group === undefined ? [] : wildcardsIn(group, table);
    }
    case "all":
    case "choice":
    case "sequence":
      return term.particles.flatMap((each) => wildcardsIn(each, table));
    case "element":
    case "elementReference":
      return [];
  }
}
