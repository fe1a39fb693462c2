import { positionOf, type ExpandedName } from "../../xml/index.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";
import { BUILT_IN_TYPES } from "./built-in-types.ts";
import type {
  AttributeDeclaration,
  AttributeGroup,
  ElementDeclaration,
  GlobalComponent,
  GroupDefinition,
  NameReference,
  TypeDefinition,
  TypeUse,
} from "./components.ts";
import type { ComponentReference, UnitComponents } from "./read-components.ts";
import { XSD_NAMESPACE } from "./xsd.ts";

/** The components of many schema units by expanded name; resolves references. */
export class ComponentTable {
  readonly #elements = new Map<string, ElementDeclaration>();
  readonly #types = new Map<string, TypeDefinition>();
  readonly #attributes = new Map<string, AttributeDeclaration>();
  readonly #groups = new Map<string, GroupDefinition>();
  readonly #attributeGroups = new Map<string, AttributeGroup>();
  readonly #members = new Map<string, ElementDeclaration[]>();
  /** Names declared twice: the first declaration in the order of the units stays, the second is the problem. */
  readonly duplicates: readonly SchemaProblem[];

  constructor(units: readonly UnitComponents[]) {
    for (const type of BUILT_IN_TYPES.values()) this.#types.set(String(type.name), type);
    this.duplicates = units.flatMap((unit) => unit.globals.flatMap((component) => this.#add(component)));
  }

  /** The global element declarations in the order of the units. */
  get elements(): Iterable<ElementDeclaration> {
    return this.#elements.values();
  }

  element(name: ExpandedName): ElementDeclaration | undefined {
    return this.#elements.get(String(name));
  }

  /** The global and built-in types. */
  get types(): Iterable<TypeDefinition> {
    return this.#types.values();
  }

  type(name: ExpandedName): TypeDefinition | undefined {
    return this.#types.get(String(name));
  }

  attribute(name: ExpandedName): AttributeDeclaration | undefined {
    return this.#attributes.get(String(name));
  }

  group(name: ExpandedName): GroupDefinition | undefined {
    return this.#groups.get(String(name));
  }

  attributeGroup(name: ExpandedName): AttributeGroup | undefined {
    return this.#attributeGroups.get(String(name));
  }

  /** The elements that name this one as the head of their substitution group. */
  substitutesFor(head: ExpandedName): readonly ElementDeclaration[] {
    return this.#members.get(String(head)) ?? [];
  }

  /** The component that a reference means. */
  find(reference: Pick<ComponentReference, "to" | "name">): GlobalComponent | undefined {
    return this.#tableOf(reference.to).get(String(reference.name));
  }

  /** The local names declared in a namespace, for "did you mean". */
  namesOf(kind: ComponentReference["to"], namespace: string): readonly string[] {
    return [...this.#tableOf(kind).values()].flatMap(({ name }) =>
      name?.namespace === namespace ? name.localName : [],
    );
  }

  /** The definition behind a type as it is used; xs:anyType when there is none, which a checked catalog does not have. */
  resolveType(use: TypeUse): TypeDefinition {
    return (use.kind === "reference" ? this.type(use.name) : use) ?? BUILT_IN_TYPES.get("anyType")!;
  }

  typeOfElement(declaration: ElementDeclaration): TypeDefinition {
    let at = declaration;
    while (at.type === undefined) {
      const head = at.substitutionGroup === undefined ? undefined : this.element(at.substitutionGroup);
      if (head === undefined) return BUILT_IN_TYPES.get("anyType")!;
      at = head;
    }
    return this.resolveType(at.type);
  }

  resolveAttribute(declaration: AttributeDeclaration | NameReference): AttributeDeclaration | undefined {
    return declaration.kind === "attribute" ? declaration : this.attribute(declaration.name);
  }

  #tableOf(kind: ComponentReference["to"]): Map<string, GlobalComponent> {
    switch (kind) {
      case "element":
        return this.#elements;
      case "type":
        return this.#types;
      case "attribute":
        return this.#attributes;
      case "group":
        return this.#groups;
      case "attributeGroup":
        return this.#attributeGroups;
    }
  }

  #add(component: GlobalComponent): readonly SchemaProblem[] {
    const name = component.name;
    if (name === undefined || name.namespace === XSD_NAMESPACE) return [];
    const kind = component.kind === "simpleType" || component.kind === "complexType" ? "type" : component.kind;
    const table = this.#tableOf(kind);
    const earlier = table.get(String(name));
    if (earlier?.source !== undefined && component.source !== undefined) {
      const { file, node } = earlier.source;
      const message =
        `the ${kind} "${name.localName}" is already declared in ${file}:${positionOf(node).line}; ` +
        `names are unique over all files of a namespace`;
      return [problemAt(component.source.file, component.source.node, message)];
    }
    table.set(String(name), component);
    if (component.kind === "element" && component.substitutionGroup !== undefined) {
      const head = String(component.substitutionGroup);
      this.#members.set(head, [...(this.#members.get(head) ?? []), component]);
    }
    return [];
  }
}
