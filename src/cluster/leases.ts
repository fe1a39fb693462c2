import { XqbusError } from "../errors.ts";
import { Turns } from "../turns.ts";
import type { CheckedClusterOptions } from "./cluster-options.ts";
import { HeldWork } from "./held-work.ts";
import type { LivingMember } from "./member.ts";
import { PreferredNames } from "./preferred-names.ts";
import { databaseNow } from "../database/index.ts";

/**
 * Begins what is done by one process at a time.
 *
 * @param lost is aborted when it is to end; when the lease could not be renewed, another process may begin a moment later
 * @returns ends it; is called as soon as `lost` is aborted, whatever else waits. The lease is renewed until it resolves
 */
export type LeasedWork = (lost: AbortSignal) => Promise<() => Promise<void>>;

/** Who needs a lease and how it does. */
export interface LeasesOptions {
  /** Id of this process as a member. */
  readonly holder: () => string;
  /** Something has ended, and its lease can be given back: {@link Leases.balance} is to be called. */
  readonly onOver: () => void;
}

/** The part of its time after which a lease counts as lost here, before it does so for the others. */
const SHARE_OF_TIME = 0.8;

/** Names in one statement: their parameters are bounded. */
const MOST_NAMES = 10_000;

/** Of what was not wanted any more when its lease came. */
const NOTHING: LeasedWork = async () => async () => undefined;

/** What this process does as the only one, for as long as its rows of the table `lease` say so. */
export class Leases {
  readonly #options: CheckedClusterOptions;
  readonly #holder: () => string;
  readonly #onOver: () => void;
  readonly #wanted: Map<string, LeasedWork> = new Map();
  /** What has not ended, or has and its row is still to go. */
  readonly #held: Map<string, HeldWork> = new Map();
  /** Names of what has ended, and whose rows are still to go. */
  readonly #over: Set<string> = new Set();
  readonly #preferred: PreferredNames = new PreferredNames();
  /** Changes of rows, but for their renewal. */
  readonly #turns: Turns = new Turns();
  #expiry: NodeJS.Timeout | undefined;

  constructor(options: CheckedClusterOptions, { holder, onOver }: LeasesOptions) {
    this.#options = options;
    this.#holder = holder;
    this.#onOver = onOver;
  }

