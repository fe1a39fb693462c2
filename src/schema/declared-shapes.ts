import type { ExpandedName } from "../xml/index.ts";
import type { ElementDeclaration } from "./model/components.ts";
import type { UnitComponents } from "./model/read-components.ts";
import type { SchemaModel } from "./model/schema-model.ts";
import type { Shape } from "./shape/shape.ts";
import { shapesOf, type Shapes } from "./shape/shapes.ts";

/** The shapes of all elements that schema units declare, local ones too, by name. */
export class DeclaredShapes {
  readonly #model: SchemaModel;
  readonly #shapes: Shapes;
  readonly #declarations = new Map<string, ElementDeclaration[]>();

  constructor(components: readonly UnitComponents[], model: SchemaModel) {
    this.#model = model;
    this.#shapes = shapesOf(model);
    for (const declaration of components.flatMap(({ elements }) => elements)) {
      const key = String(declaration.name);
      const namesakes = this.#declarations.get(key);
      if (namesakes === undefined) this.#declarations.set(key, [declaration]);
      else namesakes.push(declaration);
    }
  }

  /** One shape for each type that a declaration of this name has. */
  of(name: ExpandedName): readonly Shape[] {
    const types = (this.#declarations.get(String(name)) ?? []).map((each) => this.#model.table.typeOfElement(each));
    return [...new Set(types)].map((type) => this.#shapes.ofType(type));
  }
}
