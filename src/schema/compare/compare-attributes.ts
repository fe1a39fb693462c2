import type { SimpleType } from "../model/components.ts";
import type { AttributeView, ComplexTypeView } from "../problems/type-view.ts";
import { compareDocumentation } from "./compare-documentation.ts";
import { compareValues, type Place, type Tables } from "./compare-values.ts";
import type { StructuralChange } from "./structural-change.ts";

/** The attributes of a type, as far as they matter here; undefined stands for an element of simple type, which has none. */
type AttributesView = Pick<ComplexTypeView, "attributes" | "attributeWildcard"> | undefined;

/** The differences between the attributes of two types. */
export function* compareAttributes(
  before: AttributesView,
  after: AttributesView,
  place: Place,
  tables: Tables,
): Iterable<StructuralChange> {
  const [old, now] = [before?.attributes ?? NONE, after?.attributes ?? NONE];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    yield* compareAttribute(old.get(key), now.get(key), place, tables);
  }
  const [hadWildcard, hasWildcard] = [before?.attributeWildcard !== undefined, after?.attributeWildcard !== undefined];
  if (hadWildcard === hasWildcard) return;
  const { path, name } = place;
  yield hasWildcard
    ? change("wildcard-added", path, `${name} may now have attributes that it does not name`, "holds", "breaks", place)
    : change(
        "wildcard-removed",
        path,
        `${name} may no longer have attributes that it does not name`,
        "breaks",
        "holds",
        place,
      );
}

function* compareAttribute(
  old: AttributeView | undefined,
  now: AttributeView | undefined,
  { path: outer, name: owner }: Place,
  tables: Tables,
): Iterable<StructuralChange> {
  const declaration = (now ?? old)!.declaration;
  const path = `${outer}/@${declaration.name.localName}`;
  const name = `the attribute ${declaration.name.localName} of ${owner}`;
  const place = { path, name, old: old?.declaration.source, new: now?.declaration.source };
  if (old === undefined) {
    const isRequired = now!.isRequired;
    const description = `${name} is new and ${isRequired ? "required" : "optional"}`;
    yield change("attribute-added", path, description, isRequired ? "breaks" : "holds", "breaks", place);
    return;
  }
  if (now === undefined) {
    yield change("attribute-removed", path, `${name} is gone`, "breaks", old.isRequired ? "breaks" : "holds", place);
    return;
  }
  if (old.isRequired !== now.isRequired) {
    yield now.isRequired
      ? change("attribute-required", path, `${name} is now required`, "breaks", "holds", place)
      : change("attribute-optional", path, `${name} is no longer required`, "holds", "breaks", place);
  }
  if (old.fixed !== now.fixed) yield fixedChange(old.fixed, now.fixed, place);
  if (old.default !== now.default) yield defaultChange(old.default, now.default, place);
  const [a, b]: readonly SimpleType[] = [old.checker.type, now.checker.type];
  if (a !== undefined && b !== undefined) yield* compareValues(a, b, place, tables);
  yield* compareDocumentation(place);
}

/** A fixed value came, went or changed. */
export function fixedChange(was: string | undefined, is: string | undefined, place: Place): StructuralChange {
  const [backward, forward] = [is === undefined ? "holds" : "breaks", was === undefined ? "holds" : "breaks"] as const;
  const description = `the fixed value of ${place.name} was ${shown(was)} and is ${shown(is)}`;
  return change("fixed-changed", place.path, description, backward, forward, place);
}

/** A default value came, went or changed: documents stay valid unless an empty one was not a value of the type. */
export function defaultChange(was: string | undefined, is: string | undefined, place: Place): StructuralChange {
  const description = `the default value of ${place.name} was ${shown(was)} and is ${shown(is)}`;
  return change("default-changed", place.path, description, "holds", "holds", place);
}

/** A change at a place. */
export function change(
  kind: StructuralChange["kind"],
  path: string,
  description: string,
  backward: StructuralChange["backward"],
  forward: StructuralChange["forward"],
  place: Pick<Place, "old" | "new">,
): StructuralChange {
  return { kind, path, description, backward, forward, old: place.old, new: place.new };
}

function shown(value: string | undefined): string {
  return value === undefined ? "none" : `"${value}"`;
}

const NONE: ReadonlyMap<string, AttributeView> = new Map();
