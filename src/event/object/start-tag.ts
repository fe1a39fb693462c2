import { XML_NAMESPACE, escapeAttribute } from "../../xml/index.ts";
import type { ExpandedName } from "../../xml/index.ts";
import { XSD_NAMESPACE, XSI_NAMESPACE } from "./names.ts";

/** The tags of an element. */
export interface Tags {
  /** The start tag without `>`. */
  readonly start: string;
  readonly end: string;
  /** The default namespace in force between them. */
  readonly defaultNamespace: string;
}

/** The start tag of one element in the making: declares the prefixes that its attributes and values need. */
export class StartTag {
  readonly #name: ExpandedName;
  readonly #outerDefault: string;
  readonly #prefixes = new Map<string, string>();
  readonly #written = new Set<string>();
  #attributes = "";
  #needsNoDefault = false;

  /** @param defaultNamespace the one in force around the element */
  constructor(name: ExpandedName, defaultNamespace: string) {
    this.#name = name;
    this.#outerDefault = defaultNamespace;
  }

  /**
   * @param escaped the value, already checked and escaped
   * @returns false when the element has an attribute of this name already
   */
  addAttribute(name: ExpandedName, escaped: string): boolean {
    const qualified = this.#qualified(name);
    if (this.#written.has(qualified)) return false;
    this.#written.add(qualified);
    this.#attributes += ` ${qualified}="${escaped}"`;
    return true;
  }

  /** A name as a QName that can stand in the value of an attribute or in the text of this element. */
  qname(name: ExpandedName): string {
    // A QName without prefix is in the default namespace, so there must be none (XML Schema 1.0 part 2, section 3.2.18).
    if (name.namespace === "") this.#needsNoDefault = true;
    return this.#qualified(name);
  }

  finish(): Tags {
    const { namespace, localName } = this.#name;
    const isPrefixed = namespace === XML_NAMESPACE || (this.#needsNoDefault && namespace !== "");
    const tagName = isPrefixed ? this.#qualified(this.#name) : localName;
    const defaultNamespace = this.#needsNoDefault ? "" : isPrefixed ? this.#outerDefault : namespace;
    let declarations = defaultNamespace === this.#outerDefault ? "" : declaration("xmlns", defaultNamespace);
    for (const [each, prefix] of this.#prefixes) declarations += declaration(`xmlns:${prefix}`, each);
    return { start: `<${tagName}${declarations}${this.#attributes}`, end: `</${tagName}>`, defaultNamespace };
  }

  #qualified({ namespace, localName }: ExpandedName): string {
    if (namespace === "") return localName;
    if (namespace === XML_NAMESPACE) return `xml:${localName}`;
    let prefix = this.#prefixes.get(namespace);
    if (prefix === undefined) {
      prefix = USUAL_PREFIXES[namespace] ?? `n${this.#prefixes.size}`;
      this.#prefixes.set(namespace, prefix);
    }
    return `${prefix}:${localName}`;
  }
}

const USUAL_PREFIXES: Readonly<Record<string, string | undefined>> = { [XSI_NAMESPACE]: "xsi", [XSD_NAMESPACE]: "xs" };

/** The tags of an element without attributes. */
export function plainTags(name: ExpandedName, outerDefault: string): Tags {
  const { namespace, localName } = name;
  if (namespace === XML_NAMESPACE) return new StartTag(name, outerDefault).finish();
  const declared = namespace === outerDefault ? "" : declaration("xmlns", namespace);
  return { start: `<${localName}${declared}`, end: `</${localName}>`, defaultNamespace: namespace };
}

function declaration(name: string, namespace: string): string {
  return ` ${name}="${escapeAttribute(namespace)}"`;
}
