import type { DeclaredNames } from "./declared-names.ts";
import { makeElement } from "./make-element.ts";
import type { MadeElement } from "./made-element.ts";
import type { MakerContent } from "./maker-content.ts";

/**
 * What JavaScript itself looks up on any object: `await` asks for `then`, `JSON.stringify` for `toJSON`, everything for
 * the members of Object.prototype. These never are factories, whatever the catalog declares.
 */
const LANGUAGE_NAMES: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  "then",
  "toJSON",
]);

/**
 * What consoles and test frameworks look up to find out what kind of object they print or compare. A factory where the
 * catalog declares the name, undefined where it does not: printing a maker is no mistake.
 */
const PROBED_NAMES: ReadonlySet<string> = new Set([
  "$$typeof",
  "@@__IMMUTABLE_ITERABLE__@@",
  "@@__IMMUTABLE_RECORD__@@",
  "_isMockFunction",
  "asymmetricMatch",
  "hasAttribute",
  "href",
  "inspect",
  "length",
  "nodeType",
  "tagName",
]);

/**
 * The prototype of a maker: it is asked only for properties that the maker does not have yet. It gives the maker a factory
 * for every declared name that somebody asks for, as a property of its own, so that the next access costs nothing.
 */
export class FactoryLookup implements ProxyHandler<object> {
  readonly #names: DeclaredNames;

  constructor(names: DeclaredNames) {
    this.#names = names;
  }

  /** @throws UnknownNameError */
  get(target: object, key: string | symbol, maker: unknown): unknown {
    if (typeof key === "symbol" || LANGUAGE_NAMES.has(key)) return Reflect.get(target, key, maker);
    const name = this.#names.find(key);
    if (name === undefined) {
      if (PROBED_NAMES.has(key)) return undefined;
      throw this.#names.unknown(key);
    }
    const { vocabulary } = this.#names;
    const factory = (...content: MakerContent[]): MadeElement => makeElement(name, content, this.#names);
    const current = (): unknown => {
      if (this.#names.vocabulary === vocabulary) return factory;
      // The catalog's files have changed: the name may be gone, or be in another namespace.
      Reflect.deleteProperty(maker as object, key);
      return this.get(target, key, maker);
    };
    Reflect.defineProperty(maker as object, key, { configurable: true, get: current });
    return factory;
  }

  /** `"PhoneStatus" in e` tells whether the name is declared. */
  has(target: object, key: string | symbol): boolean {
    if (typeof key === "symbol" || LANGUAGE_NAMES.has(key)) return Reflect.has(target, key);
    return this.#names.find(key) !== undefined;
  }

  /** A maker has no properties to set; in strict mode the attempt throws a TypeError. */
  set(): boolean {
    return false;
  }
}
