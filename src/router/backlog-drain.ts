import { setTimeout as sleep } from "node:timers/promises";
import { NotConnectedError, readRelayed, TimeoutError } from "../amqp/index.ts";
import { messageOf, type XqbusError } from "../errors.ts";
import { PAGE_ROWS, type Backlog, type Waiting } from "./backlog.ts";
import type { Copies } from "./copies.ts";
import type { RouteIndex } from "./route-index.ts";
import type { KeyOf } from "./route-keys.ts";
import type { Route } from "./route.ts";
import type { Slots } from "./slots.ts";

/** What a drain works with. */
export interface DrainParts {
  readonly backlog: Pick<Backlog, "page" | "remove" | "explain">;
  readonly copies: Pick<Copies, "tryQueue">;
  readonly index: Pick<RouteIndex, "get" | "decide" | "undecided">;
  /** Attempts at a time of all drains. */
  readonly slots: Slots;
  readonly onProblem: (error: XqbusError) => void;
}

/** Drains that have copies in memory at a time, and each no more than a page of them. */
export const MOST_DRAINS = 20;

/** What became of an attempt with one copy. `refused`: it, or the queue; `unreachable`: certainly not the copy. */
type Sent =
  { readonly kind: "gone" } | { readonly kind: "undecided" | "refused" | "unreachable"; readonly reason: string };

/** A way through the backlog, past copies that are refused: those behind them with the same key stay there, and others go. */
interface Pass {
  /** The first one, which was refused. */
  readonly head: number;
  after: number;
  readonly blocked: Set<string>;
}

const GONE: Sent = { kind: "gone" };
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Pages of one attempt; then other drains have their turn. */
const MOST_PAGES = 10;
const MOST_BLOCKED = 1000;

/**
 * Empties the backlog of one route: the oldest first, one behind the other where order is kept. One copy by itself shows whether the queue takes
 * messages again. When it is refused another one is tried, at each attempt the next: what a queue does not take for its own sake must not hold up the others.
 */
export class BacklogDrain {
  readonly #parts: DrainParts;
  readonly #name: string;
  readonly #keyOf: KeyOf | undefined;
  #pass: Pass | undefined;

  /** @param keyOf key within which copies keep their order; default: they have none */
  constructor(parts: DrainParts, name: string, keyOf?: KeyOf) {
    this.#parts = parts;
    this.#name = name;
    this.#keyOf = keyOf;
  }

