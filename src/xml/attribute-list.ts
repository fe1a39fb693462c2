import { sameName } from "./expanded-name.ts";
import { undeclaredPrefix, type NamespaceContext } from "./namespaces.ts";
import { XmlAttribute, type XmlElement } from "./node.ts";
import type { QualifiedName } from "./qualified-name.ts";
import { quoted } from "./quoted.ts";
import type { Scanner } from "./scanner.ts";
import type { XmlSyntaxError } from "./syntax-error.ts";

/** Attributes up to which comparing each with each is faster than a table. */
const FEW_ATTRIBUTES = 8;

/** The attributes of one start tag as they are written, until all its namespace declarations are known. */
export class AttributeList {
  private count = 0;
  private readonly names: QualifiedName[] = [];
  private readonly values: string[] = [];
  private readonly offsets: number[] = [];

  get isEmpty(): boolean {
    return this.count === 0;
  }

  clear(): void {
    this.count = 0;
  }

  add(name: QualifiedName, value: string, offset: number): void {
    this.names[this.count] = name;
    this.values[this.count] = value;
    this.offsets[this.count] = offset;
    this.count++;
  }

  /**
   * The attributes as nodes of an element.
   *
   * @throws XmlSyntaxError when a prefix is not declared or two attributes have the same expanded name
   */
  resolve(element: XmlElement, context: NamespaceContext, scanner: Scanner): XmlAttribute[] {
    const attributes: XmlAttribute[] = [];
    for (let i = 0; i < this.count; i++) {
      const name = this.names[i]!;
      const offset = this.offsets[i]!;
      const expanded = name.asAttribute(context);
      if (expanded === undefined) throw scanner.error(offset, undeclaredPrefix("attribute", name));
      const attribute = new XmlAttribute(expanded, name.prefix, this.values[i]!, element, offset);
      if (i < FEW_ATTRIBUTES) {
        for (const other of attributes) if (sameName(other.name, expanded)) throw duplicate(other, attribute, scanner);
      }
      attributes.push(attribute);
    }
    if (attributes.length > FEW_ATTRIBUTES) assertDistinct(attributes, scanner);
    return attributes;
  }
}

/** What to say about an attribute or declaration that a start tag has twice. */
export function givenTwice(name: string): string {
  return `attribute ${quoted(name)} is given twice; expected it once`;
}

function assertDistinct(attributes: readonly XmlAttribute[], scanner: Scanner): void {
  const byName = new Map<string, XmlAttribute>();
  for (const attribute of attributes) {
    const key = attribute.name.toString();
    const other = byName.get(key);
    if (other !== undefined) throw duplicate(other, attribute, scanner);
    byName.set(key, attribute);
  }
}

function duplicate(first: XmlAttribute, second: XmlAttribute, scanner: Scanner): XmlSyntaxError {
  const reason =
    first.nodeName === second.nodeName
      ? givenTwice(second.nodeName)
      : `attributes ${quoted(first.nodeName)} and ${quoted(second.nodeName)} are both ${second.name.toString()}; expected each name once`;
  return scanner.error(second.offset, reason);
}
