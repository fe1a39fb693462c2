import { XqbusError } from "../errors.ts";

/** Bounds on one document. Every bound is checked while reading, before memory is spent on what exceeds it. */
export interface XmlLimits {
  /** Bytes of the encoded document; UTF-16 code units when a string is given. */
  readonly maxBytes: number;
  /** Depth of nested elements; the document element has depth 1. */
  readonly maxDepth: number;
  /** Attributes and namespace declarations of one element. */
  readonly maxAttributes: number;
  /** UTF-16 code units of one name, prefix included, and of one namespace name. */
  readonly maxNameLength: number;
}

/** Sane values for events: an event is a message, not an archive. libxml2's own depth limit is 256. */
export const DEFAULT_XML_LIMITS: XmlLimits = {
  maxBytes: 4 * 1024 * 1024,
  maxDepth: 200,
  maxAttributes: 256,
  maxNameLength: 1024,
};

/** What {@link resolveXmlLimits} has given. */
const resolvedLimits = new WeakSet<object>();

/**
 * The limits of one call: the given ones, the others by default.
 *
 * @throws XqbusError `xqbus:illegal-argument` when a limit is not a positive whole number or Infinity
 */
export function resolveXmlLimits(limits: Partial<XmlLimits> | undefined): XmlLimits {
  if (limits === undefined) return DEFAULT_XML_LIMITS;
  // Consumers ask for each event.
  if (resolvedLimits.has(limits)) return limits as XmlLimits;
  const resolved = { ...DEFAULT_XML_LIMITS, ...limits };
  for (const [name, value] of Object.entries<number>(resolved)) {
    if (!(value >= 1) || (value !== Infinity && !Number.isInteger(value))) {
      throw new XqbusError(
        "xqbus:illegal-argument",
        `limits.${name} is ${String(value)}; expected a whole number of at least 1, or Infinity`,
      );
    }
  }
  resolvedLimits.add(Object.freeze(resolved));
  return resolved;
}
