import type { Entry } from "./branch.ts";
import type { HitSink } from "./group.ts";

/** Collects the ids of the subscriptions that one event matches, each once. */
export class MatchSink implements Omit<HitSink, "loaded"> {
  readonly matched: string[] = [];
  readonly #maxProbes: number;
  readonly #entryOf: (id: string) => number;
  readonly #decide: (entry: number, isCertain: boolean) => string | undefined;
  #probes = 0;
  /** What has matched; needed only where a group is searched more than once. */
  #known: Set<string> | undefined;

  /**
   * @param entryOf the number of a subscription that a group keeps by its id
   * @param decide the id when the subscription matches; undefined, too, when it was decided before
   */
  constructor(
    maxProbes: number,
    entryOf: (id: string) => number,
    decide: (entry: number, isCertain: boolean) => string | undefined,
  ) {
    this.#maxProbes = maxProbes;
    this.#entryOf = entryOf;
    this.#decide = decide;
  }

  hit(entry: Entry, isCertain: boolean): void {
    if (typeof entry === "number") this.#match(this.#decide(entry, isCertain));
    else if (this.#known?.has(entry) === true) return;
    else this.#match(isCertain ? entry : this.#decide(this.#entryOf(entry), false));
  }

  mayProbe(): boolean {
    return this.#probes < this.#maxProbes;
  }

  probe(entry: Entry): void {
    this.#probes++;
    this.hit(entry, false);
  }

  again(): void {
    this.#known ??= new Set(this.matched);
  }

  #match(id: string | undefined): void {
    if (id === undefined) return;
    this.matched.push(id);
    this.#known?.add(id);
  }
}
