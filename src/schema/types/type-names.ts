import type { TypeDefinition } from "../model/components.ts";

/** What TypeScript does not take as the name of a type, and what generated declarations name themselves. */
const TAKEN =
  "any as async await bigint boolean break case catch class const constructor continue debugger declare default delete do " +
  "else enum export extends false finally for from function if implements import in infer instanceof interface intrinsic " +
  "keyof let module namespace never new null number object of package private protected public readonly require return " +
  "satisfies static string super switch symbol this throw true try type typeof undefined unique unknown using var void " +
  "while with yield Events";

/** Gives out names of types, each once. */
export class TypeNames {
  readonly #taken: Set<string>;
  readonly #given = new Map<TypeDefinition, string>();

  /** @param reserved names that are not given out */
  constructor(reserved: Iterable<string>) {
    this.#taken = new Set([...TAKEN.split(" "), ...reserved]);
  }

  /**
   * The name of a type: its own, or the proposed one for a type without name. Types of several namespaces may have one name:
   * who asks first gets it as it is.
   */
  of(type: TypeDefinition, proposed: string): string {
    const given = this.#given.get(type);
    if (given !== undefined) return given;
    const name = this.take(type.name?.localName ?? proposed);
    this.#given.set(type, name);
    return name;
  }

  /** An identifier like this name: other characters become `_`, and a number is added where it is taken. */
  take(name: string): string {
    const identifier = name.replace(/[^\p{ID_Continue}$]/gu, "_").replace(/^(?![\p{ID_Start}_$])/u, "_");
    let free = identifier;
    for (let i = 2; this.#taken.has(free); i++) free = `${identifier}${i}`;
    this.#taken.add(free);
    return free;
  }
}

/** A property name as TypeScript writes it: in quotes unless it is an identifier. */
export function propertyName(name: string): string {
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? name : JSON.stringify(name);
}
