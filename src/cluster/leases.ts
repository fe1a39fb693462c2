import { XqbusError } from "../errors.ts";
import { Turns } from "../turns.ts";
import type { CheckedClusterOptions } from "./cluster-options.ts";
import type { LivingMember } from "./member.ts";
import { groupOf, preferredMember } from "./preferred-member.ts";
import { databaseNow } from "../database/index.ts";

/**
 * Begins what is done by one process at a time.
 *
 * @param lost is aborted when the lease could not be renewed: another process may begin a moment later
 * @returns ends it; is also called when `lost` was aborted
 */
export type LeasedWork = (lost: AbortSignal) => Promise<() => Promise<void>>;

interface Wanted {
  readonly name: string;
  readonly work: LeasedWork;
}

interface Held {
  readonly wanted: Wanted;
  readonly lost: AbortController;
  end: () => Promise<void>;
}

/** The part of its time after which a lease counts as lost here, before it does so for the others. */
const SHARE_OF_TIME = 0.8;

/** What this process does as the only one, for as long as its rows of the table `lease` say so. */
export class Leases {
  readonly #options: CheckedClusterOptions;
  readonly #holder: () => string;
  readonly #wanted: Map<string, Wanted> = new Map();
  readonly #held: Map<string, Held> = new Map();
  readonly #turns: Turns = new Turns();
  #expiry: NodeJS.Timeout | undefined;

  /** @param holder id of this process as a member */
  constructor(options: CheckedClusterOptions, holder: () => string) {
    this.#options = options;
    this.#holder = holder;
  }

  /** Names that this process has the lease of. */
  get held(): readonly string[] {
    return [...this.#held.keys()].sort();
  }

  want(name: string, work: LeasedWork): void {
    if (this.#wanted.has(name)) throw new XqbusError("xqbus:illegal-argument", `${name} is wanted already`);
    this.#wanted.set(name, { name, work });
  }

  /** Ends what is done under the name, and does not want it any more. */
  async unwant(name: string): Promise<void> {
    this.#wanted.delete(name);
    await this.#turns.run(() => this.#release([name]));
  }

  /** Renews what is held, gives up what another member is preferred for, and takes what this one is. */
  balance(members: readonly LivingMember[]): Promise<void> {
    return this.#turns.run(async () => {
      await this.#renew();
      const me = this.#holder();
      const preferred = (name: string): boolean => {
        const group = groupOf(name);
        const candidates = members.filter(({ id, groups }) => id === me || groups.includes(group)).map(({ id }) => id);
        return preferredMember(name, candidates) === me;
      };
      await this.#release([...this.#held.keys()].filter((name) => !preferred(name)));
      await this.#take([...this.#wanted.keys()].filter((name) => !this.#held.has(name) && preferred(name)));
    });
  }

  /** The others do not believe in this process any more: ends everything. */
  loseAll(): Promise<void> {
    for (const { lost } of this.#held.values()) lost.abort();
    return this.#turns.run(() => this.#endAll([...this.#held.keys()]));
  }

  /** Ends everything, and lets others have it at once. */
  async close(): Promise<void> {
    this.#wanted.clear();
    await this.#turns.run(() => this.#release([...this.#held.keys()]));
    clearTimeout(this.#expiry);
  }

  async #renew(): Promise<void> {
    if (this.#held.size === 0) return;
    const { database, goneAfterMs } = this.#options;
    const now = databaseNow(database);
    const asked = performance.now();
    const rows = await database.kysely
      .updateTable("lease")
      .set({ until: database.sql<number>`${now} + ${goneAfterMs}` })
      .where("holder", "=", this.#holder())
      .where("until", ">", now)
      .returning("name")
      .execute();
    this.#expireLater(asked);
    const names = new Set(rows.map(({ name }) => name));
    await this.#endAll([...this.#held.keys()].filter((name) => !names.has(name)));
  }

  async #take(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const { database, goneAfterMs } = this.#options;
    const now = databaseNow(database);
    const holder = this.#holder();
    const until = database.sql<number>`${now} + ${goneAfterMs}`;
    const asked = performance.now();
    const rows = await database.kysely
      .insertInto("lease")
      .values(names.map((name) => ({ name, holder, until })))
      .onConflict((conflict) =>
        conflict
          .column("name")
          .doUpdateSet({ holder, until })
          .where((where) => where.or([where("lease.until", "<=", now), where("lease.holder", "=", holder)])),
      )
      .returning("name")
      .execute();
    if (rows.length > 0) this.#expireLater(asked);
    await Promise.all(rows.map(({ name }) => this.#begin(name)));
  }

  async #begin(name: string): Promise<void> {
    const wanted = this.#wanted.get(name);
    if (wanted === undefined) return this.#forget([name]);
    const held: Held = { wanted, lost: new AbortController(), end: async () => undefined };
    this.#held.set(name, held);
    try {
      held.end = await wanted.work(held.lost.signal);
    } catch (error) {
      this.#held.delete(name);
      this.#tell(`${name} could not be begun here`, error);
      await this.#forget([name]);
    }
  }

  async #release(names: readonly string[]): Promise<void> {
    const ours = names.filter((name) => this.#held.has(name));
    if (ours.length === 0) return;
    await this.#endAll(ours);
    await this.#forget(ours);
  }

  async #endAll(names: readonly string[]): Promise<void> {
    await Promise.all(
      names.map(async (name) => {
        const held = this.#held.get(name);
        if (held === undefined) return;
        held.lost.abort();
        try {
          await held.end();
        } catch (error) {
          this.#tell(`${name} did not end in order`, error);
        }
        this.#held.delete(name);
      }),
    );
  }

  async #forget(names: readonly string[]): Promise<void> {
    await this.#options.database.kysely
      .deleteFrom("lease")
      .where("name", "in", names)
      .where("holder", "=", this.#holder())
      .execute();
  }

  /** Without another word from the database the leases are over before somebody else takes them. */
  #expireLater(asked: number): void {
    clearTimeout(this.#expiry);
    const ms = asked + this.#options.goneAfterMs * SHARE_OF_TIME - performance.now();
    this.#expiry = setTimeout(() => void this.loseAll(), Math.max(0, ms));
    this.#expiry.unref();
  }

  #tell(what: string, cause: unknown): void {
    const { code = "xqbus:internal", message } = cause as Partial<XqbusError>;
    const error = new XqbusError(code, `${what}: ${message ?? String(cause)}`, { cause });
    this.#options.onProblem(error);
  }
}
