import type { ComponentTable } from "../model/component-table.ts";
import type { Particle } from "../model/components.ts";

/** Whether a content model allows elements that it does not name. */
export function hasWildcard(particle: Particle, table: ComponentTable): boolean {
  const { term, maxOccurs } = particle;
  if (maxOccurs === 0) return false;
  switch (term.kind) {
    case "wildcard":
      return true;
    case "groupReference": {
      const group = table.group(term.name)?.particle;
      return group !== undefined && hasWildcard(group, table);
    }
    case "all":
    case "choice":
    case "sequence":
      return term.particles.some((each) => hasWildcard(each, table));
    case "element":
    case "elementReference":
      return false;
  }
}
