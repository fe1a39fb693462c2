import type { RelayedMessage } from "../amqp/index.ts";
import { messageOf } from "../errors.ts";
import { FilterError, FilterIndex, RoutingPatterns, type Filter } from "../filter/index.ts";
import type { Catalog } from "../schema/index.ts";
import { routeFilter } from "./check-route.ts";
import type { Route } from "./route.ts";

/** Who wants a message. */
export interface Matched {
  readonly wanted: readonly string[];
  /** Routes of which this process cannot tell. */
  readonly undecided: readonly string[];
}

interface Indexed {
  readonly route: Route;
  /** Undefined: it does not compile here. */
  readonly filter: Filter | undefined;
}

/** Which routes want a message: one index for all of them. A route whose filter cannot be evaluated wants to be asked later. */
export class RouteIndex {
  readonly #catalog: Catalog;
  readonly #index: FilterIndex;
  readonly #routes: Map<string, Indexed> = new Map();
  readonly #undecided: Map<string, string> = new Map();
  /** Filters that read properties of the message. */
  readonly #asking: Set<string> = new Set();

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
    this.#index = new FilterIndex({
      // Behind the others' back it may take more time.
      quarantineAfter: 1,
      onQuarantine: (name) => this.#undecided.set(name, "its filter takes more time than an event may take"),
    });
  }

  get size(): number {
    return this.#routes.size;
  }

  get(name: string): Route | undefined {
    return this.#routes.get(name)?.route;
  }

  /** Whether one route wants a message, however long that takes; undefined: this process cannot tell. */
  decide(name: string, { event, properties, asked }: RelayedMessage): boolean | undefined {
    const { route, filter } = this.#routes.get(name) ?? {};
    if (route === undefined || filter === undefined) return undefined;
    const patterns = new RoutingPatterns();
    patterns.take(route.routingKey ?? "#");
    if (patterns.matching(properties.subject ?? "").length === 0) return false;
    try {
      return filter.matches(event.document, asked());
    } catch {
      // As with a consumer: what a filter fails on does not match.
      return false;
    }
  }

  /** Takes these routes, and no others. @returns names of those that were there and are not any more */
  replace(routes: readonly Route[]): readonly string[] {
    const names = new Set(routes.map(({ name }) => name));
    const gone = [...this.#routes.keys()].filter((name) => !names.has(name));
    for (const name of gone) this.#remove(name);
    for (const route of routes) {
      const known = this.#routes.get(route.name)?.route;
      if (known?.revision !== route.revision || known.createdAt !== route.createdAt) this.#set(route);
    }
    return gone;
  }

  match({ event, properties, asked }: RelayedMessage): Matched {
    const message = this.#asking.size > 0 ? { message: asked() } : {};
    const wanted = this.#index.match(event.document, { routingKey: properties.subject ?? "", ...message });
    if (this.#undecided.size === 0) return { wanted, undecided: [] };
    return { wanted: wanted.filter((name) => !this.#undecided.has(name)), undecided: [...this.#undecided.keys()] };
  }

  /** What is wrong with a route, for people. */
  problemOf(name: string): string | undefined {
    const undecided = this.#undecided.get(name);
    if (undecided !== undefined) return undecided;
    const filter = this.#routes.get(name)?.filter;
    if (filter === undefined) return undefined;
    const { canMatch, problems } = filter.check(this.#catalog);
    return canMatch ? undefined : FilterError.ofProblems(filter.text, problems).message;
  }

  /** Names of routes with whom something is wrong. */
  get problems(): readonly (readonly [name: string, problem: string])[] {
    return [...this.#routes.keys()].flatMap((name) => {
      const problem = this.problemOf(name);
      return problem === undefined ? [] : [[name, problem] as const];
    });
  }

  #set(route: Route): void {
    const { name, routingKey } = route;
    this.#remove(name);
    try {
      // Without the catalog: whether it can match is said elsewhere, and it may again when the schemas change.
      const filter = routeFilter(route);
      this.#index.add(name, filter, routingKey === undefined ? {} : { routingKey });
      if (filter.variables.length > 0) this.#asking.add(name);
      this.#routes.set(name, { route, filter });
    } catch (error) {
      this.#undecided.set(name, `its filter does not compile: ${messageOf(error)}`);
      this.#routes.set(name, { route, filter: undefined });
    }
  }

  #remove(name: string): void {
    this.#index.remove(name);
    this.#routes.delete(name);
    this.#undecided.delete(name);
    this.#asking.delete(name);
  }
}
