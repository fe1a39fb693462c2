import { systemClock, type Clock } from "../../clock.ts";
import type { RunChanges, RunQueue } from "../run/index.ts";
import type { Startable } from "../startable.ts";
import { recordFollowing } from "./record-following.ts";
import { cronTimes, type CronTimes } from "./cron-times.ts";
import type { TriggerRow, TriggerTables } from "./tables.ts";
import { SCHEDULED, type ScheduleDefinition } from "./trigger.ts";

/** What a schedule asks of the rest. */
export interface SchedulesOptions {
  readonly queue: RunQueue;
  /** The run of what is to be started; undefined: it was deleted. */
  readonly runOf: (subject: string) => Promise<Startable | undefined>;
  readonly onProblem: (message: string, error: unknown) => void;
  readonly clock?: Clock;
}

/** A time that is later than this has passed while nobody was there, in ms. */
const LATE_MS = 60_000;
/** Times that are made up for at most. */
const MAX_CATCH_UP = 1000;
/** The signal after a schedule was made. */
export const SCHEDULE_SIGNAL = "xqbus_schedule";
/** From one look to the next, in ms, should a signal be missed. */
const POLL_MS = 5000;

/** Starts what schedules say. Several processes may do so: a time is started once, by its key. */
export class Schedules {
  readonly #options: SchedulesOptions & { readonly clock: Clock };
  #cancel: () => void = () => undefined;
  #looking: Promise<void> = Promise.resolve();
  #isAsked = false;
  #endHearing: () => Promise<void> = async () => undefined;
  #isStopped = false;

  constructor(options: SchedulesOptions) {
    this.#options = { clock: systemClock({ keepsProcessAlive: false }), ...options };
  }

  /** Looks for what is due, now, and again when its time comes or a schedule was made, in whichever process. */
  async start(): Promise<void> {
    this.#endHearing = await this.#options.queue.database.hear(SCHEDULE_SIGNAL, () => this.#ask());
    this.#ask();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#endHearing();
    await this.#looking;
  }

  /** Who asks while a look waits for its turn gets that one. */
  #ask(): void {
    if (this.#isStopped || this.#isAsked) return;
    this.#isAsked = true;
    this.#looking = this.#looking.then(() => this.#look());
  }

  async #look(): Promise<void> {
    const { queue, clock, onProblem } = this.#options;
    this.#isAsked = false;
    this.#cancel();
    let next = Infinity;
    try {
      let areBegun = true;
      // One after the other: each change has the lock of all runs, and a connection for as long.
      for (const trigger of await this.#due()) areBegun = (await this.#tryToBegin(trigger)) && areBegun;
      // What could not be begun is due still; it is tried again with the next look.
      if (areBegun) next = (await this.#next()) ?? Infinity;
    } catch (error) {
      onProblem("schedules cannot be looked at", error);
    }
    if (this.#isStopped) return;
    const now = queue.now;
    this.#cancel = clock.at(clock.now() + Math.max(0, Math.min(next - now, POLL_MS)), () => this.#ask());
  }

  /** One that cannot be begun does not keep the others from it. */
  async #tryToBegin(trigger: TriggerRow): Promise<boolean> {
    try {
      await this.#begin(trigger);
      return true;
    } catch (error) {
      this.#options.onProblem(`the schedule ${trigger.id} cannot be begun`, error);
      return false;
    }
  }

  #due(): Promise<readonly TriggerRow[]> {
    const { queue } = this.#options;
    const query = queue.database.kysely.withTables<TriggerTables>().selectFrom("action_trigger").selectAll();
    return query.where("next_at", "<=", queue.now).orderBy("next_at").limit(100).execute();
  }

  async #next(): Promise<number | undefined> {
    const { queue } = this.#options;
    const query = queue.database.kysely.withTables<TriggerTables>().selectFrom("action_trigger").select("next_at");
    const row = await query.where("next_at", "is not", null).orderBy("next_at").limit(1).executeTakeFirst();
    return row?.next_at ?? undefined;
  }

  async #begin(trigger: TriggerRow): Promise<void> {
    const { queue, runOf } = this.#options;
    const definition = JSON.parse(trigger.definition) as ScheduleDefinition;
    const times = await cronTimes(definition.cron, definition.timeZone);
    const run = await runOf(trigger.subject);
    const { now } = queue;
    const from = trigger.next_at ?? now;
    // Before the change: it has the lock of all runs.
    const wanted = wantedTimes(times, from, now, definition);
    await queue.change(async (changes) => {
      const moved = await changes.transaction
        .withTables<TriggerTables>()
        .updateTable("action_trigger")
        .set({ next_at: run === undefined ? null : (times.after(now) ?? null) })
        .where("id", "=", trigger.id)
        .where("next_at", "=", from)
        .returning("id")
        .execute();
      // Another process was first.
      if (moved.length === 0 || run === undefined) return;
      for (const at of wanted) await record(changes, trigger, run, at, definition);
    });
  }
}

function wantedTimes(times: CronTimes, from: number, now: number, { catchUp }: ScheduleDefinition): readonly number[] {
  const passed = times.between(from, now, catchUp === "all" ? MAX_CATCH_UP : 1);
  return catchUp === "none" ? passed.filter((at) => now - at <= LATE_MS) : passed;
}

async function record(
  changes: RunChanges,
  { id }: TriggerRow,
  run: Startable,
  at: number,
  { content }: ScheduleDefinition,
): Promise<void> {
  await recordFollowing(changes, {
    ...run,
    key: `schedule:${id}:${new Date(at).toISOString()}`,
    event: { type: SCHEDULED, content: content ?? { at: new Date(at).toISOString() } },
    trigger: { kind: "schedule", id },
  });
}
