import type { ExpandedName } from "../../xml/index.ts";
import { QNAME } from "./atomic-type.ts";
import { TypedValue } from "./item.ts";

/** A value of xs:QName: an expanded name and the prefix it was written with, which does not count in comparisons. */
export class QNameValue extends TypedValue {
  readonly prefix: string;
  readonly name: ExpandedName;

  constructor(prefix: string, name: ExpandedName) {
    super(QNAME);
    this.prefix = prefix;
    this.name = name;
  }

  override toString(): string {
    return this.prefix === "" ? this.name.localName : `${this.prefix}:${this.name.localName}`;
  }
}
