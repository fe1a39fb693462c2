import { setTimeout as sleep } from "node:timers/promises";
import { XqbusError } from "../errors.ts";
import { checkedClusterOptions, type CheckedClusterOptions, type ClusterOptions } from "./cluster-options.ts";
import { Leases, type LeasedWork } from "./leases.ts";
import { Member, type LivingMember } from "./member.ts";
import { groupOf } from "./preferred-member.ts";
import { Rounds } from "./rounds.ts";
import { CHANGE_SIGNAL, SharedChanges } from "./shared-changes.ts";
import { databaseNow } from "../database/index.ts";

/** Definitions that all processes have to know of, as this one does. */
interface Topic {
  readonly changes: SharedChanges;
  readonly rounds: Rounds;
  /** For which {@link Cluster} `#joined` every change is applied that others made before. */
  caughtUp: number;
}

/** The signal after a process has come, or gone in order, or gives leases back. */
const MEMBER_SIGNAL = "xqbus_member";

/**
 * This process among those that serve one bus: who lives, who does what, and who knows of which change. Whatever is agreed on is a row of
 * the database.
 */
export class Cluster implements AsyncDisposable {
  readonly #options: CheckedClusterOptions;
  readonly #member: Member;
  readonly #leases: Leases;
  readonly #topics: Map<string, Topic> = new Map();
  /** That this process lives, and what it has leases of: waits for nothing but the database. */
  readonly #beats: Rounds = new Rounds(() => this.#tried("members", () => this.#beat()));
  readonly #balances: Rounds = new Rounds(() => this.#tried("leases", () => this.#leases.balance(this.#living)));
  readonly #unhear: (() => Promise<void>)[] = [];
  #living: readonly LivingMember[] = [];
  /** What does not work now, and why. */
  readonly #failures: Map<string, XqbusError> = new Map();
  /** What was told last of what does not work; undefined: it works. */
  #told: string | undefined;
  /** Of the living processes, as was told last. */
  #releases = "";
  /** How often this process has come (back). */
  #joined = 0;
  #timer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  /** @throws XqbusError `xqbus:illegal-argument` (options; the database is of another domain), `xqbus:limit-exceeded`, and those of databases */
  static async open(options: ClusterOptions): Promise<Cluster> {
    const cluster = new Cluster(checkedClusterOptions(options));
    await cluster.#start();
    return cluster;
  }

  private constructor(options: CheckedClusterOptions) {
    this.#options = options;
    this.#member = new Member(options);
    this.#leases = new Leases(options, { holder: () => this.#member.id, onOver: () => this.#balances.ask() });
  }

  /** Of this process, as the others know it. */
  get id(): string {
    return this.#member.id;
  }

  /** A number of 0 to 63 that no other living process has. It may change when this process was given up by the others and came back. */
  get slot(): number {
    return this.#member.slot;
  }

  /** Whether what this process knows is what the others believe that it knows. Who is not current must leave events to others. */
  get isCurrent(): boolean {
    return this.#member.isCurrent && [...this.#topics.values()].every(({ caughtUp }) => caughtUp === this.#joined);
  }

  /** Why it is not, or what it could not do in the last attempt. */
  get failure(): XqbusError | undefined {
    return this.#failures.values().next().value;
  }

  /** All that live, as of the last heartbeat; with this process. */
  get members(): readonly LivingMember[] {
    return this.#living;
  }

  /** Names that this process has the lease of. */
  get held(): readonly string[] {
    return this.#leases.held;
  }

  /** How many leases each member has, by its id. @throws those of databases */
  async leases(): Promise<ReadonlyMap<string, number>> {
    const { database } = this.#options;
    const rows = await database.kysely
      .selectFrom("lease")
      .select(["holder", database.sql<number>`count(*)`.as("count")])
      .where("until", ">", databaseNow(database))
      .groupBy("holder")
      .execute();
    return new Map(rows.map(({ holder, count }) => [holder, Number(count)]));
  }

