import type { DeclaredName } from "./declared-name.ts";
import { showAsText } from "./show-as-text.ts";

/** What stands between the tags: markup where there are no child elements, else markup and elements in document order. */
export type MadeContent = string | readonly (string | MadeElement)[];

/**
 * An element that a factory of the EventMaker made: checked, immutable, and good for any number of uses in other elements.
 * Which namespace a name of several namespaces means is decided when the event is written, by the parent then.
 *
 * The type parameter is the local name, so that the compiler knows where the element may stand.
 */
export class MadeElement<Name extends string = string> {
  readonly #name: DeclaredName;
  readonly #attributes: string;
  readonly #content: MadeContent;
  readonly #depth: number;

  static {
    showAsText(MadeElement.prototype);
  }

  private constructor(name: DeclaredName, attributes: string, content: MadeContent, depth: number) {
    this.#name = name;
    this.#attributes = attributes;
    this.#content = content;
    this.#depth = depth;
  }

  /**
   * @internal {@link makeElement} checks what it puts in here
   * @param attributes markup, each attribute with a space before it
   * @param depth of the tree below and with this element: 1 for an element without child elements
   */
  static create(name: DeclaredName, attributes: string, content: MadeContent, depth: number): MadeElement {
    return new MadeElement(name, attributes, content, depth);
  }

  /** Whether a value is an element of a maker. */
  static is(value: unknown): value is MadeElement {
    return value instanceof MadeElement;
  }

  /** Local name. */
  get name(): Name {
    return this.#name.localName as Name;
  }

  /** @internal */
  get depth(): number {
    return this.#depth;
  }

  /** @internal The namespace that the element has below a parent in this namespace (empty string: in none). */
  namespaceBelow(parentNamespace: string): string {
    return this.#name.below(parentNamespace).namespace;
  }

  /** @internal The element as markup below a parent in this namespace; declares the default namespace where it changes. */
  markupBelow(parentNamespace: string): string {
    const name = this.#name;
    const { namespace, declaringStart } = name.below(parentNamespace);
    const start = (namespace === parentNamespace ? name.start : declaringStart) + this.#attributes;
    const content = this.#content;
    if (typeof content === "string") return content === "" ? `${start}/>` : `${start}>${content}${name.end}`;
    let inner = "";
    for (const part of content) inner += typeof part === "string" ? part : part.markupBelow(namespace);
    return `${start}>${inner}${name.end}`;
  }

  /** The element as XML that stands alone, to look at; what a bus takes is the event that `e.Event(…)` returns. */
  toString(): string {
    return this.markupBelow("");
  }
}
