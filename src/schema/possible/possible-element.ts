import type { ExpandedName } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { ElementDeclaration, Particle, SimpleType, TypeDefinition, Wildcard } from "../model/components.ts";
import { elementsIn, wildcardAllows, withSubstitutes, type EffectiveAttributeWildcard } from "../model/content.ts";
import { wildcardsIn } from "../model/wildcards-in.ts";
import { viewOf, type AttributeView } from "../problems/type-view.ts";
import { PossibleText } from "./possible-text.ts";

/** What elements need to know of their schema. */
export interface PossibleSchema {
  readonly table: ComponentTable;
  /** The element of a declaration; the same one each time. */
  elementOf(declaration: ElementDeclaration): PossibleElement;
  /** A type and those that `xsi:type` may name in its place. */
  typesFor(type: TypeDefinition): readonly TypeDefinition[];
}

/**
 * An element as valid documents can have it: by its own type, by those that are derived from it and that `xsi:type` may name, with
 * substitutes in the place of its children. Order and number of the children are not looked at. What is said to be impossible is.
 */
export class PossibleElement {
  readonly name: ExpandedName;
  readonly #declaration: ElementDeclaration;
  readonly #schema: PossibleSchema;
  #content: Content | undefined;
  #descendants: Descendants | undefined;
  #text: PossibleText | undefined;

  constructor(declaration: ElementDeclaration, schema: PossibleSchema) {
    this.name = declaration.name;
    this.#declaration = declaration;
    this.#schema = schema;
  }

  /** All children that are declared. */
  get children(): ReadonlySet<PossibleElement> {
    return this.#read().children;
  }

  /** The declared children of a name. */
  childrenNamed(name: ExpandedName): readonly PossibleElement[] {
    return this.#read().childrenByName.get(String(name)) ?? [];
  }

  /** Whether a wildcard lets in elements of a namespace, or of any, about which nothing is known. */
  admits(namespace?: string): boolean {
    return this.#read().wildcards.some((each) => namespace === undefined || wildcardAllows(each, namespace));
  }

  /** All elements that can be somewhere in this one, except below what only a wildcard lets in. */
  get descendants(): ReadonlySet<PossibleElement> {
    return this.#search().elements;
  }

  descendantsNamed(name: ExpandedName): readonly PossibleElement[] {
    return this.#search().byName.get(String(name)) ?? [];
  }

  /** Whether anything at all can be somewhere in this element. */
  get admitsBelow(): boolean {
    return this.#search().hasWildcard;
  }

  /** The declared attributes, by their names in Clark notation. */
  get attributes(): ReadonlyMap<string, PossibleAttribute> {
    return this.#read().attributes;
  }

  /** Whether attributes of a namespace, or of any, are let in that are not declared here. */
  admitsAttribute(namespace?: string): boolean {
    return this.#read().attributeWildcards.some((each) => namespace === undefined || each.allows(namespace));
  }

  get text(): PossibleText {
    return (this.#text ??= this.#makeText());
  }

  #read(): Content {
    return (this.#content ??= this.#makeContent());
  }

  #search(): Descendants {
    return (this.#descendants ??= searchFrom(this));
  }

  #types(): readonly TypeDefinition[] {
    return this.#schema.typesFor(this.#schema.table.typeOfElement(this.#declaration));
  }

  #makeContent(): Content {
    const { table } = this.#schema;
    const children = new Set<PossibleElement>();
    const wildcards: Wildcard[] = [];
    const attributes = new Map<string, AttributeView[]>();
    const attributeWildcards: EffectiveAttributeWildcard[] = [];
    for (const type of this.#types()) {
      if (type.kind === "simpleType") continue;
      const view = viewOf(type, table);
      for (const each of this.#childrenIn(view.particle)) children.add(each);
      if (view.particle !== undefined) wildcards.push(...wildcardsIn(view.particle, table));
      for (const [key, attribute] of view.attributes) {
        const uses = attributes.get(key);
        if (uses === undefined) attributes.set(key, [attribute]);
        else uses.push(attribute);
      }
      if (view.attributeWildcard !== undefined) attributeWildcards.push(view.attributeWildcard);
    }
    return {
      children,
      childrenByName: byName(children),
      wildcards,
      attributes: new Map([...attributes].map(([key, uses]) => [key, possibleAttribute(uses, table)])),
      attributeWildcards,
    };
  }

  #childrenIn(particle: Particle | undefined): readonly PossibleElement[] {
    const { table } = this.#schema;
    return elementsIn(particle, table)
      .flatMap(({ declaration }) => withSubstitutes(declaration, table))
      .filter((each) => !each.isAbstract)
      .map((each) => this.#schema.elementOf(each));
  }

  #makeText(): PossibleText {
    const { table } = this.#schema;
    const texts: SimpleType[] = [];
    let isOpen = false;
    for (const type of this.#types()) {
      const text = type.kind === "simpleType" ? type : viewOf(type, table).text?.type;
      if (text === undefined) isOpen = true;
      else texts.push(text);
    }
    const { isNillable, default: ifEmpty, fixed } = this.#declaration;
    return new PossibleText(table, {
      types: isOpen ? undefined : texts,
      mayBeEmpty: isNillable || ifEmpty !== undefined || fixed !== undefined,
      fixed,
    });
  }
}

/** An attribute as valid documents can have it. */
export interface PossibleAttribute {
  readonly name: ExpandedName;
  readonly text: PossibleText;
}

interface Content {
  readonly children: ReadonlySet<PossibleElement>;
  readonly childrenByName: ReadonlyMap<string, readonly PossibleElement[]>;
  readonly wildcards: readonly Wildcard[];
  readonly attributes: ReadonlyMap<string, PossibleAttribute>;
  readonly attributeWildcards: readonly EffectiveAttributeWildcard[];
}

interface Descendants {
  readonly elements: ReadonlySet<PossibleElement>;
  readonly byName: ReadonlyMap<string, readonly PossibleElement[]>;
  readonly hasWildcard: boolean;
}

function searchFrom(element: PossibleElement): Descendants {
  const elements = new Set(element.children);
  let hasWildcard = element.admits();
  // A set hands out what is added to it while it is gone through.
  for (const each of elements) {
    hasWildcard ||= each.admits();
    for (const child of each.children) elements.add(child);
  }
  return { elements, byName: byName(elements), hasWildcard };
}

function byName(elements: ReadonlySet<PossibleElement>): ReadonlyMap<string, readonly PossibleElement[]> {
  const found = new Map<string, PossibleElement[]>();
  for (const element of elements) {
    const key = String(element.name);
    const namesakes = found.get(key);
    if (namesakes === undefined) found.set(key, [element]);
    else namesakes.push(element);
  }
  return found;
}

/** One attribute in the types that have it. */
function possibleAttribute(uses: readonly AttributeView[], table: ComponentTable): PossibleAttribute {
  const types = [...new Set(uses.map(({ checker }) => checker.type))];
  const [{ declaration, fixed }] = uses as [AttributeView];
  const isAlwaysFixed = uses.every((each) => each.fixed === fixed);
  const text = new PossibleText(table, { types, mayBeEmpty: false, fixed: isAlwaysFixed ? fixed : undefined });
  return { name: declaration.name, text };
}
