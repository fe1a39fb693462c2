import { XqbusError } from "../errors.ts";
import { EventMaker } from "../event/index.ts";
import type { Event, MadeElement } from "../event/index.ts";
import { nearestName } from "../schema/index.ts";
import type { Catalog, ComplexTypeDescription, FieldDescription } from "../schema/index.ts";

/** The values given for one element: text, attributes, and its fields by name, each field as a list of occurrences. */
interface Setting {
  text?: string;
  readonly attributes: Map<string, string>;
  readonly fields: Map<string, Setting[]>;
}

/**
 * Makes an event out of `Field=value` settings, with the fields in the order of the schema.
 *
 * `A/B=v` sets a field of a field, `A[2]/B=v` one of the second A, `A/@id=v` an attribute; setting a plain field twice
 * gives two occurrences. Whether what came out is complete is for validation to say.
 *
 * @param settings each has a "=" behind a path that is not empty
 * @throws XqbusError xqbus:unknown-name (with did-you-mean) or xqbus:illegal-argument
 */
export function eventFromSettings(catalog: Catalog, name: string, settings: readonly string[]): Event {
  const description = catalog.describe(name);
  const root = emptySetting();
  for (const setting of settings) assign(root, setting, description.type, description.name);
  const maker = new EventMaker(catalog);
  return maker.Event(toElement(maker, description.name, root, description.type));
}

function emptySetting(): Setting {
  return { attributes: new Map(), fields: new Map() };
}

function assign(root: Setting, setting: string, type: ComplexTypeDescription, event: string): void {
  const equals = setting.indexOf("=");
  const path = setting.slice(0, equals);
  const value = setting.slice(equals + 1);
  const steps = path.split("/");
  let place = root;
  let placeType: ComplexTypeDescription | undefined = type;
  let owner = event;
  for (const [i, step] of steps.entries()) {
    const last = i === steps.length - 1;
    if (last && step.startsWith("@")) {
      place.attributes.set(step.slice(1), value);
      return;
    }
    const { name, position } = parseStep(step, path);
    const field = fieldOf(placeType, name, owner);
    place = occurrence(place, name, last && position === undefined ? "next" : (position ?? 1), path);
    placeType = field.type.kind === "complex" ? field.type : undefined;
    owner = name;
  }
  place.text = value;
}

function parseStep(step: string, path: string): { readonly name: string; readonly position: number | undefined } {
  const match = /^([^[\]]+)(?:\[([1-9]\d{0,3})\])?$/.exec(step);
  if (match?.[1] === undefined) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      `"${path}" is not a field; write Field, A/B, A[2]/B or A/@attribute`,
    );
  }
  return { name: match[1], position: match[2] === undefined ? undefined : Number(match[2]) };
}

function fieldOf(type: ComplexTypeDescription | undefined, name: string, owner: string): FieldDescription {
  const fields = type?.fields ?? [];
  const field = fields.find((candidate) => candidate.name === name);
  if (field !== undefined) return field;
  const names = fields.map((candidate) => candidate.name);
  const suggestion = nearestName(name, names);
  const hint = suggestion === undefined ? "" : ` (did you mean "${suggestion}"?)`;
  const offer = names.length === 0 ? "it has no fields" : `its fields are ${names.join(", ")}`;
  throw new XqbusError("xqbus:unknown-name", `${owner} has no field "${name}"; ${offer}${hint}`);
}

function occurrence(place: Setting, name: string, position: number | "next", path: string): Setting {
  let occurrences = place.fields.get(name);
  if (occurrences === undefined) {
    occurrences = [];
    place.fields.set(name, occurrences);
  }
  const index = position === "next" ? occurrences.length : position - 1;
  if (index > occurrences.length) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      `"${path}" sets occurrence ${index + 1} of ${name}, but only ${occurrences.length} came before it`,
    );
  }
  return (occurrences[index] ??= emptySetting());
}

function toElement(
  maker: EventMaker<string>,
  name: string,
  setting: Setting,
  type: ComplexTypeDescription | undefined,
): MadeElement {
  const content: (string | MadeElement)[] = setting.text === undefined ? [] : [setting.text];
  for (const field of type?.fields ?? []) {
    for (const occurrence of setting.fields.get(field.name) ?? []) {
      content.push(toElement(maker, field.name, occurrence, field.type.kind === "complex" ? field.type : undefined));
    }
  }
  const attributes = [...setting.attributes].map(([attribute, value]) => [`@${attribute}`, value] as const);
  return maker.element(name, Object.fromEntries(attributes), ...content);
}
