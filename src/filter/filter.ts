import type { XmlDocument, XmlNode } from "../xml/index.ts";

/** The language of a filter's text: XQuery 3.1 (the default) or XPath 3.1. */
export type FilterLanguage = "xquery" | "xpath";

/** One item of a result sequence: a node of the event's tree (or a constructed one) or an atomic value. */
export type FilterItem =
  XmlNode | string | number | boolean | Date | readonly unknown[] | Readonly<Record<string, unknown>>;

/**
 * A compiled filter. It never changes, holds no document, and may be used for any number of documents.
 *
 * The context item of the query is the document node, so that `./f:Event` and `/f:Event` both find the envelope.
 */
export interface Filter {
  /** The text as it was given. */
  readonly text: string;
  readonly language: FilterLanguage;
  /**
   * Whether the document matches: the effective boolean value of the result (XPath 3.1, section 2.4.3): empty is false;
   * a sequence that starts with a node is true; one boolean is itself; one string is true unless empty; one number is
   * true unless zero or NaN.
   *
   * @throws FilterError with phase `dynamic`: the evaluation failed, or the result has no effective boolean value (FORG0006)
   */
  matches(document: XmlDocument): boolean;
  /**
   * The result sequence.
   *
   * @throws FilterError with phase `dynamic`
   */
  evaluate(document: XmlDocument): readonly FilterItem[];
}
