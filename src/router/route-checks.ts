import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../errors.ts";
import type { Catalog } from "../schema/index.ts";
import { routeFilter } from "./check-route.ts";
import type { Route } from "./route.ts";

/** Routes that are checked at a time, which takes some ms, and how long events have the process for themselves after them. */
const AT_ONCE = 50;
const PAUSE_MS = 20;

/** What a check needs of a catalog. */
export interface WatchedModel extends Pick<Catalog, "model"> {
  onChange(listener: () => void): () => void;
}

/** Which routes can match no event of the catalog. That is found out little by little, as there may be many, and anew when the catalog changes. */
export class RouteChecks {
  readonly #catalog: WatchedModel;
  readonly #routeOf: (name: string) => Route | undefined;
  readonly #problems: Map<string, string> = new Map();
  readonly #end: AbortController = new AbortController();
  readonly #stopWatching: () => void;
  #left: Set<string> = new Set();
  #working: Promise<void> | undefined;

  /** @param names of all routes */
  constructor(catalog: WatchedModel, routeOf: (name: string) => Route | undefined, names: () => Iterable<string>) {
    this.#catalog = catalog;
    this.#routeOf = routeOf;
    this.#stopWatching = catalog.onChange(() => this.take(names()));
  }

  /** Why routes can match no event, by their names, as far as it is known yet. */
  get problems(): ReadonlyMap<string, string> {
    return this.#problems;
  }

  /** Looks at these routes, which are new, have changed or are gone. */
  take(names: Iterable<string>): void {
    for (const name of names) this.#left.add(name);
    if (this.#left.size > 0) this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  /** Never rejects. */
  async stop(): Promise<void> {
    this.#stopWatching();
    this.#end.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { signal } = this.#end;
    while (this.#left.size > 0) {
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      let count = 0;
      for (const name of this.#left) {
        if (count++ === AT_ONCE) break;
        this.#left.delete(name);
        this.#check(name);
      }
    }
  }

  #check(name: string): void {
    this.#problems.delete(name);
    const route = this.#routeOf(name);
    if (route === undefined) return;
    try {
      routeFilter(route, this.#catalog);
    } catch (error) {
      this.#problems.set(name, messageOf(error));
    }
  }
}
