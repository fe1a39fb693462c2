import type { ModuleOptions } from "../evaluate/module.ts";
import { readQueryText, type QueryText } from "./query-text.ts";
import { shapeOf, type Shape } from "./shape.ts";

/** A shape, how many filters have it, and what their literals are. */
export interface ShapeUse {
  readonly shape: Shape;
  users: number;
  readonly key: string;
}

/** A filter as a shape and the literals that make it this filter. */
export interface ShapedFilter {
  readonly use: ShapeUse;
  readonly literals: readonly string[];
}

/**
 * The shapes of all filters. Taking the literals out of a text is much cheaper than parsing it, so that many filters of few shapes are
 * registered fast, and what was compiled for a shape is shared.
 */
export class ShapeCache {
  readonly #maxAlternatives: number;
  /** Which literals of a skeleton are no parameters, so that their values are part of the shape. */
  readonly #fixedPlaces = new Map<string, { readonly places: readonly number[]; users: number }>();
  readonly #uses = new Map<string, ShapeUse>();
  readonly #namespaceTexts = new WeakMap<ModuleOptions["namespaces"], string>();
  readonly #variables = new WeakMap<ModuleOptions["externalVariable"], number>();
  #nextVariables = 0;

  constructor(maxAlternatives: number) {
    this.#maxAlternatives = maxAlternatives;
  }

  /** @throws QueryError static errors; UnsupportedError */
  take(options: ModuleOptions): ShapedFilter {
    const text = readQueryText(options.query, options.language);
    const context = this.#contextOf(options);
    const skeleton = `${context}\n${text === undefined ? `\u0000${options.query}` : text.skeleton}`;
    let fixed = this.#fixedPlaces.get(skeleton);
    let use = fixed === undefined ? undefined : this.#uses.get(keyOf(skeleton, fixed.places, text));
    if (use === undefined) {
      const shape = shapeOf(options, text?.literals ?? [], this.#maxAlternatives);
      fixed ??= { places: otherPlaces(shape.parameterPlaces, text?.literals.length ?? 0), users: 0 };
      use = { shape, users: 0, key: keyOf(skeleton, fixed.places, text) };
      this.#uses.set(use.key, use);
      this.#fixedPlaces.set(skeleton, fixed);
      fixed.users++;
    }
    use.users++;
    return { use, literals: use.shape.parameterPlaces.map((place) => ownText(text!.literals[place]!.value)) };
  }

  /** Gives a filter's shape back; true when it was the last one. */
  release(use: ShapeUse): boolean {
    if (--use.users > 0) return false;
    this.#uses.delete(use.key);
    const skeleton = skeletonOf(use.key);
    const fixed = this.#fixedPlaces.get(skeleton)!;
    if (--fixed.users === 0) this.#fixedPlaces.delete(skeleton);
    return true;
  }

  get size(): number {
    return this.#uses.size;
  }

  /** A text that is equal where texts of filters mean the same. */
  #contextOf({ language, namespaces, externalVariable, baseUri = "" }: ModuleOptions): string {
    let names = this.#namespaceTexts.get(namespaces);
    if (names === undefined) this.#namespaceTexts.set(namespaces, (names = JSON.stringify([...namespaces].sort())));
    let variables = this.#variables.get(externalVariable);
    if (variables === undefined) this.#variables.set(externalVariable, (variables = this.#nextVariables++));
    return `${language} ${variables} ${JSON.stringify(baseUri)} ${names}`;
  }
}

/** Separates the skeleton from the values of its fixed literals; no query has it. */
const SEPARATOR = "\u0005";

function keyOf(skeleton: string, fixed: readonly number[], text: QueryText | undefined): string {
  return `${skeleton}${SEPARATOR}${fixed.map((place) => `${text!.literals[place]!.value}${SEPARATOR}`).join("")}`;
}

function skeletonOf(key: string): string {
  return key.slice(0, key.indexOf(SEPARATOR));
}

function otherPlaces(places: readonly number[], count: number): readonly number[] {
  const taken = new Set(places);
  return Array.from({ length: count }, (_, place) => place).filter((place) => !taken.has(place));
}

/** Texts up to this length are copied when they are cut out of another one. */
const COPIED_LENGTH = 12;

/** The text in memory of its own: it outlives the query that it was cut from. */
function ownText(text: string): string {
  return text.length <= COPIED_LENGTH ? text : Buffer.from(text, "utf16le").toString("utf16le");
}