  /** Resolves when nothing was left at the last look. @throws what the signal was aborted with */
  async empty(signal: AbortSignal): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; ;) {
      const done = await this.#parts.slots.run(() => this.#attempt(signal));
      signal.throwIfAborted();
      if (done === "empty") return;
      if (done === "some") {
        pauseMs = FIRST_PAUSE_MS;
        continue;
      }
      await sleep(pauseMs, undefined, { signal });
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  async #attempt(signal: AbortSignal): Promise<"empty" | "some" | "none"> {
    const { backlog, index, onProblem } = this.#parts;
    try {
      signal.throwIfAborted();
      const [first] = await backlog.page(this.#name, 0, 1);
      if (first === undefined) return "empty";
      const route = index.get(this.#name);
      // It was deleted, and its backlog is about to be.
      if (route === undefined) return "none";
      const sent = await this.#send(route, first, signal);
      if (sent.kind === "gone") {
        await backlog.remove([first.id]);
        await this.#sendPages(route, { head: first.id, after: first.id, blocked: new Set() }, signal);
        return "some";
      }
      await backlog.explain(first, sent.reason, sent.kind === "undecided");
      if (sent.kind === "unreachable") return "none";
      return (await this.#tryAnother(route, first, signal)) ? "some" : "none";
    } catch (error) {
      signal.throwIfAborted();
      onProblem(error as XqbusError);
      return "none";
    }
  }

  /** @returns whether one went, and those behind it with it */
  async #tryAnother(route: Route, first: Waiting, signal: AbortSignal): Promise<boolean> {
    const { backlog } = this.#parts;
    if (this.#pass?.head !== first.id || this.#pass.blocked.size > MOST_BLOCKED) {
      this.#pass = { head: first.id, after: first.id, blocked: new Set() };
      this.#block(this.#pass, first);
    }
    const pass = this.#pass;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const rows = await backlog.page(this.#name, pass.after, pages === 0 ? 1 : PAGE_ROWS);
      if (rows.length === 0) {
        this.#pass = undefined;
        return false;
      }
      for (const row of rows) {
        const sent = this.#isBlocked(pass, row) ? undefined : await this.#send(route, row, signal);
        if (sent?.kind === "unreachable") return false;
        pass.after = row.id;
        if (sent === undefined) continue;
        if (sent.kind === "gone") {
          await backlog.remove([row.id]);
          await this.#sendPages(route, pass, signal);
          return true;
        }
        this.#block(pass, row);
        if (sent.kind === "refused") return false;
      }
    }
    return false;
  }

  /** Sends what is behind, as long as some of each page goes. */
  async #sendPages(route: Route, pass: Pass, signal: AbortSignal): Promise<void> {
    const { backlog } = this.#parts;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const rows = await backlog.page(this.#name, pass.after);
      const last = rows.at(-1);
      if (last === undefined) return;
      const { gone, isReachable } = await this.#sendPage(route, rows, pass, signal);
      await backlog.remove(gone);
      if (gone.length === 0 || !isReachable) return;
      pass.after = last.id;
    }
  }

  async #sendPage(
    route: Route,
    rows: readonly Waiting[],
    pass: Pass,
    signal: AbortSignal,
  ): Promise<{ readonly gone: readonly number[]; readonly isReachable: boolean }> {
    const gone: number[] = [];
    let isReachable = true;
    const lanes = this.#lanesOf(rows.filter((row) => !this.#isBlocked(pass, row))).map(async (lane) => {
      for (const row of lane) {
        const sent = await this.#send(route, row, signal);
        if (sent.kind === "unreachable") isReachable = false;
        if (sent.kind !== "gone") return this.#block(pass, row);
        gone.push(row.id);
      }
    });
    await Promise.allSettled(lanes);
    return { gone, isReachable };
  }

  /** Those of one key behind each other. */
  #lanesOf(rows: readonly Waiting[]): readonly (readonly Waiting[])[] {
    const lanes = new Map<string | number, Waiting[]>();
    for (const row of rows) {
      const key = this.#keyOfRow(row) ?? row.id;
      const lane = lanes.get(key);
      if (lane === undefined) lanes.set(key, [row]);
      else lane.push(row);
    }
    return [...lanes.values()];
  }

  #isBlocked({ blocked }: Pass, row: Waiting): boolean {
    if (blocked.size === 0) return false;
    const key = this.#keyOfRow(row);
    return key !== undefined && blocked.has(key);
  }

  #block({ blocked }: Pass, row: Waiting): void {
    const key = this.#keyOfRow(row);
    if (key !== undefined) blocked.add(key);
  }

  /** None where the message cannot even be read: it holds up nobody. */
  #keyOfRow({ message }: Waiting): string | undefined {
    if (this.#keyOf === undefined) return undefined;
    try {
      return this.#keyOf(readRelayed(message));
    } catch {
      return undefined;
    }
  }

  async #send(route: Route, row: Waiting, signal: AbortSignal): Promise<Sent> {
    if (row.isUndecided) {
      const decided = this.#decide(route, row);
      if (decided !== undefined) return decided;
    }
    const problem = await this.#parts.copies.tryQueue(route, row.message, signal);
    if (problem === undefined) return GONE;
    const isUnreachable = problem instanceof TimeoutError || problem instanceof NotConnectedError;
    return { kind: isUnreachable ? "unreachable" : "refused", reason: problem.message };
  }

  /** @returns undefined: the route wants it */
  #decide(route: Route, { message }: Waiting): Sent | undefined {
    const { index } = this.#parts;
    try {
      const isWanted = index.decide(route.name, readRelayed(message));
      if (isWanted !== undefined) return isWanted ? undefined : GONE;
      return { kind: "undecided", reason: index.undecided.get(route.name) ?? "its filter cannot be evaluated here" };
    } catch (error) {
      return { kind: "undecided", reason: messageOf(error) };
    }
  }
}
