import { ownCopy } from "./own-copy.ts";

/**
 * Expanded names (Namespaces in XML 1.0, section 2.1): a namespace name and a local name.
 *
 * Names of schemas and filters are interned for the life of the process, so that comparing them is comparing references.
 * Names that only ever occur in documents come from outside: their table is bounded, and beyond the bound a document
 * gets names of its own, which {@link sameName} still compares correctly.
 */
export class ExpandedName {
  /** Namespace name; the empty string means no namespace. */
  readonly namespace: string;
  readonly localName: string;
  /** True when this object is the only one for its namespace and local name in this process. */
  readonly interned: boolean;

  /** @internal use {@link internName} or {@link documentName} */
  constructor(namespace: string, localName: string, interned: boolean) {
    this.namespace = namespace;
    this.localName = localName;
    this.interned = interned;
  }

  /** Clark notation: `{namespace}local`, or `local` in no namespace. */
  toString(): string {
    return this.namespace === "" ? this.localName : `{${this.namespace}}${this.localName}`;
  }
}

/** Names from documents that are kept at most; schema and filter names do not count. */
const MAX_DOCUMENT_NAMES = 65_536;

/** UTF-16 code units of namespace and local name together, beyond which a name from a document is not kept. */
const MAX_KEPT_LENGTH = 256;

/** The names of one namespace that are kept. */
interface NamespaceNames {
  readonly namespace: string;
  readonly byLocalName: Map<string, ExpandedName>;
}

const table = new Map<string, NamespaceNames>();
let documentNames = 0;

/** The one object for this name; for names that the program itself knows (schemas, filters, makers). */
export function internName(namespace: string, localName: string): ExpandedName {
  return lookup(namespace, localName) ?? add(namespace, localName);
}

/** A name met in a document: the interned one if there is one, else a new one, interned only while the table has room. */
export function documentName(namespace: string, localName: string): ExpandedName {
  const known = lookup(namespace, localName);
  if (known !== undefined) return known;
  if (documentNames >= MAX_DOCUMENT_NAMES || namespace.length + localName.length > MAX_KEPT_LENGTH) {
    return new ExpandedName(namespace, localName, false);
  }
  documentNames++;
  return add(ownCopy(namespace), ownCopy(localName));
}

/** Whether two names are equal; a comparison of references wherever both are interned. */
export function sameName(a: ExpandedName, b: ExpandedName): boolean {
  return a === b || ((!a.interned || !b.interned) && a.localName === b.localName && a.namespace === b.namespace);
}

/** The string object that interned names have as this namespace: comparing it with theirs is comparing references. */
export function knownNamespace(namespace: string): string {
  return table.get(namespace)?.namespace ?? namespace;
}

function lookup(namespace: string, localName: string): ExpandedName | undefined {
  return table.get(namespace)?.byLocalName.get(localName);
}

function add(namespace: string, localName: string): ExpandedName {
  let names = table.get(namespace);
  if (names === undefined) {
    names = { namespace, byLocalName: new Map() };
    table.set(namespace, names);
  }
  const name = new ExpandedName(names.namespace, localName, true);
  names.byLocalName.set(localName, name);
  return name;
}
