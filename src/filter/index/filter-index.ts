import { XqbusError } from "../../errors.ts";
import type { XmlDocument } from "../../xml/index.ts";
import { assertDocument } from "../assert-document.ts";
import { CompiledFilter } from "../compiled-filter.ts";
import type { BudgetLimits } from "../evaluate/budget.ts";
import type { ModuleOptions } from "../evaluate/module.ts";
import { EVERY_EVENT } from "../every-event.ts";
import { FilterError } from "../filter-error.ts";
import { checkFilterArguments, type FilterOptions } from "../filter-options.ts";
import type { Filter } from "../filter.ts";
import type { FilterMessage } from "../message/filter-message.ts";
import { moduleOptions, refuseCharacters } from "../module-options.ts";
import { queryFailure } from "../query-failure.ts";
import { BudgetError, QueryError } from "../values/query-error.ts";
import type { Entry } from "./branch.ts";
import { DocumentSearch } from "./document-search.ts";
import { indexingOf, type Indexing } from "./indexing.ts";
import { DEFAULT_FILTER_INDEX_OPTIONS, type FilterIndexOptions } from "./filter-index-options.ts";
import { MatchSink } from "./match-sink.ts";
import { placementsOf } from "./placement.ts";
import { GroupTable } from "./group-table.ts";
import { EventContext } from "./event-context.ts";
import { RoutingPatterns } from "./routing-patterns.ts";
import { ShapeCache, type ShapedFilter } from "./shape-cache.ts";
import type { Subscription, SubscriptionErrors } from "./subscription.ts";

/** What a subscription wants besides its filter, and how the filter's text is to be read, where it is a text. */
export interface SubscriptionOptions extends Omit<FilterOptions, "budget"> {
  /** Pattern of the routing keys that are wanted: words with dots, `*` for one word, `#` for any number. Without one, all are. */
  readonly routingKey?: string | undefined;
  /**
   * Asked where the evaluation ends in error FORG0006, as it does for a result that has no effective boolean value (several values that
   * are no nodes), whether it is a match all the same: for who wants the result itself. Default: it is none.
   */
  readonly whenNoBoolean?: ((document: XmlDocument) => boolean) | undefined;
}

/** What is known of an event besides its document. */
export interface MatchOptions {
  /** Without one it has no words, which patterns such as `#` match. */
  readonly routingKey?: string | undefined;
  /** Gives external variables their values; default: a message without properties. */
  readonly message?: FilterMessage | undefined;
  /** What `fn:current-dateTime()` gives. Default: the time of the call. */
  readonly now?: Date | undefined;
  /** What evaluating one filter may cost with this event; default that of the index. */
  readonly budget?: BudgetLimits | undefined;
}

/**
 * Many filters that are matched against one document in one pass: the cost hardly grows with their number.
 *
 * A subscription matches exactly when its filter, evaluated by itself with the document as context item, is true. An evaluation that
 * ends in an error is no match, and counted. Where the index can tell without evaluating that there is no match, errors that the
 * evaluation would have met are not (XPath 3.1, section 2.3.4, allows that).
 */
export class FilterIndex {
  readonly #options: FilterIndexOptions;
  readonly #shapes: ShapeCache;
  readonly #table = new GroupTable();
  readonly #search = new DocumentSearch(this.#table.automaton);
  readonly #patterns = new RoutingPatterns();
  readonly #byId = new Map<string, Subscription>();
  readonly #byHandle: (Subscription | undefined)[] = [];
  /** By handle; most hits need nothing else of the subscription, and so touch less memory. */
  readonly #ids: string[] = [];
  readonly #freeHandles: number[] = [];
  /** Entries of subscriptions that every event is evaluated for. */
  readonly #scanned: number[] = [];
  readonly #errors = new Map<Subscription, SubscriptionErrors>();
  /** For each handle, the number of the last match that has looked at it. */
  #seenAt = new Uint32Array(64);
  #matchNumber = 0;
  /** Subscriptions whose filter reads properties of the message. */
  #readers = 0;

  constructor(options: Partial<FilterIndexOptions> = {}) {
    this.#options = { ...DEFAULT_FILTER_INDEX_OPTIONS, ...options };
    this.#shapes = new ShapeCache(this.#options.maxAlternatives);
  }

  /** How many subscriptions there are. */
  get size(): number {
    return this.#byId.size;
  }

