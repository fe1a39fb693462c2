import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { TimeoutError, type WaitLimits } from "../amqp/index.ts";
import { databaseNow } from "../database/index.ts";
import type { XqbusError } from "../errors.ts";
import { Turns } from "../turns.ts";
import { ROUTES_CHANGED, type RouteStore, type RouteUpdate } from "./route-store.ts";
import type { RouterDatabase } from "./tables.ts";

/** What a reader is made of. */
export interface ReaderParts {
  readonly database: RouterDatabase;
  readonly store: RouteStore;
  /** Takes what is new, and resolves with the names of the routes that are not there any more. */
  readonly take: (update: RouteUpdate) => Promise<readonly string[]>;
  /** Resolves when nothing is under way for a route that has ended. */
  readonly ended: (name: string) => Promise<void>;
  readonly onProblem: (error: XqbusError) => void;
}

/** The least generation of all processes, and that of the one that keeps order. */
interface Reached {
  readonly all: number;
  readonly ordered: number;
}

/** From one look at the database to the next, in ms. */
const LOOK_MS = 1000;
/** Without a look for so long this process no longer goes by what it knows. */
const STALE_MS = 4000;
/** A process that was not seen for so long is not waited for: it has noticed by itself before. */
const GONE_MS = 5000;
const POLL_MS = 50;

/**
 * Keeps the routes of this process those of the database, and tells the others how far it is. An event that is sent when
 * {@link RouteReader.everywhere} has resolved is matched by routes of at least that generation, in whichever process: one that cannot look
 * at the database lets events wait.
 */
export class RouteReader {
  readonly #parts: ReaderParts;
  readonly #id = randomUUID();
  readonly #turns: Turns = new Turns();
  readonly #end: AbortController = new AbortController();
  #generation = -1;
  /** Nothing is under way for routes that had ended by this generation, and the one that the others were told. */
  #settled = -1;
  #told = -1;
  #settling: Promise<void> = Promise.resolve();
  #lookedAt = -Infinity;
  #failure: XqbusError | undefined;
  #looking: Promise<void> = Promise.resolve();
  #nextLook: Promise<void> | undefined;
  #asking: Promise<Reached> | undefined;
  #endHearing: (() => Promise<void>) | undefined;
  #waiting: (() => void)[] = [];

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** Whether the routes of this process are those that the others rely on. */
  get isFresh(): boolean {
    return performance.now() - this.#lookedAt < STALE_MS;
  }

  /** That of the routes of this process. */
  get generation(): number {
    return this.#generation;
  }

  /** Why the database could not be looked at the last time. */
  get failure(): XqbusError | undefined {
    return this.#failure;
  }

  /** Reads the routes for the first time, and goes on. @throws what the database does */
  async start(): Promise<void> {
    const { database } = this.#parts;
    this.#endHearing = await database.hear(ROUTES_CHANGED, () => void this.look().catch(() => undefined));
    await this.look();
    this.#looking = this.#keepLooking();
  }

  /** Looks at the database now; who asks while it waits for its turn gets the same look. @throws what the database does */
  look(): Promise<void> {
    this.#nextLook ??= this.#turns.run(async () => {
      this.#nextLook = undefined;
      if (this.#end.signal.aborted) return;
      const { store, take, ended, onProblem } = this.#parts;
      const begun = performance.now();
      try {
        await this.#register();
        if ((await store.generation()) !== this.#generation) {
          const update = await store.changesAfter(this.#generation);
          const gone = await take(update);
          this.#generation = update.generation;
          this.#settling = Promise.all([this.#settling, ...gone.map(ended)]).then(() =>
            this.#settle(update.generation),
          );
          // Most often nothing is under way, and the others can be told at once.
          await nextTurn();
        }
        await this.#tell();
        this.#lookedAt = begun;
        this.#failure = undefined;
        this.#wake();
      } catch (error) {
        if (this.#failure === undefined) onProblem(error as XqbusError);
        this.#failure = error as XqbusError;
        throw error;
      }
    });
    return this.#nextLook;
  }

