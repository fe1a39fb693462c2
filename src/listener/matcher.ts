import type { Event } from "../event/index.ts";
import { compileFilter, FilterError, FilterIndex, type Filter, type FilterMessage } from "../filter/index.ts";
import type { Catalog } from "../schema/index.ts";
import type { XmlDocument } from "../xml/index.ts";
import { EventTypes } from "./event-types.ts";
import type { ListenerDefinition } from "./listener-definition.ts";
import type { ListenerChangeOptions } from "./listeners.ts";

/** What matching needs of a listener. */
export type Wanted = Pick<ListenerDefinition, "eventTypes" | "xquery" | "routingKey" | "config">;

interface Watched {
  readonly wanted: Wanted;
  /** Event types besides the filter; undefined where the index decides alone. */
  readonly names: ReadonlySet<string> | undefined;
  /** Why it can match no event of the catalog. */
  readonly misfit: string | undefined;
  /** Errors of the filters that it had before. */
  readonly errorsBefore: number;
}

/** What matches whatever the event is. */
const EVERYTHING = "true()";
/** What matches nothing. */
const NOTHING = "false()";

/** Which listeners want an event: one index for all of them, by the catalog as it is. */
export class Matcher {
  readonly #catalog: Catalog;
  readonly #index: FilterIndex = new FilterIndex();
  readonly #watched: Map<string, Watched> = new Map();
  #types: EventTypes;
  readonly #stopWatching: () => void;

  /** @param onCatalogChange is called when everything here follows the new catalog */
  constructor(catalog: Catalog, onCatalogChange: () => void) {
    this.#catalog = catalog;
    this.#types = new EventTypes(catalog.model);
    this.#stopWatching = catalog.onChange(() => {
      this.#types = new EventTypes(catalog.model);
      for (const [id, { wanted }] of [...this.#watched]) this.set(id, wanted);
      onCatalogChange();
    });
  }

  get types(): EventTypes {
    return this.#types;
  }

  /**
   * Whether a listener can want what it says, and may.
   *
   * @throws UnknownNameError for an event type, with a suggestion
   * @throws FilterError when the filter does not compile, or can match no event of these types
   */
  check({ eventTypes, xquery }: Wanted, { assertTypes }: ListenerChangeOptions): void {
    assertTypes?.(eventTypes);
    this.#types.assertKnown(eventTypes);
    if (xquery === undefined) return;
    const filter = compileFilter(xquery, { catalog: this.#catalog });
    const { names } = this.#types.resolve(eventTypes);
    if (names === "all" || filter.eventTypes === "all") return;
    if (filter.eventTypes.some((name) => names.includes(name))) return;
    const reason = `the filter matches events of type ${filter.eventTypes.join(", ")} only, and the event types are ${eventTypes.join(", ")}`;
    const { warnings: problems } = filter;
    const [first] = problems;
    const hint = first && `; line ${first.line}, column ${first.column}: ${first.message}`;
    const options = { phase: "static", query: xquery, problems } as const;
    throw new FilterError("xqbus:filter-never-matches", reason + (hint ?? ""), options);
  }

  /** Adds a listener, or takes what it wants now. */
  set(id: string, wanted: Wanted): void {
    const { xquery, routingKey, eventTypes, config } = wanted;
    const { names, unknown } = this.#types.resolve(eventTypes);
    const compiled = xquery === undefined ? undefined : compileFilter(xquery);
    const misfit = this.#misfitOf(compiled, names === "all" ? undefined : names, unknown);
    const filter = xquery ?? (names === "all" ? EVERYTHING : this.#filterOf(names));
    // The result of such a query is wanted itself, for an action, be it one value or several.
    const whenNoBoolean = compiled !== undefined && config["input"] === xquery ? hasResult(compiled) : undefined;
    const errorsBefore = this.errorsOf(id);
    this.#index.replace(id, filter, { routingKey, whenNoBoolean });
    const isCovered = compiled === undefined || names === "all";
    this.#watched.set(id, { wanted, names: isCovered ? undefined : new Set(names), misfit, errorsBefore });
  }

  remove(id: string): void {
    this.#index.remove(id);
    this.#watched.delete(id);
  }

  /** Ids of the listeners that want the event. @param message is asked for only where a filter asks for it */
  match(event: Event, routingKey: string, message: () => FilterMessage): readonly string[] {
    const asked = this.#index.readsMessage ? { message: message() } : {};
    const matched = this.#index.match(event.document, { routingKey, ...asked });
    const name = this.#types.nameOf(event);
    return matched.filter((id) => this.#watched.get(id)?.names?.has(name) ?? true);
  }

  /** Why a listener can match no event of the catalog any more; undefined when it can. */
  misfitOf(id: string): string | undefined {
    return this.#watched.get(id)?.misfit;
  }

  /** How often its filter ended in an error, and those that it had before. */
  errorsOf(id: string): number {
    return (this.#watched.get(id)?.errorsBefore ?? 0) + (this.#index.errorsOf(id)?.count ?? 0);
  }

  /** Names of the event types that a listener can want; "all" when none is ruled out. */
  eventTypesOf(id: string): readonly string[] | "all" {
    const wanted = this.#watched.get(id)?.wanted;
    if (wanted === undefined) return [];
    const { names } = this.#types.resolve(wanted.eventTypes);
    if (wanted.xquery === undefined) return names;
    const possible = compileFilter(wanted.xquery).check(this.#catalog).eventTypes;
    if (names === "all" || possible === "all") return names === "all" ? possible : names;
    return possible.filter((name) => names.includes(name));
  }

  close(): void {
    this.#stopWatching();
  }

  #filterOf(names: readonly string[]): string {
    if (names.length === 0) return NOTHING;
    const { namespace } = this.#types.model;
    const stepTo = (name: string): string => (name.startsWith("{") ? `Q${name}` : `Q{${namespace}}${name}`);
    return names.map((name) => `/Q{${namespace}}Event/${stepTo(name)}`).join(" or ");
  }

  #misfitOf(
    filter: Filter | undefined,
    names: readonly string[] | undefined,
    unknown: readonly string[],
  ): string | undefined {
    if (names?.length === 0) return `the catalog has no event type ${unknown.join(", ")} any more`;
    if (filter === undefined) return undefined;
    const { canMatch, problems, eventTypes } = filter.check(this.#catalog);
    if (!canMatch) return FilterError.ofProblems(filter.text, problems).message;
    if (names === undefined || eventTypes === "all" || eventTypes.some((name) => names.includes(name)))
      return undefined;
    return `the filter matches no event of type ${names.join(", ")} any more`;
  }
}

/** Whether a query gives anything for a document; one that fails does not. */
function hasResult(query: Filter): (document: XmlDocument) => boolean {
  return (document) => {
    try {
      return query.evaluate(document).length > 0;
    } catch (error) {
      if (error instanceof FilterError) return false;
      throw error;
    }
  };
}