  /** Whether a filter reads properties of the message: else no match needs {@link MatchOptions.message}. */
  get readsMessage(): boolean {
    return this.#readers > 0;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /**
   * Adds a subscription.
   *
   * @param filter a compiled filter, or its text, which is cheaper: of the texts that differ in their literals only one is parsed
   * @throws FilterError with phase `static`, as {@link compileFilter} does
   * @throws XqbusError `xqbus:illegal-argument` when the id is taken
   */
  add(id: string, filter: Filter | string, options: SubscriptionOptions = {}): void {
    if (this.#byId.has(id)) {
      throw new XqbusError(
        "xqbus:illegal-argument",
        `there is a subscription ${JSON.stringify(id)} already; expected another id, or a call of replace()`,
      );
    }
    this.#insert(id, this.#take(filter, options), options);
  }

  /** Takes a subscription away; false when there is none. */
  remove(id: string): boolean {
    const subscription = this.#byId.get(id);
    if (subscription === undefined) return false;
    this.#byId.delete(id);
    this.#byHandle[subscription.handle] = undefined;
    this.#ids[subscription.handle] = "";
    this.#freeHandles.push(subscription.handle);
    this.#errors.delete(subscription);
    this.#takeOut(subscription);
    if (subscription.use.shape.readsMessage) this.#readers--;
    if (subscription.pattern !== undefined) this.#patterns.release(subscription.pattern);
    if (this.#shapes.release(subscription.use)) this.#table.release(subscription.use);
    return true;
  }

  /** Adds a subscription, or gives it another filter; its errors are forgotten. @throws as {@link add}: then nothing has changed */
  replace(id: string, filter: Filter | string, options: SubscriptionOptions = {}): void {
    const shaped = this.#take(filter, options);
    this.remove(id);
    this.#insert(id, shaped, options);
  }

  /**
   * The subscriptions that an event matches, each once, in no particular order.
   *
   * @param document the tree of an event, `event.document`
   * @throws XqbusError `xqbus:illegal-argument` for what is no document
   */
  match(document: XmlDocument, { routingKey = "", message, now, budget }: MatchOptions = {}): string[] {
    assertDocument(document);
    const context = new EventContext(document, message ?? {}, now ?? new Date(), budget ?? this.#options.budget);
    this.#beginMatch();
    const sink = new MatchSink(
      this.#options.maxErrorProbes,
      (id) => this.#entryOf(id),
      (entry, isCertain) => (this.#decide(entry, isCertain, context) ? this.#ids[entry >>> HANDLE_SHIFT] : undefined),
    );
    for (const entry of this.#scanned) sink.hit(entry, true);
    if (this.#patterns.size > 0) {
      const patterns = this.#patterns.matching(routingKey);
      for (const pattern of patterns) pattern.matchedAt = this.#matchNumber;
      for (const pattern of patterns) for (const entry of pattern.scanned) sink.hit(entry, true);
    }
    this.#search.run(document, sink);
    return sink.matched;
  }

  /** What went wrong with a subscription; undefined when nothing did. */
  errorsOf(id: string): SubscriptionErrors | undefined {
    const subscription = this.#byId.get(id);
    return subscription === undefined ? undefined : this.#errors.get(subscription);
  }

  /** How a subscription is found, and why not faster; undefined when there is none of that id. */
  indexing(id: string): Indexing | undefined {
    const subscription = this.#byId.get(id);
    return subscription === undefined ? undefined : indexingOf(subscription);
  }

  #take(filter: Filter | string, options: SubscriptionOptions): ShapedFilter {
    const source = sourceOf(filter, options);
    const text = typeof filter === "string" ? filter : filter.text;
    try {
      refuseCharacters(source.query);
      return this.#shapes.take(source);
    } catch (error) {
      throw queryFailure(error, source.query, text, "static");
    }
  }

  #insert(id: string, { use, literals }: ShapedFilter, options: SubscriptionOptions): void {
    const { routingKey, whenNoBoolean } = options;
    const handle = this.#freeHandles.pop() ?? this.#byHandle.length;
    const pattern = routingKey === undefined ? undefined : this.#patterns.take(routingKey);
    const subscription: Subscription = {
      ...{ id, handle, use, literals, pattern, whenNoBoolean },
      isQuarantined: false,
    };
    this.#byHandle[handle] = subscription;
    this.#ids[handle] = id;
    this.#byId.set(id, subscription);
    if (handle >= this.#seenAt.length) {
      const longer = new Uint32Array(2 * this.#seenAt.length);
      longer.set(this.#seenAt);
      this.#seenAt = longer;
    }
    this.#seenAt[handle] = 0;
    if (use.shape.readsMessage) this.#readers++;
    this.#putIn(subscription);
  }

  #putIn(subscription: Subscription): void {
    const { access } = subscription.use.shape;
    if (access.kind === "scanned") {
      (subscription.pattern?.scanned ?? this.#scanned).push(entryOf(subscription, access.isCovered));
      return;
    }
    const placements = placementsOf(subscription, this.#table);
    for (const { group, key, isCovered } of placements) {
      group.add(key, groupEntryOf(subscription, isCovered, placements.length));
    }
  }

  #takeOut(subscription: Subscription): void {
    const { access } = subscription.use.shape;
    if (access.kind === "scanned") {
      const entries = subscription.pattern?.scanned ?? this.#scanned;
      entries.splice(entries.indexOf(entryOf(subscription, access.isCovered)), 1);
      return;
    }
    const placements = placementsOf(subscription, this.#table);
    for (const { group, key, isCovered } of placements) {
      group.remove(key, groupEntryOf(subscription, isCovered, placements.length));
    }
  }

  /** The number of a subscription that groups keep by its id. */
  #entryOf(id: string): number {
    return entryOf(this.#byId.get(id)!, true);
  }

  #beginMatch(): void {
    if (this.#matchNumber === MAX_UINT32) {
      this.#matchNumber = 0;
      this.#seenAt.fill(0);
    }
    this.#matchNumber++;
  }

  /** Whether the subscription matches; false, too, when that was decided before. */
  #decide(entry: number, isCertain: boolean, context: EventContext): boolean {
    const handle = entry >>> HANDLE_SHIFT;
    if (this.#seenAt[handle] === this.#matchNumber) return false;
    this.#seenAt[handle] = this.#matchNumber;
    if ((entry & HAS_PATTERN) !== 0 && this.#byHandle[handle]!.pattern!.matchedAt !== this.#matchNumber) return false;
    return (isCertain && (entry & COVERED) !== 0) || this.#evaluate(this.#byHandle[handle]!, context);
  }

  #evaluate(subscription: Subscription, context: EventContext): boolean {
    if (subscription.isQuarantined) return false;
    try {
      return subscription.use.shape.residual.test(subscription.literals, context);
    } catch (error) {
      const hasNoBoolean = error instanceof QueryError && error.code === NO_BOOLEAN;
      if (hasNoBoolean && subscription.whenNoBoolean?.(context.document) === true) return true;
      this.#count(subscription, error);
      return false;
    }
  }

  #count(subscription: Subscription, error: unknown): void {
    const failure = queryFailure(error, "", "", "dynamic");
    // Nothing of the query, but a defect of ours.
    if (!(failure instanceof FilterError)) throw error;
    const before = this.#errors.get(subscription);
    const overBudget = (before?.overBudget ?? 0) + (error instanceof BudgetError ? 1 : 0);
    subscription.isQuarantined = overBudget >= this.#options.quarantineAfter;
    this.#errors.set(subscription, {
      count: (before?.count ?? 0) + 1,
      overBudget,
      first: before?.first ?? new XqbusError(failure.code, failure.reason, { cause: error }),
      isQuarantined: subscription.isQuarantined,
    });
    if (subscription.isQuarantined) this.#options.onQuarantine(subscription.id);
  }
}

const MAX_UINT32 = 2 ** 32 - 1;
/** Invalid argument type: fn:boolean, and so the effective boolean value (XPath and XQuery Functions and Operators 3.1, appendix C). */
const NO_BOOLEAN = "FORG0006";

/** Bits of an entry; above them is the handle. The index alone decides. */
const COVERED = 1;
/** The routing key must match, too. */
const HAS_PATTERN = 2;
const HANDLE_SHIFT = 2;

function entryOf({ handle, pattern }: Subscription, isCovered: boolean): number {
  return (handle << HANDLE_SHIFT) | (pattern === undefined ? 0 : HAS_PATTERN) | (isCovered ? COVERED : 0);
}

function groupEntryOf(subscription: Subscription, isCovered: boolean, places: number): Entry {
  const isPlain = isCovered && places === 1 && subscription.pattern === undefined;
  return isPlain ? subscription.id : entryOf(subscription, isCovered);
}

function sourceOf(filter: Filter | string, options: SubscriptionOptions): ModuleOptions {
  if (typeof filter === "string") {
    checkFilterArguments(filter, options);
    return moduleOptions(filter, options);
  }
  if (filter instanceof CompiledFilter) return filter.source;
  if (filter === EVERY_EVENT) return moduleOptions(filter.text, {});
  throw new XqbusError(
    "xqbus:illegal-argument",
    "the index takes a filter that compileFilter() or xqbus has made, or a text; this is another object",
  );
}
