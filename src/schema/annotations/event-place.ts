import { sameName, type ExpandedName } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { ComplexType, Particle, TypeDefinition } from "../model/components.ts";
import {
  effectiveAttributeWildcard,
  effectiveAttributes,
  effectiveContent,
  withSubstitutes,
} from "../model/content.ts";
import { findEvent } from "../model/event-name.ts";
import type { SchemaModel } from "../model/schema-model.ts";
import { layoutOf } from "../shape/layout.ts";
import { annotationsOf } from "./annotations-of.ts";
import type { AnnotatedField } from "./fields.ts";
import type { PromotedField } from "./promoted-field.ts";

/** A place in valid events of one type where an element or attribute can stand, with the places below it. */
export interface EventPlace {
  readonly name: ExpandedName;
  /** Steps from the event element down: `User/Name`, `Device/@id`; the empty string for the event element itself. */
  readonly path: string;
  /** Whether there is one at most in an event. */
  readonly isSingle: boolean;
  /** Whether there is one in every event. */
  readonly isRequired: boolean;
  /** Whether no other child elements, and no other attributes but those of XML Schema instances, can be in it than its places name. */
  readonly isClosed: boolean;
  /** The property that a message has for it; only where the place is single, and nothing else can be taken for it. */
  readonly promoted?: PromotedField;
  /** What says what can be in it: below places of the same type are places of the same names. */
  readonly type: object;
  /** Made when somebody asks: types may contain themselves. */
  readonly elements: readonly EventPlace[];
  readonly attributes: readonly EventPlace[];
}

/**
 * The places of an event type of a catalog; undefined when it has none of this name.
 *
 * @param eventName as in `eventNames`
 */
export function eventPlace(model: SchemaModel, eventName: string): EventPlace | undefined {
  const declaration = findEvent(model, eventName);
  if (declaration === undefined) return undefined;
  const { name } = declaration;
  const annotations = annotationsOf(model);
  const promoted = annotations.event(name.localName, name.namespace)?.promoted ?? [];
  const context: Context = {
    table: model.table,
    fieldsOf: (type) => annotations.fields.of(type),
    promoted: new Map(promoted.map((field) => [field.path, field])),
    extended: extendedTypes(model.table),
  };
  return new Place(
    context,
    { name, path: "", isSingle: true, isRequired: true },
    model.table.typeOfElement(declaration),
  );
}

interface Context {
  readonly table: ComponentTable;
  readonly fieldsOf: (type: TypeDefinition) => readonly AnnotatedField[];
  readonly promoted: ReadonlyMap<string, PromotedField>;
  /** Types of which others are derived: with `xsi:type` there may be more in their elements than they say. */
  readonly extended: ReadonlySet<TypeDefinition>;
}

class Place implements EventPlace {
  readonly name: ExpandedName;
  readonly path: string;
  readonly isSingle: boolean;
  readonly isRequired: boolean;
  readonly isClosed: boolean;
  readonly promoted?: PromotedField;
  readonly type: TypeDefinition;
  readonly #context: Context;
  #elements: readonly Place[] | undefined;
  #attributes: readonly Place[] | undefined;

  constructor(
    context: Context,
    place: Pick<EventPlace, "name" | "path" | "isSingle" | "isRequired" | "promoted">,
    type: TypeDefinition,
  ) {
    this.name = place.name;
    this.path = place.path;
    this.isSingle = place.isSingle;
    this.isRequired = place.isRequired;
    if (place.promoted !== undefined) this.promoted = place.promoted;
    this.isClosed = isClosed(type, context);
    this.#context = context;
    this.type = type;
  }

  get elements(): readonly EventPlace[] {
    this.#elements ??= this.#below((step) => !step.startsWith("@"));
    return this.#elements;
  }

  get attributes(): readonly EventPlace[] {
    this.#attributes ??= this.#below((step) => step.startsWith("@"));
    return this.#attributes;
  }

  #below(isMeant: (step: string) => boolean): readonly Place[] {
    const { fieldsOf, promoted } = this.#context;
    const fields = fieldsOf(this.type).filter(({ step }) => isMeant(step));
    return fields.map((field) => {
      const { name, step } = field;
      const path = this.path === "" ? step : `${this.path}/${step}`;
      const isSingle = this.isSingle && this.isClosed && !field.repeats;
      // A message's property is found by local names.
      const isAlone = fields.filter((other) => other.step === step).length === 1 && !INSTANCE_ATTRIBUTES.has(step);
      const property = isSingle && isAlone ? promoted.get(path) : undefined;
      return new Place(
        this.#context,
        {
          name,
          path,
          isSingle,
          isRequired: this.isRequired && this.isClosed && this.#requires(field),
          ...(property === undefined ? {} : { promoted: property }),
        },
        field.type,
      );
    });
  }

  #requires({ name, step }: AnnotatedField): boolean {
    const { table } = this.#context;
    const type = this.type;
    if (type.kind === "simpleType") return false;
    if (step.startsWith("@")) {
      return effectiveAttributes(type, table).some(
        ({ declaration, isRequired }) => isRequired && sameName(declaration.name, name),
      );
    }
    return leastOf(effectiveContent(type, table).particle, name, table) > 0;
  }
}

/** `xsi:type`, `xsi:nil` and the like may stand at every element, and have these local names. */
const INSTANCE_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...["@type", "@nil", "@schemaLocation", "@noNamespaceSchemaLocation"],
]);

function isClosed(type: TypeDefinition, { table, extended }: Context): boolean {
  if (type.kind === "simpleType") return true;
  if (extended.has(type)) return false;

  const { particle } = effectiveContent(type, table);
  return layoutOf(particle, table).wildcards.length === 0 && effectiveAttributeWildcard(type, table) === undefined;
}

function extendedTypes(table: ComponentTable): ReadonlySet<TypeDefinition> {
  const bases = new Set<TypeDefinition>();
  for (const type of table.types) {
    if (type.kind === "complexType" && type.derivation !== undefined) bases.add(baseOf(type, table));
  }
  return bases;
}

function baseOf({ derivation }: ComplexType, table: ComponentTable): TypeDefinition {
  return table.resolveType(derivation!.base);
}

/** How often an element stands in a content model at least. */
function leastOf(particle: Particle | undefined, name: ExpandedName, table: ComponentTable): number {
  if (particle === undefined || particle.minOccurs === 0) return 0;
  const { term } = particle;
  switch (term.kind) {
    case "element":
      return sameName(term.name, name) ? 1 : 0;
    case "elementReference": {
      const head = table.element(term.name);
      const possible = head === undefined ? [] : withSubstitutes(head, table);
      return possible.length === 1 && sameName(possible[0]!.name, name) ? 1 : 0;
    }
    case "groupReference":
      return leastOf(table.group(term.name)?.particle, name, table);
    case "wildcard":
      return 0;
    case "choice": {
      const branches = term.particles.map((each) => leastOf(each, name, table));
      return branches.length === 0 ? 0 : Math.min(...branches);
    }
    case "sequence":
    case "all":
      return Math.max(0, ...term.particles.map((each) => leastOf(each, name, table)));
  }
}
