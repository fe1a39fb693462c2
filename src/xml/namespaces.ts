import { knownNamespace } from "./expanded-name.ts";
import type { NamespaceScope } from "./node.ts";
import type { QualifiedName } from "./qualified-name.ts";
import { quoted } from "./quoted.ts";

/** The namespace of the prefix `xml`, always declared (Namespaces in XML 1.0, section 3). */
export const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";

/** The namespace of the prefix `xmlns`, which nobody may declare or use (Namespaces in XML 1.0, section 3). */
export const XMLNS_NAMESPACE = "http://www.w3.org/2000/xmlns/";

/** One declaration in force while a document is read. */
class Binding implements NamespaceScope {
  readonly prefix: string;
  readonly namespace: string;
  readonly outer: Binding | undefined;
  /** The declaration of the same prefix further out, which this one hides. */
  readonly hidden: Binding | undefined;
  /** Depth of the element that carries the declaration. */
  readonly depth: number;

  constructor(
    prefix: string,
    namespace: string,
    outer: Binding | undefined,
    hidden: Binding | undefined,
    depth: number,
  ) {
    this.prefix = prefix;
    this.namespace = namespace;
    this.outer = outer;
    this.hidden = hidden;
    this.depth = depth;
  }
}

/**
 * The declarations in force at one point of a document. Looking up a prefix takes the same time however many
 * declarations there are; a hostile document could otherwise make each of its elements search a long chain.
 */
export class NamespaceContext {
  private innermost: Binding | undefined = undefined;
  private defaultNamespace = "";
  private readonly byPrefix = new Map<string, Binding | undefined>();

  get scope(): NamespaceScope | undefined {
    return this.innermost;
  }

  /** Declares a prefix on the element of that depth; false when the same element has declared it already. */
  declare(prefix: string, namespace: string, depth: number): boolean {
    const hidden = this.byPrefix.get(prefix);
    if (hidden?.depth === depth) return false;
    this.innermost = new Binding(prefix, knownNamespace(namespace), this.innermost, hidden, depth);
    this.byPrefix.set(prefix, this.innermost);
    if (prefix === "") this.defaultNamespace = this.innermost.namespace;
    return true;
  }

  /** Ends the declarations of the element of that depth. */
  leave(depth: number): void {
    for (let binding = this.innermost; binding?.depth === depth; binding = binding.outer) {
      const { prefix, hidden } = binding;
      // Never delete: a Map of V8 keeps the places of deleted keys and would search thousands of them for each prefix.
      this.byPrefix.set(prefix, hidden);
      if (prefix === "") this.defaultNamespace = hidden?.namespace ?? "";
      this.innermost = binding.outer;
    }
  }

  /** The namespace of a prefix, undefined when it is not declared; the empty prefix is the default namespace. */
  resolve(prefix: string): string | undefined {
    if (prefix === "") return this.defaultNamespace;
    return prefix === "xml" ? XML_NAMESPACE : this.byPrefix.get(prefix)?.namespace;
  }
}

/**
 * What is wrong with declaring a namespace for a prefix (Namespaces in XML 1.0, sections 2.2, 3 and 5), undefined when
 * nothing is.
 */
export function namespaceMistake(prefix: string, namespace: string): string | undefined {
  if (prefix === "xmlns") return `the prefix "xmlns" cannot be declared; expected another prefix`;
  if (prefix === "xml") {
    if (namespace === XML_NAMESPACE) return undefined;
    return `the prefix "xml" is declared as ${quoted(namespace)}; expected "${XML_NAMESPACE}" or no declaration`;
  }
  const what = prefix === "" ? "the default namespace" : `the prefix ${quoted(prefix)}`;
  if (namespace === XML_NAMESPACE)
    return `${what} is declared as ${quoted(namespace)}; only the prefix "xml" stands for that`;
  if (namespace === XMLNS_NAMESPACE) {
    return `${what} is declared as ${quoted(namespace)}; expected another one, nothing can be declared as that`;
  }
  if (namespace === "" && prefix !== "") {
    return `${what} is declared as the empty string; expected a namespace (only xmlns="" takes a declaration away)`;
  }
  return undefined;
}

/** What to say about a name whose prefix is not declared, or is `xmlns`. */
export function undeclaredPrefix(kind: "element" | "attribute", name: QualifiedName): string {
  if (name.prefix === "xmlns") {
    return `${kind} ${quoted(name.text)} has the prefix "xmlns"; expected another one, that one only declares namespaces`;
  }
  return (
    `${kind} ${quoted(name.text)} has the prefix ${quoted(name.prefix)}, which is not declared; ` +
    `expected xmlns:${name.prefix}="…" on it or around it`
  );
}
