import { isNCName } from "./characters.ts";
import { documentName, type ExpandedName } from "./expanded-name.ts";
import type { NamespaceContext } from "./namespaces.ts";
import { ownCopy } from "./own-copy.ts";

/** A QName (Namespaces in XML 1.0, production [7]) as it is written, with the expanded names that it last stood for. */
export class QualifiedName {
  readonly text: string;
  readonly prefix: string;
  readonly localName: string;
  /** The prefix that an attribute of this name declares (empty: the default namespace); undefined when it declares none. */
  readonly declares: string | undefined;
  private elementName: ExpandedName | undefined = undefined;
  private attributeName: ExpandedName | undefined = undefined;

  /** @internal use {@link qualifiedName} */
  constructor(text: string, prefix: string, localName: string) {
    this.text = text;
    this.prefix = prefix;
    this.localName = localName;
    this.declares = prefix === "xmlns" ? localName : text === "xmlns" ? "" : undefined;
  }

  /** As the name of an element: without prefix it is in the default namespace. Undefined when the prefix is not declared. */
  asElement(context: NamespaceContext): ExpandedName | undefined {
    const namespace = context.resolve(this.prefix);
    if (namespace === undefined) return undefined;
    const known = this.elementName;
    if (known !== undefined && known.namespace === namespace) return known;
    const name = documentName(namespace, this.localName);
    if (name.interned) this.elementName = name;
    return name;
  }

  /** As the name of an attribute: without prefix it is in no namespace. Undefined when the prefix is not declared. */
  asAttribute(context: NamespaceContext): ExpandedName | undefined {
    const namespace = this.prefix === "" ? "" : context.resolve(this.prefix);
    if (namespace === undefined) return undefined;
    const known = this.attributeName;
    if (known !== undefined && known.namespace === namespace) return known;
    const name = documentName(namespace, this.localName);
    if (name.interned) this.attributeName = name;
    return name;
  }
}

/** Qualified names that are remembered from one document to the next; then the table starts anew. */
const MAX_REMEMBERED = 4096;

/** UTF-16 code units beyond which a name is not remembered. */
const MAX_REMEMBERED_LENGTH = 128;

/** Events of one kind carry the same names over and over: splitting and checking them once saves a quarter of the time. */
const remembered = new Map<string, QualifiedName>();

/** The qualified name with this text, which is a Name; undefined when its colons make it none. */
export function qualifiedName(text: string): QualifiedName | undefined {
  return remembered.get(text) ?? splitName(text);
}

function splitName(written: string): QualifiedName | undefined {
  const short = written.length <= MAX_REMEMBERED_LENGTH;
  const text = short ? ownCopy(written) : written;
  const colon = text.indexOf(":");
  const prefix = text.slice(0, Math.max(colon, 0));
  const localName = text.slice(colon + 1);
  if (colon === 0 || !isNCName(localName)) return undefined;
  const name = new QualifiedName(text, prefix, localName);
  if (short) {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(text, name);
  }
  return name;
}
