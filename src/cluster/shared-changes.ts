import { setTimeout as sleep } from "node:timers/promises";
import { XqbusError } from "../errors.ts";
import { Turns } from "../turns.ts";
import type { CheckedClusterOptions } from "./cluster-options.ts";
import { databaseNow } from "../database/index.ts";

/** The signal after each change and each word that one was applied. */
export const CHANGE_SIGNAL = "xqbus_change";

/** From one look to the next at whether all have applied a change, in ms, should a signal be missed. */
const LOOK_EVERY_MS = 200;

/** Changes of one kind of definitions, which all processes apply. */
export class SharedChanges {
  readonly #options: CheckedClusterOptions;
  readonly #topic: string;
  readonly #member: () => string;
  readonly #apply: () => Promise<void>;
  readonly #turns: Turns = new Turns();
  #applied = -1;
  #wake: () => void = () => undefined;

  /** @param apply reads the definitions as they are now */
  constructor(options: CheckedClusterOptions, topic: string, member: () => string, apply: () => Promise<void>) {
    this.#options = options;
    this.#topic = topic;
    this.#member = member;
    this.#apply = apply;
  }

  /** Lets the others wait for this process when they change something. */
  begin(): Promise<void> {
    return this.#confirm(-1);
  }

  /** Applies what is new, and says so to the others; what is not is free of charge but for one small query. Rejects as `apply` does. */
  catchUp(): Promise<void> {
    this.#wake();
    return this.#turns.run(async () => {
      const version = await this.#version();
      if (version <= this.#applied) return;
      await this.#apply();
      this.#applied = version;
      await this.#confirm(version);
    });
  }

  /** After the process was given up by the others: what it has applied is to be told again. */
  forget(): void {
    this.#applied = -1;
  }

  /**
   * Tells all processes of a change that is on disk. Resolves when each one that lives has applied it; one that is gone is not waited for.
   *
   * @throws XqbusError `xqbus:timeout` one that lives has not applied it within `applyTimeoutMs`, and what `apply` throws here
   */
  async announce(): Promise<void> {
    const { database } = this.#options;
    const row = await database.kysely
      .insertInto("change_topic")
      .values({ topic: this.#topic, version: 1 })
      .onConflict((conflict) =>
        conflict.column("topic").doUpdateSet({ version: database.sql<number>`change_topic.version + 1` }),
      )
      .returning("version")
      .executeTakeFirstOrThrow();
    await database.signal(CHANGE_SIGNAL);
    const { applyTimeoutMs } = this.#options;
    const end = performance.now() + applyTimeoutMs;
    await this.#applyWithin(applyTimeoutMs);
    for (;;) {
      const behind = await this.#behind(row.version);
      if (behind.length === 0) return;
      if (performance.now() > end) {
        const message = `the change is stored, but ${behind.join(", ")} did not apply it within ${applyTimeoutMs} ms; look at the log there`;
        throw new XqbusError("xqbus:timeout", message);
      }
      await this.#change();
    }
  }

  /** Who does not come to an end here is one of those that are behind. */
  async #applyWithin(ms: number): Promise<void> {
    const applied = new AbortController();
    const timeUp = sleep(ms, undefined, { ref: false, signal: applied.signal });
    try {
      await Promise.race([this.catchUp(), timeUp]);
    } finally {
      applied.abort();
      timeUp.catch(() => undefined);
    }
  }

  async #version(): Promise<number> {
    const row = await this.#options.database.kysely
      .selectFrom("change_topic")
      .select("version")
      .where("topic", "=", this.#topic)
      .executeTakeFirst();
    return row?.version ?? 0;
  }

  async #confirm(version: number): Promise<void> {
    const { database } = this.#options;
    const member = this.#member();
    await database.kysely
      .insertInto("member_change")
      .values({ member, topic: this.#topic, version })
      .onConflict((conflict) => conflict.columns(["member", "topic"]).doUpdateSet({ version }))
      .execute();
    await database.signal(CHANGE_SIGNAL);
  }

  /** The living processes that know the topic and have not applied the version. */
  async #behind(version: number): Promise<readonly string[]> {
    const { database, goneAfterMs } = this.#options;
    const rows = await database.kysely
      .selectFrom("member")
      .innerJoin("member_change", "member_change.member", "member.id")
      .select("member.id")
      .where("topic", "=", this.#topic)
      .where("version", "<", version)
      .where("seen_at", ">", database.sql<number>`${databaseNow(database)} - ${goneAfterMs}`)
      .execute();
    return rows.map(({ id }) => id);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
