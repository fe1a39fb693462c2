import { setImmediate as nextTurn } from "node:timers/promises";
import { RouteChecks, type WatchedModel } from "./route-checks.ts";
import { RouteIndex } from "./route-index.ts";
import type { RouteStore, RouteUpdate } from "./route-store.ts";
import type { Route } from "./route.ts";

/** Routes that are put into the indexes at a time, which takes some ms. */
const AT_ONCE = 200;

/** The routes of this process: those without order, which it serves with the others, and those with order, which one process serves. */
export class Routes {
  readonly plain: RouteIndex = new RouteIndex();
  readonly ordered: RouteIndex = new RouteIndex();
  readonly #checks: RouteChecks;

  constructor(catalog: WatchedModel) {
    this.#checks = new RouteChecks(
      catalog,
      (name) => this.plain.get(name) ?? this.ordered.get(name),
      () => [...this.plain.names, ...this.ordered.names],
    );
  }

  get size(): number {
    return this.plain.size + this.ordered.size;
  }

  /** Names of routes with whom something is wrong, and what. */
  get problems(): readonly (readonly [name: string, problem: string])[] {
    return [...new Map([...this.#checks.problems, ...this.plain.undecided, ...this.ordered.undecided])];
  }

  /**
   * Takes what has changed, little by little.
   *
   * @param store is asked for more where some routes are gone, or were changed without a word of it
   * @returns names of those that are not there any more
   */
  async take(update: RouteUpdate, store: Pick<RouteStore, "names" | "changesAfter">): Promise<readonly string[]> {
    await this.#set(update.changed);
    if (this.#isAll(update)) return [];
    const gone = await this.#removeOthers(await store.names());
    if (this.#isAll(update)) return gone;
    // A daemon of an earlier release makes changes without their generation.
    const all = await store.changesAfter(-1);
    await this.#set(all.changed);
    return [...gone, ...(await this.#removeOthers(new Set(all.changed.map(({ name }) => name))))];
  }

  /** Never rejects. */
  stop(): Promise<void> {
    return this.#checks.stop();
  }

  #isAll({ total, revisions }: RouteUpdate): boolean {
    return this.size === total && this.plain.revisions + this.ordered.revisions === revisions;
  }

  async #set(changed: readonly Route[]): Promise<void> {
    for (const [at, route] of changed.entries()) {
      if (at % AT_ONCE === AT_ONCE - 1) await nextTurn();
      const [into, other] = route.orderBy === undefined ? [this.plain, this.ordered] : [this.ordered, this.plain];
      // It was made anew.
      other.remove(route.name);
      into.set(route);
    }
    this.#checks.take(changed.map(({ name }) => name));
  }

  async #removeOthers(names: ReadonlySet<string>): Promise<readonly string[]> {
    const gone: string[] = [];
    for (const index of [this.plain, this.ordered]) {
      for (const name of [...index.names].filter((known) => !names.has(known))) {
        index.remove(name);
        gone.push(name);
        if (gone.length % AT_ONCE === 0) await nextTurn();
      }
    }
    this.#checks.take(gone);
    return gone;
  }
}
