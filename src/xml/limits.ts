/** Bounds on one document. Every bound is checked while reading, before memory is spent on what exceeds it. */
export interface XmlLimits {
  /** Bytes of the encoded document (UTF-16 code units, times one, when a string is given). */
  readonly maxBytes: number;
  /** Depth of nested elements; the document element has depth 1. */
  readonly maxDepth: number;
  /** Attributes and namespace declarations of one element. */
  readonly maxAttributes: number;
  /** Characters of one name, prefix included. */
  readonly maxNameLength: number;
}

/** Sane values for events: an event is a message, not an archive. libxml2's own depth limit is 256. */
export const DEFAULT_XML_LIMITS: XmlLimits = {
  maxBytes: 4 * 1024 * 1024,
  maxDepth: 200,
  maxAttributes: 256,
  maxNameLength: 1024,
};
