import type { ExpandedName } from "../../xml/index.ts";
import type { Sequence } from "../values/item.ts";
import { assertMatches } from "../values/match-type.ts";
import type { SequenceType } from "../values/sequence-type.ts";
import { Compiled, traitsOver, type Visitor } from "./compiled.ts";
import type { Context } from "./environment.ts";

/** The value of a variable of the prolog, which must have its type. */
export class Declared extends Compiled {
  readonly #value: Compiled;
  readonly #type: SequenceType;
  readonly #name: ExpandedName;

  constructor(at: number, value: Compiled, type: SequenceType, name: ExpandedName) {
    super(at, traitsOver([value]));
    this.#value = value;
    this.#type = type;
    this.#name = name;
  }

  override items(context: Context): Sequence {
    const items = this.#value.items(context);
    assertMatches(items, this.#type, `$${this.#name.localName}`, this.at);
    return items;
  }

  override each(context: Context, visit: Visitor): boolean {
    return this.items(context).every(visit);
  }
}
