import type { RelayedMessage } from "../amqp/index.ts";
import { messageOf } from "../errors.ts";
import { FilterIndex, RoutingPatterns } from "../filter/index.ts";
import { filterText, routeFilter } from "./check-route.ts";
import type { Route } from "./route.ts";

/** Who wants a message. */
export interface Matched {
  readonly wanted: readonly string[];
  /** Routes of which this process cannot tell, and why. */
  readonly undecided: readonly (readonly [name: string, reason: string])[];
}

/** Which routes want a message: one index for all of them. A route whose filter cannot be evaluated wants to be asked later. */
export class RouteIndex {
  readonly #index: FilterIndex;
  readonly #routes: Map<string, Route> = new Map();
  readonly #undecided: Map<string, string> = new Map();
  #revisions = 0;

  constructor() {
    this.#index = new FilterIndex({
      // Behind the others' back it may take more time.
      quarantineAfter: 1,
      onQuarantine: (name) => this.#undecided.set(name, "its filter takes more time than an event may take"),
    });
  }

  get size(): number {
    return this.#routes.size;
  }

  /** The sum of the revisions of all routes. */
  get revisions(): number {
    return this.#revisions;
  }

  get names(): Iterable<string> {
    return this.#routes.keys();
  }

  get(name: string): Route | undefined {
    return this.#routes.get(name);
  }

  /** Why this process cannot tell what routes want, by their names. */
  get undecided(): ReadonlyMap<string, string> {
    return this.#undecided;
  }

  /** Adds a route, or takes what it wants now. */
  set(route: Route): void {
    const { name, revision, createdAt, routingKey } = route;
    const known = this.#routes.get(name);
    if (known?.revision === revision && known.createdAt === createdAt) return;
    this.remove(name);
    this.#routes.set(name, route);
    this.#revisions += revision;
    try {
      // As a text, of which the index needs to parse one of each shape only. Whether it can match is said elsewhere, and it may again when the schemas change.
      const { text, ...options } = filterText(route);
      this.#index.add(name, text, { ...options, routingKey });
    } catch (error) {
      this.#undecided.set(name, `its filter does not compile: ${messageOf(error)}`);
    }
  }

  /** @returns whether it was there */
  remove(name: string): boolean {
    this.#index.remove(name);
    this.#undecided.delete(name);
    this.#revisions -= this.#routes.get(name)?.revision ?? 0;
    return this.#routes.delete(name);
  }

  match({ event, properties, asked }: RelayedMessage): Matched {
    const message = this.#index.readsMessage ? { message: asked() } : {};
    const wanted = this.#index.match(event.document, { routingKey: properties.subject ?? "", ...message });
    if (this.#undecided.size === 0) return { wanted, undecided: [] };
    return { wanted: wanted.filter((name) => !this.#undecided.has(name)), undecided: [...this.#undecided] };
  }

  /** Whether one route wants a message, however long that takes; undefined: this process cannot tell. */
  decide(name: string, { event, properties, asked }: RelayedMessage): boolean | undefined {
    const route = this.#routes.get(name);
    if (route === undefined) return undefined;
    const patterns = new RoutingPatterns();
    patterns.take(route.routingKey ?? "#");
    if (patterns.matching(properties.subject ?? "").length === 0) return false;
    const filter = filterOf(route);
    if (filter === undefined) return undefined;
    try {
      return filter.matches(event.document, asked());
    } catch {
      // As with a consumer: what a filter fails on does not match.
      return false;
    }
  }
}

/** Undefined: it does not compile here. */
function filterOf(route: Route): ReturnType<typeof routeFilter> | undefined {
  try {
    return routeFilter(route);
  } catch {
    return undefined;
  }
}
