import { XqbusError } from "../errors.ts";
import { UnknownNameError } from "../schema/index.ts";
import type { Shape, Vocabulary } from "../schema/index.ts";
import { internName } from "../xml/index.ts";
import type { ExpandedName } from "../xml/index.ts";
import { DeclaredName } from "./declared-name.ts";
import { kindOf } from "./place.ts";

/** Where the names of elements come from: a vocabulary, or what has one, such as a catalog. */
export type VocabularySource = Vocabulary | { readonly vocabulary: Vocabulary };

/** Shapes as a vocabulary had them; another vocabulary may have others. */
interface KnownShapes {
  readonly vocabulary: Vocabulary;
  readonly shapes: readonly Shape[];
}

/** What every name has to be, for messages. */
const DECLARED = "declared by the catalog";

/** The element names that a maker knows, each prepared for writing when first asked for. */
export class DeclaredNames {
  readonly #source: VocabularySource;
  readonly #known = new Map<string, DeclaredName>();
  /** The vocabulary that the known names are of. */
  #knownIn: Vocabulary | undefined;
  readonly #exact = new Map<ExpandedName, DeclaredName>();
  readonly #shapes = new WeakMap<DeclaredName, KnownShapes>();

  /** @throws XqbusError `xqbus:illegal-argument` when the source is neither a vocabulary nor has one */
  constructor(source: VocabularySource) {
    if (typeof source !== "object" || !("elementNames" in source || "vocabulary" in source)) {
      throw new XqbusError(
        "xqbus:illegal-argument",
        `the EventMaker cannot take its names from ${kindOf(source)}; give a catalog (await loadCatalog()) or a vocabulary`,
      );
    }
    this.#source = source;
  }

  /** Asked for each time, because a catalog gets a new one when its files change. */
  get vocabulary(): Vocabulary {
    return "vocabulary" in this.#source ? this.#source.vocabulary : this.#source;
  }

  /** Namespace of the envelope. */
  get namespace(): string {
    return this.vocabulary.namespace;
  }

  /**
   * The name in all namespaces that it is declared in, the envelope's preferred; undefined when the catalog does not
   * declare it.
   */
  find(localName: string): DeclaredName | undefined {
    const { vocabulary } = this;
    if (vocabulary !== this.#knownIn) {
      this.#known.clear();
      this.#knownIn = vocabulary;
    }
    const known = this.#known.get(localName);
    if (known !== undefined) return known;
    const home = vocabulary.namespace;
    const namespaces = vocabulary.elementNames(localName).map(({ namespace }) => namespace);
    const [first, ...others] = namespaces.toSorted((a, b) => Number(b === home) - Number(a === home));
    if (first === undefined) return undefined;
    const name = new DeclaredName(localName, [first, ...others]);
    this.#known.set(localName, name);
    return name;
  }

  /**
   * The name in one namespace or in all.
   *
   * @param name `local`, or `{namespace}local` (`{}local` for no namespace)
   * @throws UnknownNameError when the catalog does not declare it, or not in that namespace
   */
  get(name: string): DeclaredName {
    const [, namespace, localName = name] = /^\{([^}]*)\}(.*)$/s.exec(name) ?? [];
    const found = this.find(localName);
    if (found === undefined) throw this.unknown(localName);
    if (namespace === undefined) return found;
    const namespaces = found.namespaces;
    if (!namespaces.includes(namespace)) throw new UnknownNameError(name, DECLARED, `{${namespaces[0]}}${localName}`);
    return new DeclaredName(localName, [namespace]);
  }

  /** A name that is declared, in its one namespace. */
  exactly(name: ExpandedName): DeclaredName {
    const known = this.#exact.get(name);
    if (known !== undefined) return known;
    const exact = new DeclaredName(name.localName, [name.namespace]);
    this.#exact.set(name, exact);
    return exact;
  }

  /** How elements of this name look as objects, one shape for each type; empty when the source knows nothing but names. */
  shapesOf(name: DeclaredName): readonly Shape[] {
    const vocabulary = this.vocabulary;
    const known = this.#shapes.get(name);
    if (known?.vocabulary === vocabulary) return known.shapes;
    const { localName, namespaces } = name;
    const shapes = namespaces.flatMap((each) => vocabulary.shapesOf?.(internName(each, localName)) ?? []);
    const found = { vocabulary, shapes: [...new Set(shapes)] };
    this.#shapes.set(name, found);
    return found.shapes;
  }

  /** The error for a name that {@link find} did not find. */
  unknown(localName: string): UnknownNameError {
    return new UnknownNameError(localName, DECLARED, this.vocabulary.suggest(localName));
  }
}
