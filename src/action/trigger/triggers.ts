import type { Database } from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import { newId } from "../run/index.ts";
import { cronTimes } from "./cron-times.ts";
import type { TriggerRow, TriggerTables } from "./tables.ts";
import type { AfterInput, CatchUp, ScheduleInput, Trigger, TriggerInput } from "./trigger.ts";

const CATCH_UPS: readonly CatchUp[] = ["none", "one", "all"];
const ENDS: readonly NonNullable<AfterInput["on"]>[] = ["success", "failure", "end"];
const MAX_CONTENT = 65_536;

/** Schedules, and what follows other runs. */
export class Triggers {
  readonly #database: Database<TriggerTables>;
  readonly #named: (idOrName: string) => Promise<{ readonly id: string; readonly name: string }>;

  /** @param named what can be started by its id or name; throws `xqbus:unknown-name` */
  constructor(
    database: Database<TriggerTables>,
    named: (idOrName: string) => Promise<{ readonly id: string; readonly name: string }>,
  ) {
    this.#database = database;
    this.#named = named;
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
    const row = input.kind === "schedule" ? await scheduleRow(base, input, now) : await this.#afterRow(base, input);
    await this.#database.kysely.insertInto("action_trigger").values(row).execute();
    return triggerOf(row);
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

  async #afterRow(base: Pick<TriggerRow, "id" | "subject" | "created_at">, { after, on = "success" }: AfterInput) {
    if (!ENDS.includes(on)) throw illegal(`on must be one of ${ENDS.join(", ")}, got "${String(on)}"`);
    const { id, name } = await this.#named(after);
    const definition = JSON.stringify({ kind: "action", after: id, afterName: name, on });
    return { ...base, kind: "action", definition, watched: id, next_at: null } as const;
  }
}

async function scheduleRow(
  base: Pick<TriggerRow, "id" | "subject" | "created_at">,
  { cron, timeZone = "UTC", catchUp = "one", content = null }: ScheduleInput,
  now: number,
): Promise<TriggerRow> {
  const times = await cronTimes(cron, timeZone);
  if (!CATCH_UPS.includes(catchUp))
    throw illegal(`catchUp must be one of ${CATCH_UPS.join(", ")}, got "${String(catchUp)}"`);
  const definition = JSON.stringify({ kind: "schedule", cron, timeZone, catchUp, content });
  if (definition.length > MAX_CONTENT) throw illegal(`the content of a schedule has at most ${MAX_CONTENT} characters`);
  const next = times(now);
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
