import { internName } from "../../xml/index.ts";
import { ENVELOPE_NAME } from "../assemble/envelope.ts";
import type { ElementDeclaration, TypeDefinition } from "../model/components.ts";
import type { UnitComponents } from "../model/read-components.ts";
import type { SchemaModel } from "../model/schema-model.ts";
import { shapesOf } from "../shape/shapes.ts";
import { docComment } from "./doc-comment.ts";
import { documentationWithTags } from "./documentation-with-tags.ts";
import { ObjectTypes } from "./object-types.ts";
import { propertyName } from "./type-names.ts";
import { unionOf } from "./value-types.ts";

/** The schema that types are declared of. */
export interface TypesSource extends SchemaModel {
  /** All units of the schema, for the elements that are declared within types. */
  readonly components: readonly UnitComponents[];
}

const HEADER = `/**
 * The event types as TypeScript sees them, written by \`xqbus schema types\`: change the XSD files, not this file.
 *
 *     import type { Events } from "./events.d.ts";
 *     const e = EventMaker<Events>(catalog);
 */
`;

/**
 * Declares the types of a schema for TypeScript: an interface for each complex type, as events are read as objects, and the
 * interface \`Events\` with all event types and all elements, which EventMaker takes as its type parameter.
 *
 * Of an element only its local name counts here: where elements of one name have different types, a union is declared. Types
 * that xsi:type names are not declared at the element.
 *
 * @returns the text of a module without imports
 */
export function declareTypes({ table, namespace, eventNames, components }: TypesSource): string {
  const shapes = shapesOf({ table, namespace, eventNames });
  const envelope = table.element(internName(namespace, ENVELOPE_NAME));
  const envelopeType = envelope === undefined ? undefined : table.typeOfElement(envelope);
  const globalTypes = components
    .flatMap(({ globals }) => globals)
    .filter((each): each is TypeDefinition => each.kind === "complexType" || each.kind === "simpleType")
    .filter((each) => each !== envelopeType);
  const types = new ObjectTypes(
    table,
    shapes,
    globalTypes.filter(({ name }) => name?.namespace === namespace),
  );
  const events = eventNames.flatMap((name) => {
    const declaration = table.element(internName(namespace, name));
    if (declaration === undefined) return [];
    const type = unionOf(types.ofElement(declaration, ""));
    const isObject = shapes.element(declaration.name)?.shape.kind === "object";
    // An event is read as an object, whatever its type.
    const member = memberText(name, isObject ? type : `{ readonly "#text": ${type} }`);
    return docComment(documentationWithTags(declaration.source.node), "    ") + member;
  });
  for (const type of globalTypes) {
    const shape = shapes.ofType(type);
    if (type.kind === "complexType" && shape.kind === "object") types.declare(type, shape, "");
  }
  const elements = byLocalName(components, envelope).map(([name, declarations]) => {
    const texts = declarations.flatMap((each) => [...types.ofElement(each, ""), ...types.fieldsOfElement(each)]);
    return memberText(name, unionOf(texts));
  });
  const eventsText = `  readonly events: {\n${events.join("")}  };\n`;
  const elementsText = `  readonly elements: {\n${elements.join("")}  };\n`;
  return [
    HEADER,
    ...types.declarations,
    `${ABOUT_EVENTS}export interface Events {\n${eventsText}${elementsText}}\n`,
  ].join("\n");
}

const ABOUT_EVENTS = docComment("All event types, and all elements by local name, as events are read.", "");

function memberText(name: string, type: string): string {
  return `    readonly ${propertyName(name)}: ${type};\n`;
}

/** All element declarations that can be written, global and local, sorted by name; the envelope is no element of an event. */
function byLocalName(
  components: readonly UnitComponents[],
  envelope: ElementDeclaration | undefined,
): readonly (readonly [name: string, declarations: readonly ElementDeclaration[]])[] {
  const groups = new Map<string, ElementDeclaration[]>();
  for (const each of components.flatMap(({ elements }) => elements)) {
    if (each.isAbstract || each === envelope) continue;
    const { localName } = each.name;
    groups.set(localName, [...(groups.get(localName) ?? []), each]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}
