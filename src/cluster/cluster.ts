import { XqbusError } from "../errors.ts";
import { checkedClusterOptions, type CheckedClusterOptions, type ClusterOptions } from "./cluster-options.ts";
import { Leases, type LeasedWork } from "./leases.ts";
import { Member, type LivingMember } from "./member.ts";
import { groupOf } from "./preferred-member.ts";
import { CHANGE_SIGNAL, SharedChanges } from "./shared-changes.ts";
import { databaseNow } from "../database/index.ts";

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
  readonly #changes: Map<string, SharedChanges> = new Map();
  readonly #unhear: (() => Promise<void>)[] = [];
  #living: readonly LivingMember[] = [];
  #failure: XqbusError | undefined;
  /** What was told last of what does not work; undefined: it works. */
  #told: string | undefined;
  /** Of the living processes, as was told last. */
  #releases = "";
  /** Whether every change is applied that the others made before this process came (back). */
  #isCaughtUp = true;
  /** Whether something has happened since the heartbeat under way looked. */
  #beatsAgain = false;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
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
    this.#leases = new Leases(options, () => this.#member.id);
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
    return this.#isCaughtUp && this.#member.isCurrent;
  }

  /** Why it is not, or what it could not do in the last attempt. */
  get failure(): XqbusError | undefined {
    return this.#failure;
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
    void this.#beat();
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
    this.#changes.set(topic, changes);
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
    this.#unhear.push(await database.hear(CHANGE_SIGNAL, () => void this.#catchUp()));
    this.#unhear.push(await database.hear(MEMBER_SIGNAL, () => void this.#beat()));
    this.#timer = setInterval(() => void this.#beat(), heartbeatMs);
    this.#timer.unref();
    await this.#tellOthers();
  }

  /** One at a time; never rejects. */
  #beat(): Promise<void> {
    this.#beatsAgain = true;
    this.#beating ??= this.#beatWhileAsked().finally(() => (this.#beating = undefined));
    return this.#beating;
  }

  async #beatWhileAsked(): Promise<void> {
    while (this.#beatsAgain && this.#closing === undefined) {
      this.#beatsAgain = false;
      await this.#beatOnce();
    }
  }

  async #beatOnce(): Promise<void> {
    try {
      const living = await this.#member.beat();
      if (living === undefined) await this.#rejoin();
      else this.#living = living;
      this.#tellReleases();
      await this.#leases.balance(this.#living);
      await this.#catchUpAll();
      this.#isCaughtUp = true;
      this.#failure = undefined;
      this.#told = undefined;
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The others went on without this process: it knows nothing for sure, and has no lease. */
  async #rejoin(): Promise<void> {
    this.#isCaughtUp = false;
    await this.#leases.loseAll();
    await this.#member.leave();
    for (const changes of this.#changes.values()) changes.forget();
    await this.#member.join();
    this.#living = [this.#member.shown];
    await this.#tellOthers();
  }

  async #catchUp(): Promise<void> {
    try {
      await this.#catchUpAll();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #catchUpAll(): Promise<void> {
    for (const changes of this.#changes.values()) await changes.catchUp();
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

  #failed(cause: unknown): void {
    const { code = "xqbus:internal", message = String(cause) } = cause as Partial<XqbusError>;
    this.#failure = new XqbusError(code, message, { cause });
    if (this.#told === message || this.#closing !== undefined) return;
    this.#told = message;
    const text = `the other processes cannot be heard of: ${message}; events wait on the bus meanwhile`;
    this.#options.onProblem(new XqbusError(code, text, { cause }));
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    const steps = [() => this.#leases.close(), () => this.#member.leave(), () => this.#tellOthers(), ...this.#unhear];
    for (const step of steps) {
      try {
        await step();
      } catch {
        // Without the database others take over when the time of this process is up.
      }
    }
  }
}