  /** Names that this process has the lease of. */
  get held(): readonly string[] {
    return [...this.#held.values()]
      .filter(({ isOver }) => !isOver)
      .map(({ name }) => name)
      .sort();
  }

  want(name: string, work: LeasedWork): void {
    if (this.#wanted.has(name)) throw new XqbusError("xqbus:illegal-argument", `${name} is wanted already`);
    this.#wanted.set(name, work);
  }

  /** Ends what is done under the name, and does not want it any more. */
  async unwant(name: string): Promise<void> {
    this.#wanted.delete(name);
    // It may be about to be taken.
    await this.#turns.run(async () => undefined);
    await this.#release([name]);
    this.#preferred.forget(name);
  }

  /** Renews what is held. Waits for the database only: what is lost is told to end, and not waited for. */
  async renew(): Promise<void> {
    const held = [...this.#held.values()].filter(({ isOver }) => !isOver);
    if (held.length === 0) return;
    const { database, goneAfterMs } = this.#options;
    const now = databaseNow(database);
    const until = this.#untilFromNow();
    const rows = await database.kysely
      .updateTable("lease")
      .set({ until: database.sql<number>`${now} + ${goneAfterMs}` })
      .where("holder", "=", this.#holder())
      .where("until", ">", now)
      .returning("name")
      .execute();
    const names = new Set(rows.map(({ name }) => name));
    for (const work of held) {
      if (names.has(work.name)) work.until = until;
      else void this.#end(work);
    }
    this.#expireLater();
  }

  /**
   * Gives back what has ended, takes what this member is preferred for, and tells to end what another one is. Waits for the database only:
   * what ends calls `onOver`.
   */
  balance(members: readonly LivingMember[]): Promise<void> {
    return this.#turns.run(async () => {
      await this.#forgetOver();
      const preferred = this.#preferred;
      preferred.among(this.#holder(), members);
      for (const work of this.#held.values()) if (!preferred.has(work.name)) void this.#end(work);
      await this.#take([...this.#wanted.keys()].filter((name) => !this.#held.has(name) && preferred.has(name)));
    });
  }

  /** The others do not believe in this process any more: everything is told to end. */
  loseAll(): void {
    for (const work of this.#held.values()) void this.#end(work);
  }

  /** Ends everything, and lets others have it at once. */
  async close(): Promise<void> {
    this.#wanted.clear();
    await this.#turns.run(async () => undefined);
    await this.#release([...this.#held.keys()]);
    clearTimeout(this.#expiry);
  }

  async #take(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const { database, goneAfterMs } = this.#options;
    const now = databaseNow(database);
    const holder = this.#holder();
    const until = database.sql<number>`${now} + ${goneAfterMs}`;
    const ours = this.#untilFromNow();
    const some = names.slice(0, MOST_NAMES);
    const rows = await database.kysely
      .insertInto("lease")
      .values(some.map((name) => ({ name, holder, until })))
      .onConflict((conflict) =>
        conflict
          .column("name")
          .doUpdateSet({ holder, until })
          .where((where) => where.or([where("lease.until", "<=", now), where("lease.holder", "=", holder)])),
      )
      .returning("name")
      .execute();
    for (const { name } of rows) this.#begin(name, ours);
    this.#expireLater();
    await this.#take(names.slice(MOST_NAMES));
  }

  #begin(name: string, until: number): void {
    const wanted = this.#wanted.get(name);
    const work = new HeldWork(name, wanted ?? NOTHING, { until, onOver: () => this.#over.add(name) });
    this.#held.set(name, work);
    if (wanted === undefined) void this.#end(work);
    work.begun().catch((error: unknown) => {
      this.#tell(`${name} could not be begun here`, error);
      // It is tried again with the next heartbeat, not at once.
      void work.end();
    });
  }

  /** Tells it to end; resolves when it has, and never rejects. */
  async #end(work: HeldWork): Promise<void> {
    if (work.isEnding) return work.end().catch(() => undefined);
    try {
      await work.end();
    } catch (error) {
      this.#tell(`${work.name} did not end in order`, error);
    }
    this.#onOver();
  }

  async #release(names: readonly string[]): Promise<void> {
    await Promise.all(
      names.map(async (name) => {
        const work = this.#held.get(name);
        if (work !== undefined) await this.#end(work);
      }),
    );
    await this.#turns.run(() => this.#forgetOver());
  }

  /** Lets others have what has ended. What cannot be given back now stays, and is given back the next time. */
  async #forgetOver(): Promise<void> {
    if (this.#over.size === 0) return;
    const over = [...this.#over].slice(0, MOST_NAMES);
    await this.#options.database.kysely
      .deleteFrom("lease")
      .where("name", "in", over)
      .where("holder", "=", this.#holder())
      .execute();
    for (const name of over) {
      this.#held.delete(name);
      this.#over.delete(name);
    }
    await this.#forgetOver();
  }

  #untilFromNow(): number {
    return performance.now() + this.#options.goneAfterMs * SHARE_OF_TIME;
  }

  /** Without another word from the database a lease is over before somebody else takes it. */
  #expireLater(): void {
    clearTimeout(this.#expiry);
    const ours = [...this.#held.values()].filter(({ isEnding }) => !isEnding);
    if (ours.length === 0) return;
    const first = ours.reduce((least, { until }) => Math.min(least, until), Infinity);
    this.#expiry = setTimeout(() => this.#expire(), Math.max(0, first - performance.now()));
    this.#expiry.unref();
  }

  #expire(): void {
    const now = performance.now();
    for (const work of this.#held.values()) if (work.until <= now) void this.#end(work);
    this.#expireLater();
  }

  #tell(what: string, cause: unknown): void {
    const { code = "xqbus:internal", message } = cause as Partial<XqbusError>;
    const error = new XqbusError(code, `${what}: ${message ?? String(cause)}`, { cause });
    this.#options.onProblem(error);
  }
}
