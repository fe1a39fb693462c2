import { internName } from "../../xml/index.ts";
import { ENVELOPE_NAME } from "../assemble/envelope.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { ElementDeclaration, Particle, TypeDefinition } from "../model/components.ts";
import { effectiveContent, withSubstitutes } from "../model/content.ts";
import { eventElement, eventNameOf } from "../model/event-name.ts";
import type { SchemaModel } from "../model/schema-model.ts";
import { PossibleElement, type PossibleSchema } from "./possible-element.ts";
import { TypeDescendants } from "./type-descendants.ts";

/** What the documents that a catalog accepts may look like. */
export interface PossibleDocuments {
  /** The namespace of the envelope. */
  readonly namespace: string;
  /** The envelope, and what may stand in its place. */
  readonly roots: readonly PossibleElement[];
  /**
   * The elements that may stand in the place of the event, each document having exactly one of them, with the name of the event type:
   * that of `eventNames`, of substitutes their own. Empty where an envelope may have none or several.
   */
  readonly events: ReadonlyMap<PossibleElement, string>;
}

/** The documents of a catalog's components; made once for each model, and its parts when somebody looks at them. */
export function possibleDocuments(model: SchemaModel): PossibleDocuments {
  let documents = known.get(model);
  if (documents === undefined) {
    documents = describeDocuments(model);
    known.set(model, documents);
  }
  return documents;
}

const known = new WeakMap<SchemaModel, PossibleDocuments>();

function describeDocuments({ namespace, eventNames, table }: SchemaModel): PossibleDocuments {
  const schema = new Schema(table);
  const envelope = table.element(internName(namespace, ENVELOPE_NAME));
  if (envelope === undefined) return { namespace, roots: [], events: new Map() };
  const declared = eventNames.flatMap((name) => table.element(eventElement(name, namespace)) ?? []);
  const standIns = new Set(declared.flatMap((each) => withSubstitutes(each, table)));
  const roots = withSubstitutes(envelope, table).filter((each) => !each.isAbstract);
  const types = roots.flatMap((root) => schema.typesFor(table.typeOfElement(root)));
  const hasOneEvent = types.every((type) => eventsIn(type, standIns, table) === "one");
  const concrete = [...standIns].filter((each) => !each.isAbstract);
  return {
    namespace,
    roots: roots.map((each) => schema.elementOf(each)),
    events: new Map(
      hasOneEvent ? concrete.map((each) => [schema.elementOf(each), eventNameOf(each.name, namespace)]) : [],
    ),
  };
}

class Schema implements PossibleSchema {
  readonly table: ComponentTable;
  readonly #elements = new Map<ElementDeclaration, PossibleElement>();
  readonly #types = new Map<TypeDefinition, readonly TypeDefinition[]>();
  #descendants: TypeDescendants | undefined;

  constructor(table: ComponentTable) {
    this.table = table;
  }

  elementOf(declaration: ElementDeclaration): PossibleElement {
    let element = this.#elements.get(declaration);
    if (element === undefined) {
      element = new PossibleElement(declaration, this);
      this.#elements.set(declaration, element);
    }
    return element;
  }

  typesFor(type: TypeDefinition): readonly TypeDefinition[] {
    let types = this.#types.get(type);
    if (types === undefined) {
      this.#descendants ??= new TypeDescendants(this.table);
      types = [...new Set([type, ...this.#descendants.of(type)])];
      this.#types.set(type, types);
    }
    return types;
  }
}

/** How many elements in the place of the event a content can have; "other" where that is not always exactly one. */
function eventsIn(
  type: TypeDefinition,
  events: ReadonlySet<ElementDeclaration>,
  table: ComponentTable,
): "none" | "one" | "other" {
  if (type.kind === "simpleType") return "none";
  const { particle } = effectiveContent(type, table);
  return particle === undefined ? "none" : eventsInParticle(particle, events, table);
}

function eventsInParticle(
  { term, minOccurs, maxOccurs }: Particle,
  events: ReadonlySet<ElementDeclaration>,
  table: ComponentTable,
): "none" | "one" | "other" {
  const inTerm = eventsInTerm(term, events, table);
  if (inTerm === "none" || maxOccurs === 0) return "none";
  return minOccurs === 1 && maxOccurs === 1 ? inTerm : "other";
}

function eventsInTerm(
  term: Particle["term"],
  events: ReadonlySet<ElementDeclaration>,
  table: ComponentTable,
): "none" | "one" | "other" {
  switch (term.kind) {
    case "element":
      return events.has(term) ? "one" : "none";
    case "elementReference": {
      const declaration = table.element(term.name);
      return declaration !== undefined && events.has(declaration) ? "one" : "none";
    }
    // What it lets in is not told apart by name: a step that finds it there finds anything.
    case "wildcard":
      return "none";
    case "groupReference": {
      const particle = table.group(term.name)?.particle;
      return particle === undefined ? "none" : eventsInParticle(particle, events, table);
    }
    case "choice": {
      const all = new Set(term.particles.map((each) => eventsInParticle(each, events, table)));
      return all.size === 1 ? ([...all][0] ?? "none") : "other";
    }
    case "all":
    case "sequence": {
      const some = term.particles
        .map((each) => eventsInParticle(each, events, table))
        .filter((each) => each !== "none");
      return some.length <= 1 ? (some[0] ?? "none") : "other";
    }
  }
}
