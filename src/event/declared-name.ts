import { escapeAttribute, internName } from "../xml/index.ts";
import type { ExpandedName } from "../xml/index.ts";

/** One namespace that an element name is declared in, with the start tag's beginning where it has to be declared. */
interface NamespaceChoice {
  readonly namespace: string;
  /** `<Status xmlns="http://…"`, to which attributes and `>` are added. */
  readonly declaringStart: string;
}

/** An element name as the catalog declares it: one local name in one namespace or in several. */
export class DeclaredName {
  readonly localName: string;
  /** `<Status`, for where the namespace is in force already. */
  readonly start: string;
  /** `</Status>` */
  readonly end: string;
  /** The name in the preferred namespace. */
  readonly expandedName: ExpandedName;
  readonly #preferred: NamespaceChoice;
  readonly #others: readonly NamespaceChoice[];

  /** @param namespaces the preferred one first; the empty string means no namespace */
  constructor(localName: string, namespaces: readonly [string, ...string[]]) {
    this.localName = localName;
    this.start = `<${localName}`;
    this.end = `</${localName}>`;
    const [preferred, ...others] = namespaces;
    this.expandedName = internName(preferred, localName);
    this.#preferred = choiceOf(localName, preferred);
    this.#others = others.map((namespace) => choiceOf(localName, namespace));
  }

  /** The preferred namespace first. */
  get namespaces(): readonly string[] {
    return [this.#preferred, ...this.#others].map(({ namespace }) => namespace);
  }

  /** The choice below a parent in this namespace: the parent's if the name is declared in it, else the preferred one. */
  below(parentNamespace: string): NamespaceChoice {
    if (this.#others.length === 0) return this.#preferred;
    return this.#others.find(({ namespace }) => namespace === parentNamespace) ?? this.#preferred;
  }
}

function choiceOf(localName: string, namespace: string): NamespaceChoice {
  return { namespace, declaringStart: `<${localName} xmlns="${escapeAttribute(namespace)}"` };
}
