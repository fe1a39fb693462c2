import { BASE64_BINARY, type AtomicType } from "./atomic-type.ts";
import { TypedValue } from "./item.ts";

/** A value of xs:hexBinary or xs:base64Binary. */
export class BinaryValue extends TypedValue {
  readonly bytes: Uint8Array;

  constructor(type: AtomicType, bytes: Uint8Array) {
    super(type);
    this.bytes = bytes;
  }

  override toString(): string {
    const buffer = Buffer.from(this.bytes);
    return this.type === BASE64_BINARY ? buffer.toString("base64") : buffer.toString("hex").toUpperCase();
  }
}

/** Reads the lexical form (XML Schema part 2, sections 3.2.15 and 3.2.16); undefined when it is none. */
export function parseBinary(text: string, type: AtomicType): BinaryValue | undefined {
  if (type !== BASE64_BINARY) {
    return /^(?:[0-9a-fA-F]{2})*$/.test(text) ? new BinaryValue(type, Buffer.from(text, "hex")) : undefined;
  }
  const packed = text.replaceAll(/[ \t\n\r]/g, "");
  // The bits behind the last byte are zero.
  const form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)?$/;
  return form.test(packed) ? new BinaryValue(type, Buffer.from(packed, "base64")) : undefined;
}
