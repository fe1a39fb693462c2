import type { Database } from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import { jsonText, newId } from "../run/index.ts";
import { circleFrom } from "./circle.ts";
import { cronTimes } from "./cron-times.ts";
import { SCHEDULE_SIGNAL } from "./schedules.ts";
import type { TriggerRow, TriggerTables } from "./tables.ts";
import { SCHEDULED, type AfterDefinition, type AfterInput, type CatchUp } from "./trigger.ts";
import type { ScheduleInput, Trigger, TriggerInput } from "./trigger.ts";

/** What triggers ask of what they start. */
export interface Startables {
  /** What can be started by its id or name. @throws XqbusError `xqbus:unknown-name` */
  readonly named: (idOrName: string) => Promise<{ readonly id: string; readonly name: string }>;
  /** Ids of the actions that a run of it runs: those of the steps of a workflow. */
  readonly actionsOf: (id: string) => Promise<readonly string[]>;
  /** Bytes of JSON of an input. */
  readonly maxInputBytes: number;
}

const CATCH_UPS: readonly CatchUp[] = ["none", "one", "all"];
const ENDS: readonly NonNullable<AfterInput["on"]>[] = ["success", "failure", "end"];
const MAX_CONTENT = 65_536;

/** Schedules, and what follows other runs. */
export class Triggers {
  readonly #database: Database<TriggerTables>;
  readonly #startables: Startables;

  constructor(database: Database<TriggerTables>, startables: Startables) {
    this.#database = database;
    this.#startables = startables;
  }

  /** @param subject id of what they start */
  async list(subject: string): Promise<readonly Trigger[]> {
    const query = this.#database.kysely.selectFrom("action_trigger").selectAll().where("subject", "=", subject);
    return (await query.orderBy("created_at").orderBy("id").execute()).map(triggerOf);
  }

  /**
   * @param subject id of what is to be started
   * @throws XqbusError `xqbus:illegal-argument`, `xqbus:unknown-name`
   */
  async add(subject: string, input: TriggerInput): Promise<Trigger> {
    const now = Date.now();
    const base = { id: newId(now), subject, created_at: now };
    const row =
      input.kind === "schedule"
        ? await scheduleRow(base, input, this.#startables.maxInputBytes)
        : await this.#afterRow(base, input);
    await this.#database.kysely.insertInto("action_trigger").values(row).execute();
    // It is stored, and seen a while later without the signal.
    if (row.next_at !== null) await this.#database.signal(SCHEDULE_SIGNAL).catch(() => undefined);
    return triggerOf(row);
  }

  /** How many triggers of others watch it. */
  async countWatching(subject: string): Promise<number> {
    return (await this.#followers(subject)).length;
  }

  /** @returns whether there was one */
  async remove(id: string, subject: string): Promise<boolean> {
    const query = this.#database.kysely
      .deleteFrom("action_trigger")
      .where("id", "=", id)
      .where("subject", "=", subject);
    return (await query.returning("id").execute()).length > 0;
  }

  /** Removes what starts it, and what it starts. */
  async removeAll(subject: string): Promise<void> {
    await this.#database.kysely
      .deleteFrom("action_trigger")
      .where((where) => where.or([where("subject", "=", subject), where("watched", "=", subject)]))
      .execute();
  }

  /**
   * What a workflow would start that runs these actions must not end in itself.
   *
   * @throws XqbusError `xqbus:illegal-argument`
   */
  assertNoCircle(workflow: string, actions: readonly string[]): Promise<void> {
    return this.#assertNoCircle(workflow, { [workflow]: actions });
  }

  async #afterRow(base: Pick<TriggerRow, "id" | "subject" | "created_at">, { after, on = "success" }: AfterInput) {
    if (!ENDS.includes(on)) throw illegal(`on must be one of ${ENDS.join(", ")}, got "${String(on)}"`);
    const { id, name } = await this.#startables.named(after);
    const same = (await this.list(base.subject)).find(
      ({ definition }) => definition.kind === "action" && definition.after === id && overlap(definition.on, on),
    );
    if (same !== undefined) throw illegal(`it is started after that already, by the trigger ${same.id}`);
    await this.#assertNoCircle(id, { [id]: [base.subject, ...(await this.#startables.actionsOf(id))] });
    const definition = JSON.stringify({ kind: "action", after: id, afterName: name, on });
    return { ...base, kind: "action", definition, watched: id, next_at: null } as const;
  }

  /** @param starts what something will start besides what follows it now */
  async #assertNoCircle(id: string, starts: Readonly<Record<string, readonly string[]>>): Promise<void> {
    const circle = await circleFrom(id, async (subject) => [
      ...(await this.#followers(subject)),
      ...(starts[subject] ?? (await this.#startables.actionsOf(subject))),
    ]);
    if (circle === undefined) return;
    const names = await Promise.all(circle.map(async (each) => `"${(await this.#startables.named(each)).name}"`));
    throw illegal(
      `each would start the next one again and again: ${names.join(", ")}; a retry policy or a workflow does something several times`,
    );
  }

  async #followers(subject: string): Promise<readonly string[]> {
    const query = this.#database.kysely.selectFrom("action_trigger").select("subject").where("watched", "=", subject);
    return (await query.orderBy("created_at").orderBy("id").execute()).map((row) => row.subject);
  }
}

/** Whether there are ends that are of both kinds. */
function overlap(one: AfterDefinition["on"], other: AfterDefinition["on"]): boolean {
  return one === other || one === "end" || other === "end";
}

async function scheduleRow(
  base: Pick<TriggerRow, "id" | "subject" | "created_at">,
  { cron, timeZone = "UTC", catchUp = "one", content = null }: ScheduleInput,
  maxInputBytes: number,
): Promise<TriggerRow> {
  const times = await cronTimes(cron, timeZone);
  if (!CATCH_UPS.includes(catchUp))
    throw illegal(`catchUp must be one of ${CATCH_UPS.join(", ")}, got "${String(catchUp)}"`);
  const definition = JSON.stringify({ kind: "schedule", cron, timeZone, catchUp, content });
  if (definition.length > MAX_CONTENT) throw illegal(`the content of a schedule has at most ${MAX_CONTENT} characters`);
  jsonText({ type: SCHEDULED, content }, "the input of its runs", maxInputBytes);
  const next = times.after(base.created_at);
  if (next === undefined) throw illegal(`the schedule "${cron}" has no time in the future`);
  return { ...base, kind: "schedule", definition, watched: null, next_at: next };
}

function triggerOf(row: TriggerRow): Trigger {
  return {
    ...{ id: row.id, subject: row.subject, createdAt: row.created_at },
    definition: JSON.parse(row.definition) as Trigger["definition"],
    nextAt: row.next_at ?? undefined,
  };
}

function illegal(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}
