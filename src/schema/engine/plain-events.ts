import { isAscii, isUtf8 } from "node:buffer";
import { DEFAULT_XML_LIMITS, escapeAttribute, type XmlLimits } from "../../xml/index.ts";
import { ENVELOPE_NAME } from "../assemble/envelope.ts";

/**
 * Events whose bytes the engine may judge alone, without the light tree, because nothing can be wrong with them that only the
 * light tree would find. Small events as makers write them are of this kind:
 *
 *     <?xml version="1.0" encoding="UTF-8"?>
 *     <Event xmlns="http://www.gonicus.de/Events"><PhoneStatus>…
 *
 * What each condition rules out:
 *
 * - a beginning of exactly this form, down to the quotation marks: other encodings and byte order marks, a DOCTYPE (which
 *   must stand before the root element), another root element, an element that is no event type;
 * - bytes that are UTF-8: an encoding that libxml2 might repair;
 * - a size in which no limit of the light tree can be exceeded.
 *
 * What remains is well-formedness, which libxml2 checks. It lets mistakes in namespaces pass, but never without a remark
 * (`EngineResult.isClean`). Whatever is not valid without a remark is read again by way of the light tree.
 */
export class PlainEvents {
  readonly #maxBytes: number;
  readonly #beginning: RegExp;
  /** Those of ASCII, in which one byte is one character. */
  readonly #eventNames: ReadonlySet<string>;

  /**
   * @param namespace of the envelope and of the event elements
   * @param eventNames local names of the event elements
   * @param limits those of the light tree
   */
  constructor(namespace: string, eventNames: readonly string[], limits: Partial<XmlLimits>) {
    this.#maxBytes = sizeWithinLimits({ ...DEFAULT_XML_LIMITS, ...limits });
    const startTag = `<${ENVELOPE_NAME} xmlns="${escapeAttribute(namespace)}">`;
    this.#beginning = new RegExp(`^${DECLARATION}${S}*${literally(startTag)}${S}*<([^ \\t\\r\\n/>]+)[ \\t\\r\\n/>]`);
    this.#eventNames = new Set(eventNames.filter((name) => isAscii(Buffer.from(name))));
  }

  /** Whether the engine may judge these bytes alone. */
  include(bytes: Uint8Array): boolean {
    if (bytes.length > this.#maxBytes) return false;
    const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const event = this.#beginning.exec(buffer.toString("latin1", 0, BEGINNING_BYTES));
    return event !== null && this.#eventNames.has(event[1]!) && isUtf8(buffer);
  }
}

/** The size of a document in bytes up to which it cannot exceed any of the limits. */
function sizeWithinLimits({ maxBytes, maxDepth, maxAttributes, maxNameLength }: XmlLimits): number {
  // No name is longer in UTF-16 code units than in bytes; ` a=""` is the shortest attribute, `<a></a>` the shortest element around another.
  return Math.min(maxBytes, maxNameLength, 5 * maxAttributes, 7 * maxDepth);
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** Bytes in which the name of the event must end; an event that begins later is read by way of the light tree. */
const BEGINNING_BYTES = 256;

/** White space and XML declarations as nearly everybody writes them, as parts of a regular expression. */
const S = "[ \\t\\r\\n]";
const DECLARATION = `(?:<\\?xml version="1\\.0"(?: encoding="(?:UTF|utf)-8")?\\?>)?`;
