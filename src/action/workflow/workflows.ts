import type { Database, Kysely } from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import { nearestName } from "../../nearest-name.ts";
import type { ActionTables } from "../action-tables.ts";
import { assertNameIsFree, nameTaken } from "../name-taken.ts";
import { newId } from "../run/index.ts";
import type { Startable } from "../startable.ts";
import { checkWorkflow, type CheckOptions } from "./check-definition.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { WORKFLOW } from "./workflow-run.ts";
import type { WorkflowRow, WorkflowTables } from "./workflow-tables.ts";

/** A workflow: steps that are actions, in an order. */
export interface Workflow {
  /** 24 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly definition: WorkflowDefinition;
  /** Ms since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The workflows of a database. Everything may fail with the codes of {@link Database}. */
export class Workflows {
  readonly #database: Database<WorkflowTables & ActionTables>;

  readonly #assertMayBecome: (id: string, definition: WorkflowDefinition) => Promise<void>;

  /** @param assertMayBecome throws where a workflow must not get this definition */
  constructor(
    database: Database<WorkflowTables & ActionTables>,
    assertMayBecome: (id: string, definition: WorkflowDefinition) => Promise<void>,
  ) {
    this.#database = database;
    this.#assertMayBecome = assertMayBecome;
  }

  /** By name. */
  async list(): Promise<readonly Workflow[]> {
    const rows = await this.#database.kysely.selectFrom("workflow").selectAll().orderBy("name").execute();
    return rows.map(workflowOf);
  }

  /** The workflow with this id or name; undefined: there is none. */
  async find(
    idOrName: string,
    kysely: Kysely<WorkflowTables & ActionTables> = this.#database.kysely,
  ): Promise<Workflow | undefined> {
    const rows = await kysely
      .selectFrom("workflow")
      .selectAll()
      .where((where) => where.or([where("id", "=", idOrName), where("name", "=", idOrName)]))
      .execute();
    // A name may look like the id of another one.
    const row = rows.find(({ id }) => id === idOrName) ?? rows[0];
    return row === undefined ? undefined : workflowOf(row);
  }

  /** @throws XqbusError `xqbus:unknown-name` */
  async get(idOrName: string): Promise<Workflow> {
    const found = await this.find(idOrName);
    if (found !== undefined) return found;
    const nearest = nearestName(
      idOrName,
      (await this.list()).map(({ name }) => name),
    );
    const hint = nearest === undefined ? "" : ` (did you mean "${nearest}"?)`;
    const message = `"${idOrName.slice(0, 60)}" is not the id or name of a workflow${hint}`;
    throw new XqbusError("xqbus:unknown-name", message);
  }

  /**
   * Checks a definition against the actions that there are; changes nothing.
   *
   * @throws InvalidWorkflowError with everything that is wrong
   */
  async check(definition: unknown, options: Omit<CheckOptions, "actions"> = {}): Promise<WorkflowDefinition> {
    const rows = await this.#database.kysely.selectFrom("action").select(["id", "name"]).execute();
    return checkWorkflow(definition, { ...options, actions: rows.flatMap(({ id, name }) => [name, id]) });
  }

  /** @throws InvalidWorkflowError; XqbusError `xqbus:illegal-argument` for a name that there is already */
  async create(definition: unknown, options: Omit<CheckOptions, "actions"> = {}): Promise<Workflow> {
    const checked = await this.check(definition, options);
    await assertNameIsFree(this.#database, checked.name);
    const now = Date.now();
    const row = { id: newId(now), ...cellsOf(checked), created_at: now, updated_at: now };
    const inserted = await this.#database.kysely
      .insertInto("workflow")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returning("id")
      .execute();
    if (inserted.length === 0) throw nameTaken("a workflow", checked.name);
    return workflowOf(row);
  }

  /** Another definition for runs that begin from now on; those that are under way keep theirs. */
  async update(idOrName: string, definition: unknown, options: Omit<CheckOptions, "actions"> = {}): Promise<Workflow> {
    const { id, name } = await this.get(idOrName);
    const checked = await this.check(definition, options);
    if (checked.name !== name) await assertNameIsFree(this.#database, checked.name);
    await this.#assertMayBecome(id, checked);
    const row = await this.#database.kysely
      .updateTable("workflow")
      .set({ ...cellsOf(checked), updated_at: Date.now() })
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return workflowOf(row);
  }

  /** Deletes the workflow; its runs go on, and stay as long as others. */
  async delete({ id }: Pick<Workflow, "id">): Promise<void> {
    await this.#database.kysely.deleteFrom("workflow").where("id", "=", id).execute();
  }
}

/** What a run of it has: the definition as it is now. */
export function startOf({ id, name, definition }: Workflow): Startable {
  const timeoutMs = definition.timeoutMs ?? 0;
  return { kind: WORKFLOW, subject: id, name, timeoutMs, retry: "1x", definition };
}

function cellsOf(definition: WorkflowDefinition): Pick<WorkflowRow, "name" | "definition"> {
  return { name: definition.name, definition: JSON.stringify(definition) };
}

function workflowOf(row: WorkflowRow): Workflow {
  return {
    ...{ id: row.id, name: row.name, definition: JSON.parse(row.definition) as WorkflowDefinition },
    ...{ createdAt: row.created_at, updatedAt: row.updated_at },
  };
}
