import type { Cluster } from "../../cluster/index.ts";
import type { Database } from "../../database/index.ts";
import { messageOf, XqbusError } from "../../errors.ts";
import { Turns } from "../../turns.ts";
import type { Team, TeamHooks } from "./team.ts";

/** What processes with the same listeners agree by. */
export interface SharedTeamOptions {
  readonly cluster: Cluster;
  /** That of the cluster: signals go over it. */
  readonly database: Pick<Database<unknown>, "signal" | "hear">;
  /** From one count of what waits to the next, in ms. */
  readonly recountMs: number;
  readonly onProblem: (error: XqbusError) => void;
}

/** The signal after deliveries were stored: numbers of listeners, divided by commas. */
const DELIVERY_SIGNAL = "xqbus_delivery";
/** Bytes of the text of a signal (PostgreSQL: less than 8,000). */
const MAX_TEXT = 7_000;
const CLEAN_UP = "listeners.clean-up";
/** A count that takes long is made more seldom. */
const REST_PER_WORK = 10;

/** The processes of a bus with their listeners: one delivers for each of them, all receive for all. */
export class SharedTeam implements Team {
  readonly isShared = true;
  readonly #options: SharedTeamOptions;
  readonly #held: Set<string> = new Set();
  /** What ends the wish for a lease, by listener. */
  readonly #wanted: Map<string, () => Promise<void>> = new Map();
  readonly #turns: Turns = new Turns();
  #hooks: TeamHooks | undefined;
  #announce: () => Promise<void> = async () => undefined;
  #endHearing: () => Promise<void> = async () => undefined;
  #endCleanUp: () => Promise<void> = async () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #toTell: Set<number> | undefined;
  #isStopped = false;

  constructor(options: SharedTeamOptions) {
    this.#options = options;
  }

  get isCurrent(): boolean {
    return this.#options.cluster.isCurrent;
  }

  get failure(): XqbusError | undefined {
    return this.#options.cluster.failure;
  }

  async start(hooks: TeamHooks): Promise<void> {
    const { cluster, database } = this.#options;
    this.#hooks = hooks;
    this.#endHearing = await database.hear(DELIVERY_SIGNAL, (text) => hooks.wake(numbersOf(text)));
    this.#announce = await cluster.follow("listeners", hooks.reload);
    this.#endCleanUp = await cluster.hold(CLEAN_UP, async () => hooks.cleanUp());
    this.#recountLater(this.#options.recountMs);
  }

  isHolder(id: string): boolean {
    return this.#held.has(id);
  }

  /** One after the other: who is made and deleted at once must not be wanted in the end. */
  divide(ids: Iterable<string>): Promise<void> {
    const wanted = new Set(ids);
    return this.#turns.run(async () => {
      if (this.#isStopped) return;
      for (const [id, end] of [...this.#wanted]) {
        if (wanted.has(id)) continue;
        this.#wanted.delete(id);
        await end();
      }
      for (const id of wanted) {
        if (!this.#wanted.has(id)) this.#wanted.set(id, await this.#want(id));
      }
    });
  }

  announce(): Promise<void> {
    return this.#announce();
  }

  tell(listeners: ReadonlySet<number>): void {
    if (this.#toTell !== undefined) {
      for (const each of listeners) this.#toTell.add(each);
      return;
    }
    // What is stored while a signal is on its way is one signal more, not one for each batch.
    this.#toTell = new Set();
    void this.#tell(listeners);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#turns.run(async () => undefined);
    await this.#endHearing();
    await this.#endCleanUp().catch(this.#problem);
    await Promise.all([...this.#wanted.values()].map((end) => end().catch(this.#problem)));
    this.#wanted.clear();
  }

  #want(id: string): Promise<() => Promise<void>> {
    return this.#options.cluster.hold(`listener:${id}`, async () => {
      this.#held.add(id);
      this.#hooks?.takeUp(id);
      // Is called as soon as the lease is lost, too.
      return async () => {
        this.#held.delete(id);
        await this.#hooks?.layDown(id);
      };
    });
  }

  async #tell(listeners: ReadonlySet<number>): Promise<void> {
    try {
      const text = [...listeners].join(",");
      await this.#options.database.signal(DELIVERY_SIGNAL, text.length > MAX_TEXT ? "" : text);
    } catch (error) {
      // Those who wait count again in a while.
      this.#problem(error);
    }
    const more = this.#toTell;
    this.#toTell = undefined;
    if (more !== undefined && more.size > 0 && !this.#isStopped) this.tell(more);
  }

  #recountLater(ms: number): void {
    this.#timer = setTimeout(() => void this.#recount(), ms);
    this.#timer.unref();
  }

  async #recount(): Promise<void> {
    const began = performance.now();
    await this.#hooks?.recount().catch(this.#problem);
    const took = performance.now() - began;
    if (!this.#isStopped) this.#recountLater(Math.max(this.#options.recountMs, took * REST_PER_WORK));
  }

  readonly #problem = (cause: unknown): void => {
    const { code = "xqbus:internal" } = cause as Partial<XqbusError>;
    this.#options.onProblem(
      new XqbusError(code, `the listeners of the other processes: ${messageOf(cause)}`, { cause }),
    );
  };
}

function numbersOf(text: string | undefined): readonly number[] | undefined {
  return text === undefined || text === "" ? undefined : text.split(",").map(Number);
}