  /** Resolves when {@link RouteReader.isFresh}, or with the signal. */
  async fresh(signal: AbortSignal): Promise<void> {
    while (!this.isFresh && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const go = (): void => {
          signal.removeEventListener("abort", go);
          resolve();
        };
        this.#waiting.push(go);
        signal.addEventListener("abort", go, { once: true });
      });
    }
  }

  /**
   * Resolves when all processes go by routes of this generation or later ones.
   *
   * @param isOrdered whether the one that keeps order does, too
   * @throws TimeoutError, and what the database does
   */
  async everywhere(
    generation: number,
    isOrdered: boolean,
    { timeoutMs = 10_000, signal }: WaitLimits = {},
  ): Promise<void> {
    const until = performance.now() + timeoutMs;
    await this.look();
    for (;;) {
      const { all, ordered } = await this.#reached();
      if (all >= generation && (!isOrdered || ordered >= generation)) return;
      signal?.throwIfAborted();
      if (performance.now() > until) {
        const who = isOrdered ? "the processes, or the one that keeps order," : "the processes";
        throw new TimeoutError(`${who} did not all take the change of the routes within ${timeoutMs} ms; it is stored`);
      }
      await sleep(POLL_MS);
    }
  }

  /** Is not waited for any more. Never rejects. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#looking;
    await this.#endHearing?.().catch(() => undefined);
    await this.#turns
      .run(async () => {
        const { kysely } = this.#parts.database;
        await kysely.deleteFrom("router_process").where("id", "=", this.#id).execute();
      })
      .catch(() => undefined);
    this.#wake();
  }

  /** One question for all who wait. */
  #reached(): Promise<Reached> {
    this.#asking ??= this.#askReached().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #askReached(): Promise<Reached> {
    const { store, database } = this.#parts;
    const ordered = await store.state("ordered");
    const { least } = await database.kysely
      .selectFrom("router_process")
      .select(({ fn }) => fn.min("generation").as("least"))
      .where("seen_at", ">", this.#now(-GONE_MS))
      .executeTakeFirstOrThrow();
    return { all: least === null ? Infinity : Number(least), ordered };
  }

  /** Others wait for this process from then on; what it knows by then is only told afterwards. */
  async #register(): Promise<void> {
    const { kysely } = this.#parts.database;
    const seen = { seen_at: this.#now(0) };
    const known = await kysely
      .updateTable("router_process")
      .set(seen)
      .where("id", "=", this.#id)
      .returning("id")
      .execute();
    if (known.length > 0) return;
    this.#generation = -1;
    this.#settled = -1;
    this.#told = -1;
    await kysely
      .insertInto("router_process")
      .values({ id: this.#id, generation: -1, ...seen })
      .execute();
    await kysely.deleteFrom("router_process").where("seen_at", "<", this.#now(-GONE_MS)).execute();
  }

  #settle(generation: number): void {
    if (generation <= this.#settled || generation > this.#generation) return;
    this.#settled = generation;
    if (this.#told < generation) void this.look().catch(() => undefined);
  }

  async #tell(): Promise<void> {
    const generation = this.#settled;
    if (generation === this.#told) return;
    const { kysely } = this.#parts.database;
    await kysely.updateTable("router_process").set({ generation }).where("id", "=", this.#id).execute();
    this.#told = generation;
  }

  /** The time of the database, which processes on several machines share. */
  #now(ms: number) {
    const { database } = this.#parts;
    return database.sql<number>`${databaseNow(database)} + ${ms}`;
  }

  async #keepLooking(): Promise<void> {
    while (!this.#end.signal.aborted) {
      await sleep(LOOK_MS, undefined, { signal: this.#end.signal }).catch(() => undefined);
      await this.look().catch(() => undefined);
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }
}