  /**
   * Has something done by one living process at a time: by this one, when its turn comes. Processes that want names of the same group (`listener` of
   * `listener:1`) divide them evenly.
   *
   * @returns does not want it any more, and resolves when it is not done here
   */
  async hold(name: string, work: LeasedWork): Promise<() => Promise<void>> {
    this.#leases.want(name, work);
    if (this.#member.addGroup(groupOf(name))) await this.#tellOthers();
    this.#beats.ask();
    return () => this.#leases.unwant(name);
  }

  /**
   * Definitions that all processes have to know of.
   *
   * @param apply reads them as they are now; called at once and after each change, not twice at the same time
   * @returns tells all of a change, and resolves when each one that lives has applied it
   */
  async follow(topic: string, apply: () => Promise<void>): Promise<() => Promise<void>> {
    const changes = new SharedChanges(this.#options, topic, () => this.#member.id, apply);
    const rounds = new Rounds(() => this.#tried(topic, () => this.#catchUp(followed)));
    const followed: Topic = { changes, rounds, caughtUp: this.#joined };
    this.#topics.set(topic, followed);
    await changes.begin();
    await changes.catchUp();
    return () => changes.announce();
  }

  /** Ends what is done here, and goes; others take it over at once. Never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #start(): Promise<void> {
    const { database, heartbeatMs } = this.#options;
    await this.#member.join();
    this.#living = [this.#member.shown];
    this.#unhear.push(await database.hear(CHANGE_SIGNAL, () => this.#catchUpAll()));
    this.#unhear.push(await database.hear(MEMBER_SIGNAL, () => this.#beats.ask()));
    this.#timer = setInterval(() => this.#beats.ask(), heartbeatMs);
    this.#timer.unref();
    await this.#tellOthers();
  }

  /** What takes long, or does not end, goes on by itself: who waited for it here would be given up by the others. */
  async #beat(): Promise<void> {
    const living = await this.#member.beat();
    if (living === undefined) await this.#rejoin();
    else this.#living = living;
    this.#tellReleases();
    await this.#leases.renew();
    this.#balances.ask();
    this.#catchUpAll();
  }

  /** The others went on without this process: it knows nothing for sure, and has no lease. */
  async #rejoin(): Promise<void> {
    this.#joined++;
    this.#leases.loseAll();
    await this.#member.leave();
    for (const { changes } of this.#topics.values()) changes.forget();
    await this.#member.join();
    this.#living = [this.#member.shown];
    await this.#tellOthers();
  }

  #catchUpAll(): void {
    for (const { rounds } of this.#topics.values()) rounds.ask();
  }

  async #catchUp(topic: Topic): Promise<void> {
    const joined = this.#joined;
    await topic.changes.catchUp();
    topic.caughtUp = joined;
  }

  async #tellOthers(): Promise<void> {
    await this.#options.database.signal(MEMBER_SIGNAL);
  }

  #tellReleases(): void {
    const releases = [...new Set(this.#living.map(({ release }) => release))].sort();
    const text = releases.join(", ");
    const wasSkewed = this.#releases.includes(", ");
    if (text !== this.#releases && (releases.length > 1 || wasSkewed)) this.#options.onReleases(releases);
    this.#releases = text;
  }

  async #tried(what: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
      this.#failures.delete(what);
      if (this.#failures.size === 0) this.#told = undefined;
    } catch (error) {
      this.#failed(what, error);
    }
  }

  #failed(what: string, cause: unknown): void {
    const { code = "xqbus:internal", message = String(cause) } = cause as Partial<XqbusError>;
    this.#failures.set(what, new XqbusError(code, message, { cause }));
    if (this.#told === message || this.#closing !== undefined) return;
    this.#told = message;
    const text = `the other processes cannot be heard of: ${message}; events wait on the bus meanwhile`;
    this.#options.onProblem(new XqbusError(code, text, { cause }));
  }

  async #close(): Promise<void> {
    const steps = [
      // It lives, and renews what it has, until everything has ended.
      () => this.#leases.close(),
      () => this.#endRounds(),
      () => this.#member.leave(),
      () => this.#tellOthers(),
      ...this.#unhear,
    ];
    for (const step of steps) {
      try {
        await step();
      } catch {
        // Without the database others take over when the time of this process is up.
      }
    }
  }

  async #endRounds(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([this.#beats.end(), this.#balances.end()]);
    const changes = Promise.all([...this.#topics.values()].map(({ rounds }) => rounds.end()));
    // What is applied may wait for somebody who never answers.
    await Promise.race([changes, sleep(this.#options.goneAfterMs, undefined, { ref: false })]);
  }
}
