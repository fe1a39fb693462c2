import { Event, fromObject } from "../../../src/event/index.ts";
import type { Catalog } from "../../../src/schema/index.ts";
import type { ComponentTable } from "../../../src/schema/model/component-table.ts";
import type { Particle, SimpleType, TypeDefinition } from "../../../src/schema/model/components.ts";
import { effectiveAttributes, effectiveContent, findElement, textType } from "../../../src/schema/model/content.ts";
import { outlineOf } from "../../../src/schema/model/simple-type.ts";
import {
  XmlElement,
  XmlText,
  attributeValue,
  documentName,
  lookupNamespace,
  stringValue,
} from "../../../src/xml/index.ts";
import { EVENTS, catalogWith, event, xsd } from "../../schema/harness.ts";

export { EVENTS, event };

/** A catalog whose one event type `T` has this type, and more components beside it. */
export function catalogOfType(
  type: string,
  more: string = "",
  files: Readonly<Record<string, string>> = {},
): Promise<Catalog> {
  const complexType = type.startsWith("<xs:complexType") || type.startsWith("<xs:simpleType") ? type : "";
  const declared =
    complexType === "" ? `<xs:element name="T" type="${type}"/>` : `<xs:element name="T">${complexType}</xs:element>`;
  return catalogWith({ "T.xsd": xsd(`${declared}\n${more}`), ...files });
}

/** The event element `T` in its envelope, read with the catalog. */
export function read(markup: string, catalog: Catalog): Event {
  return Event.parse(event(markup), { catalog });
}

/** The event element of what an object makes. */
export function written(name: string, content: object, catalog: Catalog): string {
  const text = fromObject(name, content, catalog).toString();
  return text.slice(text.indexOf(">") + 1, text.lastIndexOf("<"));
}

/** What a schema sees of an element: names, attributes, values; no comments, prefixes or declarations. */
export interface Canonical {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (string | Canonical)[];
}

/** The event element as the information that its schema speaks of: equal values are equal, whatever their lexical form. */
export function canonical({ element }: Event, { model: { table } }: Catalog): Canonical {
  const declaration = table.element(element.name);
  return new Canonicalizer(table).element(element, declaration && table.typeOfElement(declaration));
}

class Canonicalizer {
  readonly #table: ComponentTable;

  constructor(table: ComponentTable) {
    this.#table = table;
  }

  element(element: XmlElement, declared: TypeDefinition | undefined): Canonical {
    const type = this.#typeNamedBy(element) ?? declared;
    const isValue = !element.children.some((child) => child instanceof XmlElement);
    const value = isValue && type !== undefined ? textType(type, this.#table) : undefined;
    const content = type?.kind === "complexType" ? effectiveContent(type, this.#table) : undefined;
    const children: (string | Canonical)[] = [];
    for (const child of element.children) {
      const last = children.at(-1);
      if (child instanceof XmlElement) children.push(this.element(child, this.#typeOfChild(child, content?.particle)));
      else if (!(child instanceof XmlText)) continue;
      else if (typeof last === "string") children[children.length - 1] = last + child.data;
      else children.push(child.data);
    }
    const keepsSpace = content?.isMixed ?? true;
    return {
      name: String(element.name),
      attributes: this.#attributes(element, type),
      children:
        value === undefined
          ? children.filter((child) => keepsSpace || typeof child !== "string" || child.trim() !== "")
          : [this.#value(stringValue(element), value, element)].filter(Boolean),
    };
  }

  #typeNamedBy(element: XmlElement): TypeDefinition | undefined {
    const [local = "", prefix = ""] = (attributeValue(element, "type", XSI) ?? "").trim().split(":").reverse();
    return this.#table.type(documentName(lookupNamespace(element, prefix) ?? "", local));
  }

  #typeOfChild({ name }: XmlElement, particle: Particle | undefined): TypeDefinition | undefined {
    const declaration = findElement(particle, name, this.#table) ?? this.#table.element(name);
    return declaration && this.#table.typeOfElement(declaration);
  }

  #attributes(element: XmlElement, type: TypeDefinition | undefined): Readonly<Record<string, string>> {
    const declared = type?.kind === "complexType" ? effectiveAttributes(type, this.#table) : [];
    const attributes = element.attributes.flatMap(({ name, value }): readonly [string, string][] => {
      const use = declared.find(({ declaration }) => declaration.name === name);
      const simple = use && this.#table.resolveType(use.declaration.type);
      if (String(name) === `{${XSI}}nil`) return ["0", "false"].includes(value.trim()) ? [] : [[String(name), "true"]];
      if (String(name) === `{${XSI}}type`) return [[String(name), expandedName(value, element)]];
      return [[String(name), simple?.kind === "simpleType" ? this.#value(value, simple, element) : value]];
    });
    return Object.fromEntries(attributes.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #value(text: string, type: SimpleType, scope: XmlElement): string {
    const { variety, builtIn, facets, item, members } = outlineOf(type, this.#table);
    const collapsed = text.trim().replace(/[ \t\r\n]+/g, " ");
    if (variety === "list") {
      return collapsed
        .split(" ")
        .map((each) => (item === undefined ? each : this.#value(each, item, scope)))
        .join(" ");
    }
    if (variety === "union") {
      const isName = members.some((each) => outlineOf(each, this.#table).builtIn === "QName");
      return isName && /^\w+:\w+$/.test(text) ? expandedName(text, scope) : text;
    }
    const whiteSpace = facets["whiteSpace"];
    switch (builtIn) {
      case "anySimpleType":
      case "string":
      case "normalizedString":
        if (whiteSpace === "collapse") return collapsed;
        return whiteSpace === "replace" || builtIn === "normalizedString" ? text.replace(/[\t\r\n]/g, " ") : text;
      case "QName":
        return expandedName(collapsed, scope);
      case "boolean":
        return collapsed === "1" || collapsed === "true" ? "true" : "false";
      case "float":
      case "double":
        return collapsed.endsWith("INF") ? collapsed : floatText(Number(collapsed));
      case "int":
      case "short":
      case "byte":
      case "unsignedInt":
      case "unsignedShort":
      case "unsignedByte":
        return /^[+-]?\d+$/.test(collapsed) ? String(BigInt(collapsed.replace("+", ""))) : collapsed;
      default:
        return collapsed;
    }
  }
}

function floatText(value: number): string {
  if (!Number.isNaN(value) && !Number.isFinite(value)) return value > 0 ? "INF" : "-INF";
  return String(value + 0);
}

function expandedName(text: string, scope: XmlElement): string {
  const [local = "", prefix = ""] = text.trim().split(":").reverse();
  return `{${lookupNamespace(scope, prefix) ?? prefix}}${local}`;
}

const XSI = "http://www.w3.org/2001/XMLSchema-instance";

/** An object through JSON text, as a receiver gets it. */
export function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
