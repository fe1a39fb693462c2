import type { ComponentTable } from "../model/component-table.ts";
import type { TypeDefinition } from "../model/components.ts";
import { baseOf, derivationMethods } from "../model/derivation.ts";

/**
 * The named types that are derived from another one, directly or not: what `xsi:type` may name in its place. What a schema blocks is
 * not taken away: the answer is rather too large than too small.
 */
export class TypeDescendants {
  readonly #table: ComponentTable;
  readonly #descendants = new Map<TypeDefinition, TypeDefinition[]>();

  constructor(table: ComponentTable) {
    this.#table = table;
    for (const type of table.types) {
      for (let at = baseOf(type, table); at !== undefined; at = baseOf(at, table)) {
        const known = this.#descendants.get(at);
        if (known === undefined) this.#descendants.set(at, [type]);
        else known.push(type);
      }
    }
  }

  of(type: TypeDefinition): readonly TypeDefinition[] {
    if (type.kind === "simpleType" && type.derivation.method === "union") return this.#ofUnion(type);
    return this.#descendants.get(type) ?? [];
  }

  /** What is derived from a member is derived from the union (XML Schema 1.0 part 1, section 3.14.6). */
  #ofUnion(union: TypeDefinition): readonly TypeDefinition[] {
    return [...this.#table.types].filter(
      (type) => type !== union && derivationMethods(type, union, this.#table) !== undefined,
    );
  }
}
