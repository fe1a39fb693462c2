import { decodeXml } from "./decode.ts";
import { resolveXmlLimits, type XmlLimits } from "./limits.ts";
import type { XmlDocument } from "./node.ts";
import { Parser } from "./parser.ts";

/** How a document is read. */
export interface ParseXmlOptions {
  /** What differs from the default limits. */
  readonly limits?: Partial<XmlLimits>;
  /** A file name for messages. */
  readonly source?: string;
}

/**
 * Reads a document: conforming XML 1.0 (Fifth Edition) with Namespaces 1.0, completely checked, without DTD.
 *
 * @param input the bytes as they came (UTF-8, UTF-16, or what the XML declaration says), or decoded text
 * @throws XmlSyntaxError with place and one of the codes `xqbus:not-well-formed`, `xqbus:limit-exceeded`,
 *   `xqbus:doctype-refused`, `xqbus:unsupported-encoding`
 * @throws XqbusError `xqbus:illegal-argument` when an argument is none of the above
 */
export function parseXml(input: Uint8Array | string, options: ParseXmlOptions = {}): XmlDocument {
  return new Parser(decodeXml(input, resolveXmlLimits(options.limits), options.source)).parse();
}
