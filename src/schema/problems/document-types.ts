import { attributeValue, documentName, type XmlElement } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { ElementDeclaration, SimpleType, TypeDefinition } from "../model/components.ts";
import { effectiveAttributes, effectiveContent, findElement, textType } from "../model/content.ts";
import { XSI_NAMESPACE, namespaceOfQName, splitQName } from "../model/xsd.ts";

/** Finds the declarations and types of the nodes of one document; remembers what it found. */
export class DocumentTypes {
  readonly #table: ComponentTable;
  readonly #declarations = new Map<XmlElement, ElementDeclaration | undefined>();

  constructor(table: ComponentTable) {
    this.#table = table;
  }

  /** Undefined for elements that the schema does not know in this place. */
  declarationOf(element: XmlElement): ElementDeclaration | undefined {
    if (!this.#declarations.has(element)) this.#declarations.set(element, this.#findDeclaration(element));
    return this.#declarations.get(element);
  }

  /** The type an element is validated with: that of `xsi:type`, or of its declaration. */
  typeOf(element: XmlElement): TypeDefinition | undefined {
    const named = attributeValue(element, "type", XSI_NAMESPACE)?.trim();
    const namespace = named === undefined ? undefined : namespaceOfQName(element, named);
    if (named !== undefined && namespace !== undefined) {
      const type = this.#table.type(documentName(namespace, splitQName(named).localName));
      if (type !== undefined) return type;
    }
    const declaration = this.declarationOf(element);
    return declaration === undefined ? undefined : this.#table.typeOfElement(declaration);
  }

  /** The type of an element's text, or of one of its attributes. */
  valueTypeOf(element: XmlElement, attributeName: string | undefined): SimpleType | undefined {
    const type = this.typeOf(element);
    if (type === undefined || attributeName === undefined) return type && textType(type, this.#table);
    if (type.kind === "simpleType") return undefined;
    const attribute = effectiveAttributes(type, this.#table).find(
      ({ declaration }) => String(declaration.name) === attributeName,
    );
    const value = attribute === undefined ? undefined : this.#table.resolveType(attribute.declaration.type);
    return value?.kind === "simpleType" ? value : undefined;
  }

  #findDeclaration(element: XmlElement): ElementDeclaration | undefined {
    const { parent, name } = element;
    if (parent.nodeType !== 1) return this.#table.element(name);
    const type = this.typeOf(parent);
    if (type?.kind !== "complexType") return undefined;
    const { particle } = effectiveContent(type, this.#table);
    return findElement(particle, name, this.#table) ?? this.#table.element(name);
  }
}
