import { Buffer } from "node:buffer";

/** The XML declaration up to the encoding, and its pseudo-attribute encoding (XML 1.0, productions [23] and [80]). */
const DECLARED_ENCODING = /^(<\?xml\s[^>]*?)\s+encoding\s*=\s*(?:"([^"]*)"|'([^']*)')/;

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * The bytes in UTF-8 of a well-formed document that came as a string or as bytes in any encoding.
 *
 * Bytes in UTF-8 stay as they are (copied, for they are the caller's). Anything else is encoded anew, and an XML
 * declaration that names another encoding does so no longer.
 *
 * @param decoded what the parser read out of the input
 */
export function utf8Form(input: Uint8Array | string, decoded: string): Uint8Array {
  if (typeof input === "string") return Buffer.from(withoutForeignEncoding(withoutByteOrderMark(input)));
  if (isUtf16(input) || foreignEncoding(decoded) !== undefined) return Buffer.from(withoutForeignEncoding(decoded));
  return Buffer.from(input);
}

/** The text of bytes in UTF-8, without byte order mark. */
export function textOfUtf8(bytes: Uint8Array): string {
  return withoutByteOrderMark(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
}

function withoutByteOrderMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

/** A document begins with `<` or a byte order mark (XML 1.0, appendix F.1), so one of its first two bytes tells. */
function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes.subarray(0, 2);
  return first === 0 || second === 0 || first === 0xfe || first === 0xff;
}

function foreignEncoding(text: string): string | undefined {
  const match = DECLARED_ENCODING.exec(text);
  const encoding = match?.[2] ?? match?.[3];
  return encoding === undefined || /^utf-?8$/i.test(encoding) ? undefined : encoding;
}

function withoutForeignEncoding(text: string): string {
  return foreignEncoding(text) === undefined ? text : text.replace(DECLARED_ENCODING, "$1");
}
