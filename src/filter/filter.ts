import type { Catalog } from "../schema/index.ts";
import type { XmlDocument } from "../xml/index.ts";
import type { FilterCheck, FilterProblem } from "./check/filter-problem.ts";
import type { Explanation } from "./explain/explanation.ts";
import type { FilterItem } from "./filter-item.ts";
import type { ImpliedCondition } from "./selector/formula.ts";
import type { TypeLabels } from "./selector/implied-selector.ts";
import type { FilterMessage } from "./message/filter-message.ts";

/**
 * The language of a filter's text: XQuery 3.1 (the default) or XPath 3.1, as far as the engine has them, or XPath 1.0, which is what
 * ActiveMQ and Artemis call XPath: it converts values where the others report an error.
 */
export type FilterLanguage = "xquery" | "xpath" | "xpath1";

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
   * The filter as XQuery that means the same everywhere: with a prolog that declares what the options of {@link compileFilter} say.
   * This is what another broker is given. Undefined where XQuery has no such filter.
   */
  readonly xquery: string | undefined;
  /**
   * The external variables that it reads, by Clark name: `name` for an application property, `{urn:xqbus:message}subject` for a
   * property of the message. Where there are none, it need not be given a message.
   */
  readonly variables: readonly string[];
  /**
   * The event types whose events can match, by the catalog the filter was compiled with; "all" when none is ruled out, and
   * without a catalog. Certain for valid events: one of another type never matches.
   */
  readonly eventTypes: readonly string[] | "all";
  /** What the catalog says against the filter (`docs/filter-check.md`); empty without a catalog. */
  readonly warnings: readonly FilterProblem[];
  /**
   * Checks the filter against the components of a catalog as they are now, which may be another one than it was compiled with.
   * Takes about as long as compiling it.
   */
  check(catalog: Pick<Catalog, "model">): FilterCheck;
  /**
   * A JMS selector over the promoted fields of the event types of the catalog that the filter was compiled with: true for every message
   * whose event the filter matches, so that a broker may leave out the others. Undefined without a catalog, and where the
   * filter says nothing about promoted fields. It is necessary and not sufficient; `docs/filter-selector.md`.
   */
  readonly selector: string | undefined;
  /**
   * A selector likewise, by a catalog as it is now, that asks for the type of the event as well. An `open` one is true also for messages that
   * lack a property that it asks for, and for those whose type is of another kind: senders that promote nothing are not left out.
   */
  labelledSelector(
    catalog: Pick<Catalog, "model">,
    labels: TypeLabels,
    options: { readonly open: boolean },
  ): string | undefined;
  /**
   * What must be true of the promoted fields of an event that the filter matches, by a catalog as it is now: by name of the event type; `false`
   * where it matches no event of the type. Like {@link selector} it is necessary and not sufficient, for valid events. Undefined where nothing
   * is known.
   */
  implied(catalog: Pick<Catalog, "model">): ReadonlyMap<string, ImpliedCondition> | undefined;
  /**
   * Whether the document matches: the effective boolean value of the result (XPath 3.1, section 2.4.3): empty is false;
   * a sequence that starts with a node is true; one boolean is itself; one string is true unless empty; one number is
   * true unless zero or NaN.
   *
   * @param document the tree of an event, `event.document`
   * @param message gives external variables their values; default: a message without properties
   * @throws XqbusError `xqbus:illegal-argument` for what is no document
   * @throws FilterError with phase `dynamic`: the evaluation failed, or the result has no effective boolean value (FORG0006)
   */
  matches(document: XmlDocument, message?: FilterMessage): boolean;
  /**
   * The result sequence. Nodes of one path expression are in document order; the order among the attributes of one element
   * is the engine's.
   *
   * @throws FilterError with phase `dynamic`
   */
  evaluate(document: XmlDocument, message?: FilterMessage): readonly FilterItem[];
  /**
   * Why the document matches, or why not: the tree of the filter's conditions with what they saw, and the first one that failed. It
   * says the same as {@link matches}, errors included, and costs a few times as much. Sensitive values are masked when the filter was
   * compiled with a catalog; `docs/filter-explain.md`.
   *
   * @param sensitive paths that are masked whatever the catalog says, as in `maskSensitive`
   * @throws XqbusError `xqbus:illegal-argument` for what is no document
   */
  explain(document: XmlDocument, message?: FilterMessage, sensitive?: readonly string[]): Explanation;
}
