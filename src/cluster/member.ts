import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { XqbusError } from "../errors.ts";
import type { CheckedClusterOptions } from "./cluster-options.ts";
import { databaseNow } from "../database/index.ts";

/** Numbers of slots: living processes of one bus at the same time. */
export const SLOTS = 64;

/** A living process, as the others see it. */
export interface LivingMember {
  /** Host, process id and a random end. */
  readonly id: string;
  readonly slot: number;
  /** Ms since 1970. */
  readonly startedAt: number;
  readonly release: string;
  /** Groups of names that it takes leases of. */
  readonly groups: readonly string[];
}

/** This process in the table of those that live. */
export class Member {
  readonly id: string = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  readonly #options: CheckedClusterOptions;
  readonly #groups = new Set<string>();
  #slot = -1;
  #startedAt = 0;
  /** Until when the others believe in this process, by its own monotonic clock. */
  #currentUntil = -Infinity;

  constructor(options: CheckedClusterOptions) {
    this.#options = options;
  }

  /** A number below {@link SLOTS} that no other living process has. */
  get slot(): number {
    return this.#slot;
  }

  /** Whether the others still wait for this process when they change something; who is not believed in must not decide by what he knows. */
  get isCurrent(): boolean {
    return performance.now() < this.#currentUntil;
  }

  /** Takes a slot and says that it lives. @throws XqbusError `xqbus:limit-exceeded`, `xqbus:illegal-argument` for another domain, and those of databases */
  async join(): Promise<void> {
    const { database, domain, release, goneAfterMs } = this.#options;
    const asked = performance.now();
    await database.kysely.transaction().execute(async (transaction) => {
      // One after the other: two that join at the same time must not take one slot.
      if (database.product === "postgres") await database.sql`LOCK TABLE bus`.execute(transaction);
      const bus = await transaction.selectFrom("bus").select("domain").executeTakeFirst();
      if (bus === undefined) await transaction.insertInto("bus").values({ domain }).execute();
      else if (bus.domain !== domain) {
        const message = `${database.name} belongs to the domain ${bus.domain}, and this is ${domain}: give each domain a database of its own ([storage] url)`;
        throw new XqbusError("xqbus:illegal-argument", message);
      }
      const now = databaseNow(database);
      await transaction
        .deleteFrom("member")
        .where("seen_at", "<", database.sql<number>`${now} - ${goneAfterMs}`)
        .execute();
      const taken = new Set((await transaction.selectFrom("member").select("slot").execute()).map(({ slot }) => slot));
      const slot = Array.from({ length: SLOTS }, (_, index) => index).find((index) => !taken.has(index));
      if (slot === undefined) {
        throw new XqbusError("xqbus:limit-exceeded", `${SLOTS} processes are members of ${database.name} already`);
      }
      this.#slot = slot;
      await transaction
        .insertInto("member")
        .values({ id: this.id, slot, started_at: now, seen_at: now, release, groups: this.#groupsText })
        .execute();
      const row = await transaction.selectFrom("member").select("seen_at").where("id", "=", this.id).executeTakeFirst();
      this.#startedAt = row?.seen_at ?? 0;
    });
    this.#currentUntil = asked + goneAfterMs;
  }

  /**
   * Says that it lives.
   *
   * @returns all that live; undefined: the others have given this process up, and it must join anew
   */
  async beat(): Promise<readonly LivingMember[] | undefined> {
    const { database, goneAfterMs } = this.#options;
    const asked = performance.now();
    const now = databaseNow(database);
    const seen = await database.kysely
      .updateTable("member")
      .set({ seen_at: now, groups: this.#groupsText })
      .where("id", "=", this.id)
      .where("seen_at", ">", database.sql<number>`${now} - ${goneAfterMs}`)
      .returning("id")
      .execute();
    if (seen.length === 0) return undefined;
    const rows = await database.kysely
      .selectFrom("member")
      .selectAll()
      .where("seen_at", ">", database.sql<number>`${now} - ${goneAfterMs}`)
      .orderBy("slot")
      .execute();
    this.#currentUntil = asked + goneAfterMs;
    return rows.map(({ id, slot, started_at: startedAt, release, groups }) => ({
      ...{ id, slot, startedAt, release, groups: JSON.parse(groups) as readonly string[] },
    }));
  }

  /** @returns whether it is new, and the others do not know of it before the next {@link beat} */
  addGroup(group: string): boolean {
    if (this.#groups.has(group)) return false;
    this.#groups.add(group);
    return true;
  }

  /** Goes, as if it had been given up. */
  async leave(): Promise<void> {
    this.#currentUntil = -Infinity;
    await this.#options.database.kysely.deleteFrom("member").where("id", "=", this.id).execute();
  }

  /** How the others see it before it has been heard of: for those that ask at the very start. */
  get shown(): LivingMember {
    const { release } = this.#options;
    return { id: this.id, slot: this.#slot, startedAt: this.#startedAt, release, groups: [...this.#groups] };
  }

  get #groupsText(): string {
    return JSON.stringify([...this.#groups]);
  }
}
