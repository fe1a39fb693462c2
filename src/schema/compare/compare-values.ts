import type { ComponentTable } from "../model/component-table.ts";
import type { ComponentSource, SimpleType } from "../model/components.ts";
import { internName } from "../../xml/index.ts";
import { derivationMethods } from "../model/derivation.ts";
import { outlineOf, type SimpleTypeOutline } from "../model/simple-type.ts";
import { XSD_NAMESPACE } from "../model/xsd.ts";
import type { ChangeKind } from "./compatibility-report.ts";
import type { Effect, StructuralChange } from "./structural-change.ts";

/** Two sides of a part of an event: where it is, and where each side declares it. */
export interface Place {
  readonly path: string;
  /** What the part is called in descriptions. */
  readonly name: string;
  readonly old: ComponentSource | undefined;
  readonly new: ComponentSource | undefined;
}

/** The tables of both sides. */
export interface Tables {
  readonly old: ComponentTable;
  readonly new: ComponentTable;
}

/** The differences between two simple types: what they are derived from, and each facet. */
export function* compareValues(a: SimpleType, b: SimpleType, place: Place, tables: Tables): Iterable<StructuralChange> {
  const [before, after] = [outlineOf(a, tables.old), outlineOf(b, tables.new)];
  const change = (kind: ChangeKind, description: string, backward: Effect, forward: Effect): StructuralChange => ({
    ...{ kind, path: place.path, description, backward, forward, old: place.old, new: place.new },
  });
  if (before.variety !== after.variety) {
    yield change("type-changed", `${place.name} was ${called(before)} and is ${called(after)}`, "unknown", "unknown");
    return;
  }
  if (before.builtIn !== after.builtIn) {
    const description = `the type of ${place.name} was ${called(before)} and is ${called(after)}`;
    yield change("type-changed", description, effectOf(before, after, tables), effectOf(after, before, tables));
  }
  if (before.item !== undefined && after.item !== undefined)
    yield* compareValues(before.item, after.item, place, tables);
  if (before.members.length !== after.members.length) {
    const description = `the union ${place.name} had ${before.members.length} member types and has ${after.members.length}`;
    yield change("type-changed", description, "unknown", "unknown");
  } else {
    for (const [index, member] of before.members.entries()) {
      // One member more or less wide says little: another one may allow the same.
      for (const each of compareValues(member, after.members[index]!, place, tables)) {
        yield { ...each, backward: softened(each.backward), forward: softened(each.forward) };
      }
    }
  }
  yield* compareEnumerations(before.enumeration, after.enumeration, place, change);
  yield* compareFacets(before.facets, after.facets, place, change);
}

type MakeChange = (kind: ChangeKind, description: string, backward: Effect, forward: Effect) => StructuralChange;

function* compareEnumerations(
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
  { name }: Place,
  change: MakeChange,
): Iterable<StructuralChange> {
  if (before === undefined && after === undefined) return;
  if (before === undefined) {
    yield change("facet-narrowed", `${name} must now be one of ${after!.join(", ")}`, "breaks", "holds");
    return;
  }
  if (after === undefined) {
    yield change("facet-widened", `${name} need no longer be one of ${before.join(", ")}`, "holds", "breaks");
    return;
  }
  for (const value of before) {
    if (after.includes(value)) continue;
    yield { ...change("enumeration-value-removed", `${name} may no longer be "${value}"`, "breaks", "holds"), value };
  }
  for (const value of after) {
    if (before.includes(value)) continue;
    yield { ...change("enumeration-value-added", `${name} may now be "${value}"`, "holds", "breaks"), value };
  }
}

function* compareFacets(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  { name }: Place,
  change: MakeChange,
): Iterable<StructuralChange> {
  for (const facet of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [before[facet], after[facet]];
    if (was === is) continue;
    if (was === undefined) {
      yield change("facet-narrowed", `${name} has the new facet ${facet} ${is!}`, "breaks", softenedUnless(facet));
    } else if (is === undefined) {
      yield change("facet-widened", `${name} has no longer the facet ${facet} ${was}`, softenedUnless(facet), "breaks");
    } else {
      const description = `${facet} of ${name} was ${was} and is ${is}`;
      switch (directionOf(facet, was, is)) {
        case "same":
          break;
        case "narrower":
          yield change("facet-narrowed", description, "breaks", "holds");
          break;
        case "wider":
          yield change("facet-widened", description, "holds", "breaks");
          break;
        case "other":
          yield change("facet-changed", description, "breaks", "breaks");
          break;
        case "unknown":
          yield change("facet-changed", description, "unknown", "unknown");
      }
    }
  }
}

/** A new facet allows less; but how white space is treated can allow more as well. */
function softenedUnless(facet: string): Effect {
  return facet === "whiteSpace" ? "unknown" : "holds";
}

function directionOf(facet: string, was: string, is: string): "same" | "narrower" | "wider" | "other" | "unknown" {
  const difference = Number(is) - Number(was);
  if (Number.isNaN(difference)) return "unknown";
  if (difference === 0) return "same";
  if (facet === "length") return "other";
  if (facet.startsWith("min")) return difference > 0 ? "narrower" : "wider";
  return difference < 0 ? "narrower" : "wider";
}

/** Whether everything that one type allows, the other one does. */
function effectOf(from: SimpleTypeOutline, to: SimpleTypeOutline, { new: table }: Tables): Effect {
  const [type, base] = [from, to].map(({ builtIn }) => table.type(internName(XSD_NAMESPACE, builtIn)));
  if (type === undefined || base === undefined) return "unknown";
  if (to.builtIn === "string" || to.builtIn === "anySimpleType") return "holds";
  if (derivationMethods(type, base, table) !== undefined) return "holds";
  return derivationMethods(base, type, table) !== undefined ? "breaks" : "unknown";
}

function softened(effect: Effect): Effect {
  return effect === "breaks" ? "unknown" : effect;
}

function called({ variety, builtIn }: SimpleTypeOutline): string {
  return variety === "atomic" ? `xs:${builtIn}` : `a ${variety}`;
}
