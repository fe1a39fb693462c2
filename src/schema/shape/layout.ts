import type { ExpandedName } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { ElementDeclaration, Particle, Term, Wildcard } from "../model/components.ts";
import { withSubstitutes } from "../model/content.ts";

/** What stands in a content model and how often: an element, or all wildcards together. */
export interface LayoutEntry {
  /** Undefined for the wildcards. */
  readonly declaration: ElementDeclaration | undefined;
  /** Infinity when unbounded. */
  readonly max: number;
  /** In how many places of the model it stands. */
  readonly places: number;
}

/** How a content model orders its elements. */
export interface Layout {
  /** By expanded name, `*` for the wildcards; in the order of the model, members of a substitution group included. */
  readonly entries: ReadonlyMap<string, LayoutEntry>;
  readonly wildcards: readonly Wildcard[];
  /** Whether two elements of one name may have another one between them, so that properties would lose their order. */
  readonly isInterleaved: boolean;
  /** Whether elements may come in any order (xs:all). */
  readonly isUnordered: boolean;
}

/** The key of {@link Layout.entries} under which the wildcards are. */
export const WILDCARDS = "*";

/**
 * Reads the layout of a content model. It is interleaved when a group with several elements may repeat, and when a sequence
 * has an element in two places with other elements beside it.
 */
export function layoutOf(particle: Particle | undefined, table: ComponentTable): Layout {
  if (particle === undefined || particle.maxOccurs === 0) return NOTHING;
  const inner = layoutOfTerm(particle.term, table);
  const { maxOccurs } = particle;
  if (maxOccurs === 1) return inner;
  return {
    ...inner,
    entries: new Map([...inner.entries].map(([key, entry]) => [key, { ...entry, max: entry.max * maxOccurs }])),
    isInterleaved: inner.isInterleaved || inner.entries.size > 1,
  };
}

/** The key of an element in {@link Layout.entries}. */
export function entryKey(name: ExpandedName): string {
  return `Q{${name.namespace}}${name.localName}`;
}

function layoutOfTerm(term: Term, table: ComponentTable): Layout {
  switch (term.kind) {
    case "element":
      return oneOf([term]);
    case "elementReference": {
      const head = table.element(term.name);
      return oneOf(head === undefined ? [] : withSubstitutes(head, table).filter(({ isAbstract }) => !isAbstract));
    }
    case "wildcard": {
      const entries = new Map([[WILDCARDS, { declaration: undefined, max: 1, places: 1 }]]);
      return { ...NOTHING, entries, wildcards: [term] };
    }
    case "groupReference":
      return layoutOf(table.group(term.name)?.particle, table);
    case "sequence":
    case "all":
    case "choice": {
      const parts = term.particles.map((each) => layoutOf(each, table));
      const add = term.kind === "choice" ? Math.max : (a: number, b: number): number => a + b;
      return {
        entries: joinEntries(parts, add),
        wildcards: parts.flatMap(({ wildcards }) => wildcards),
        isInterleaved:
          parts.some(({ isInterleaved }) => isInterleaved) || (term.kind === "sequence" && comesBack(parts)),
        isUnordered: term.kind === "all" || parts.some(({ isUnordered }) => isUnordered),
      };
    }
  }
}

function oneOf(declarations: readonly ElementDeclaration[]): Layout {
  const entries = declarations.map((declaration): [string, LayoutEntry] => [
    entryKey(declaration.name),
    { declaration, max: 1, places: 1 },
  ]);
  return { ...NOTHING, entries: new Map(entries) };
}

function joinEntries(parts: readonly Layout[], add: (a: number, b: number) => number): Layout["entries"] {
  const joined = new Map<string, LayoutEntry>();
  for (const [key, entry] of parts.flatMap(({ entries }) => [...entries])) {
    const earlier = joined.get(key);
    const { declaration } = earlier ?? entry;
    joined.set(
      key,
      earlier === undefined
        ? entry
        : { declaration, max: add(earlier.max, entry.max), places: earlier.places + entry.places },
    );
  }
  return joined;
}

/** Whether a name occurs in two parts of a sequence and other names in these or between them. */
function comesBack(parts: readonly Layout[]): boolean {
  const lastPart = new Map<string, number>();
  for (const [index, { entries }] of parts.entries()) {
    for (const key of entries.keys()) {
      const before = lastPart.get(key);
      const between = before === undefined ? [] : parts.slice(before, index + 1);
      if (between.some((part) => part.entries.size > 1 || (part.entries.size === 1 && !part.entries.has(key)))) {
        return true;
      }
      lastPart.set(key, index);
    }
  }
  return false;
}

const NOTHING: Layout = { entries: new Map(), wildcards: [], isInterleaved: false, isUnordered: false };
