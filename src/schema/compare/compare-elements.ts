import type {
  ComplexType,
  ElementDeclaration,
  IdentityConstraint,
  Particle,
  TypeDefinition,
} from "../model/components.ts";
import { derivedTypes } from "../sample/derived-types.ts";
import { viewOf, type ComplexTypeView } from "../problems/type-view.ts";
import { change, compareAttributes, defaultChange, fixedChange } from "./compare-attributes.ts";
import { compareDocumentation } from "./compare-documentation.ts";
import { compareValues, type Place, type Tables } from "./compare-values.ts";
import { fieldsOf, skeletonOf, wildcardsOf, type ContentField } from "./content-fields.ts";
import type { StructuralChange } from "./structural-change.ts";

/** The differences between two declarations of an element, with everything that may be in it. */
export function compareElements(
  before: ElementDeclaration,
  after: ElementDeclaration,
  path: string,
  tables: Tables,
): readonly StructuralChange[] {
  return [...new ElementComparison(tables).compare(before, after, path)];
}

class ElementComparison {
  readonly #tables: Tables;
  /** Pairs of types that were compared: a recursive one is compared where it first occurs. */
  readonly #compared = new Map<TypeDefinition, Set<TypeDefinition>>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  *compare(before: ElementDeclaration, after: ElementDeclaration, path: string): Iterable<StructuralChange> {
    const name = after.name.localName;
    const place: Place = { path, name, old: before.source, new: after.source };
    if (before.isNillable !== after.isNillable) {
      yield after.isNillable
        ? change("nillable-added", path, `${name} may now be nil`, "holds", "breaks", place)
        : change("nillable-removed", path, `${name} may no longer be nil`, "breaks", "holds", place);
    }
    if (before.isAbstract !== after.isAbstract) {
      const [backward, forward] = after.isAbstract ? (["breaks", "holds"] as const) : (["holds", "breaks"] as const);
      const description = `${name} is ${after.isAbstract ? "now" : "no longer"} abstract`;
      yield change("abstract-changed", path, description, backward, forward, place);
    }
    if (before.fixed !== after.fixed) yield fixedChange(before.fixed, after.fixed, place);
    if (before.default !== after.default) yield defaultChange(before.default, after.default, place);
    yield* compareConstraints(before.identityConstraints, after.identityConstraints, place);
    yield* compareDocumentation(place);
    yield* this.#compareTypes(this.#tables.old.typeOfElement(before), this.#tables.new.typeOfElement(after), place);
  }

  *#compareTypes(before: TypeDefinition, after: TypeDefinition, place: Place): Iterable<StructuralChange> {
    const earlier = this.#compared.get(before) ?? new Set();
    this.#compared.set(before, earlier);
    if (before.kind === "complexType" && after.kind === "complexType") {
      if (earlier.has(after)) return;
      earlier.add(after);
    }
    yield* compareDocumentation({ ...place, name: `the type of ${place.name}`, old: before.source, new: after.source });
    const [old, now] = [this.#viewOf(before, "old"), this.#viewOf(after, "new")];
    yield* compareAttributes(old, now, place, this.#tables);
    const [oldText, newText] = [textOf(before, old), textOf(after, now)];
    if (oldText !== undefined && newText !== undefined) {
      yield* compareValues(oldText, newText, place, this.#tables);
    } else if (oldText !== undefined || newText !== undefined) {
      const described = (hasText: boolean): string => (hasText ? "a value" : "elements");
      const description = `${place.name} held ${described(oldText !== undefined)} and holds ${described(newText !== undefined)}`;
      yield change("type-changed", place.path, description, "unknown", "unknown", place);
    } else {
      yield* this.#compareContent(old!, now!, place);
    }
  }

  *#compareContent(old: ComplexTypeView, now: ComplexTypeView, place: Place): Iterable<StructuralChange> {
    const { path, name } = place;
    if (old.type.isAbstract !== now.type.isAbstract) {
      const [backward, forward] = now.type.isAbstract ? (["breaks", "holds"] as const) : (["holds", "breaks"] as const);
      const description = `the type of ${name} is ${now.type.isAbstract ? "now" : "no longer"} abstract`;
      yield change("abstract-changed", path, description, backward, forward, place);
    }
    if (old.isMixed !== now.isMixed) {
      yield now.isMixed
        ? change("content-changed", path, `${name} may now have text between its elements`, "holds", "breaks", place)
        : change(
            "content-changed",
            path,
            `${name} may no longer have text between its elements`,
            "breaks",
            "holds",
            place,
          );
    }
    const [before, after] = [fieldsOf(old.particle, this.#tables.old), fieldsOf(now.particle, this.#tables.new)];
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      yield* this.#compareField(before.get(key), after.get(key), place);
    }
    yield* this.#compareOrder(old.particle, now.particle, before, after, place);
    yield* this.#compareWildcards(old.particle, now.particle, place);
    yield* this.#compareDerived(old.type, now.type, place);
  }

  /** The types that may stand in the place of a type by `xsi:type`. */
  *#compareDerived(old: ComplexType, now: ComplexType, place: Place): Iterable<StructuralChange> {
    const [before, after] = [
      byName(derivedTypes(this.#tables.old).for(old, undefined)),
      byName(derivedTypes(this.#tables.new).for(now, undefined)),
    ];
    const { path, name } = place;
    for (const [key, type] of after) {
      const earlier = before.get(key);
      if (earlier !== undefined) yield* this.#compareTypes(earlier, type, place);
      else {
        const description = `${name} may now be of the type ${type.name!.localName}`;
        yield change("substitute-added", path, description, "holds", "breaks", { old: undefined, new: type.source });
      }
    }
    for (const [key, type] of before) {
      if (after.has(key)) continue;
      const description = `${name} may no longer be of the type ${type.name!.localName}`;
      yield change("substitute-removed", path, description, "breaks", "holds", { old: type.source, new: undefined });
    }
  }

  *#compareField(
    old: ContentField | undefined,
    now: ContentField | undefined,
    owner: Place,
  ): Iterable<StructuralChange> {
    const { declaration } = (now ?? old)!;
    const name = declaration.name.localName;
    const path = `${owner.path}/${name}`;
    const place = { path, name, old: old?.declaration.source, new: now?.declaration.source };
    if (old === undefined) {
      const isRequired = now!.min > 0;
      const description = `${name} is new in ${owner.name} and ${isRequired ? "required" : "optional"}`;
      yield change("field-added", path, description, isRequired ? "breaks" : "holds", "breaks", place);
      return;
    }
    if (now === undefined) {
      yield change(
        "field-removed",
        path,
        `${name} is gone from ${owner.name}`,
        "breaks",
        old.min > 0 ? "breaks" : "holds",
        place,
      );
      return;
    }
    yield* compareOccurrence(old, now, place);
    yield* this.#compareSubstitutes(old, now, place, owner.path);
    yield* this.compare(old.declaration, now.declaration, path);
  }

  *#compareSubstitutes(old: ContentField, now: ContentField, place: Place, outer: string): Iterable<StructuralChange> {
    const [before, after] = [byName(old.substitutes), byName(now.substitutes)];
    for (const [key, declaration] of after) {
      const { localName } = declaration.name;
      const earlier = before.get(key);
      const path = `${outer}/${localName}`;
      if (earlier !== undefined) yield* this.compare(earlier, declaration, path);
      else {
        const description = `${localName} may now stand in the place of ${place.name}`;
        yield change("substitute-added", path, description, "holds", "breaks", {
          old: undefined,
          new: declaration.source,
        });
      }
    }
    for (const [key, declaration] of before) {
      if (after.has(key)) continue;
      const { localName } = declaration.name;
      const description = `${localName} may no longer stand in the place of ${place.name}`;
      const sources = { old: declaration.source, new: undefined };
      yield change("substitute-removed", `${outer}/${localName}`, description, "breaks", "holds", sources);
    }
  }

  /** Whether the elements of both sides stand in the same order and groups. */
  *#compareOrder(
    old: Particle | undefined,
    now: Particle | undefined,
    before: ReadonlyMap<string, ContentField>,
    after: ReadonlyMap<string, ContentField>,
    place: Place,
  ): Iterable<StructuralChange> {
    const isCommon = (name: string): boolean => before.has(name) && after.has(name);
    const [was, is] = [
      skeletonOf(old, this.#tables.old, isCommon, false),
      skeletonOf(now, this.#tables.new, isCommon, false),
    ];
    if (was === is) {
      yield* this.#compareGroups(old, now, before, after, place);
      return;
    }
    const { path, name } = place;
    const words = (skeleton: string): string => skeleton.replaceAll(/\{[^}]*\}/g, "");
    const inOrder = (text: string): string => text.replaceAll(/\b(all|sequence)\(/g, "group(");
    const sorted = (text: string): string => inOrder(text).split(/[ ()]/).toSorted().join(" ");
    const description = `the content of ${name} was ${words(was)} and is ${words(is)}`;
    if (sorted(was) !== sorted(is)) yield change("content-changed", path, description, "unknown", "unknown", place);
    else yield change("order-changed", path, description, orderEffect(was, is), orderEffect(is, was), place);
  }

  /** The same elements in the same groups: how often the groups may occur is left. */
  *#compareGroups(
    old: Particle | undefined,
    now: Particle | undefined,
    before: ReadonlyMap<string, ContentField>,
    after: ReadonlyMap<string, ContentField>,
    { path, name, ...sources }: Place,
  ): Iterable<StructuralChange> {
    const everything = (): boolean => true;
    const [was, is] = [
      skeletonOf(old, this.#tables.old, everything, true),
      skeletonOf(now, this.#tables.new, everything, true),
    ];
    const occurrences = (fields: ReadonlyMap<string, ContentField>): string =>
      [...fields].map(([key, { min, max }]) => `${key} ${min} ${max}`).join();
    if (was === is || occurrences(before) !== occurrences(after) || was.includes("any(") || is.includes("any(")) return;
    yield change(
      "content-changed",
      path,
      `groups of ${name} occur otherwise than before`,
      "unknown",
      "unknown",
      sources,
    );
  }

  *#compareWildcards(old: Particle | undefined, now: Particle | undefined, place: Place): Iterable<StructuralChange> {
    const [was, is] = [wildcardsOf(old, this.#tables.old), wildcardsOf(now, this.#tables.new)];
    if (was.join() === is.join()) return;
    const { path, name } = place;
    if (was.length === 0) {
      yield change(
        "wildcard-added",
        path,
        `${name} may now have elements that it does not name`,
        "holds",
        "breaks",
        place,
      );
    } else if (is.length === 0) {
      const description = `${name} may no longer have elements that it does not name`;
      yield change("wildcard-removed", path, description, "breaks", "holds", place);
    } else {
      const description = `what ${name} may have without naming it has changed`;
      yield change("wildcard-changed", path, description, "unknown", "unknown", place);
    }
  }

  #viewOf(type: TypeDefinition, side: keyof Tables): ComplexTypeView | undefined {
    return type.kind === "complexType" ? viewOf(type, this.#tables[side]) : undefined;
  }
}

function* compareOccurrence(old: ContentField, now: ContentField, place: Place): Iterable<StructuralChange> {
  const { path, name } = place;
  if (old.min === now.min && old.max === now.max) return;
  const isSame = old.max === now.max;
  if (isSame && old.min === 0 && now.min === 1) {
    yield change("field-required", path, `${name} is now required`, "breaks", "holds", place);
  } else if (isSame && old.min === 1 && now.min === 0) {
    yield change("field-optional", path, `${name} is no longer required`, "holds", "breaks", place);
  } else {
    const [narrower, wider] = [now.min > old.min || now.max < old.max, now.min < old.min || now.max > old.max];
    const kind = narrower && wider ? "occurrence-changed" : narrower ? "occurrence-narrowed" : "occurrence-widened";
    const description = `${name} occurred ${times(old)} and occurs ${times(now)}`;
    yield change(kind, path, description, narrower ? "breaks" : "holds", wider ? "breaks" : "holds", place);
  }
}

function* compareConstraints(
  before: readonly IdentityConstraint[],
  after: readonly IdentityConstraint[],
  { path, ...sources }: Place,
): Iterable<StructuralChange> {
  const written = ({ kind, selector, fields, refer }: IdentityConstraint): string =>
    [kind, selector, fields.join(), String(refer)].join(" ");
  for (const now of after) {
    const old = before.find(({ name }) => String(name) === String(now.name));
    const { localName } = now.name;
    if (old === undefined) {
      yield change("identity-changed", path, `the ${now.kind} ${localName} is new`, "breaks", "holds", sources);
    } else if (written(old) !== written(now)) {
      yield change("identity-changed", path, `the ${now.kind} ${localName} changed`, "unknown", "unknown", sources);
    }
  }
  for (const old of before) {
    if (after.some(({ name }) => String(name) === String(old.name))) continue;
    yield change("identity-changed", path, `the ${old.kind} ${old.name.localName} is gone`, "holds", "breaks", sources);
  }
}

/** Any order allows more than a certain one. */
function orderEffect(from: string, to: string): StructuralChange["backward"] {
  const groups = (skeleton: string): string =>
    [...skeleton.matchAll(/\b(all|sequence)\(/g)].map(([, kind]) => kind).join();
  const [was, is] = [groups(from), groups(to)];
  if (was === is) return "breaks";
  return was === "sequence" && is === "all" ? "holds" : was === "all" && is === "sequence" ? "breaks" : "unknown";
}

function times({ min, max }: ContentField): string {
  return min === max ? `${min} times` : `${min} to ${max === Infinity ? "any number of" : max} times`;
}

function byName<T extends ElementDeclaration | ComplexType>(components: readonly T[]): ReadonlyMap<string, T> {
  return new Map(components.map((each) => [String(each.name), each]));
}

function textOf(type: TypeDefinition, view: ComplexTypeView | undefined): ReturnType<typeof simpleTypeOf> {
  return type.kind === "simpleType" ? type : simpleTypeOf(view);
}

function simpleTypeOf(view: ComplexTypeView | undefined): Extract<TypeDefinition, { kind: "simpleType" }> | undefined {
  return view?.text?.type;
}
