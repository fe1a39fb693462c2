import { isAbsolute } from "node:path";
import { illegalOption } from "../assert-option.ts";
import type { Database, Kysely } from "../database/index.ts";
import { XqbusError } from "../errors.ts";
import { WorkerPool, type WorkerPoolOptions, type WorkerService } from "../worker/index.ts";
import { actionKind } from "./action-kind.ts";
import type { ActionData } from "./child/call-action.ts";
import { Actions } from "./actions.ts";
import {
  RunQueue,
  RunWorker,
  type NewRun,
  type Run,
  type RunAttemptReport,
  type RunKind,
  type RunQueueOptions,
} from "./run/index.ts";
import type { FindStartable, Startable } from "./startable.ts";
import { startAfterRuns } from "./trigger/after-run.ts";
import { Schedules } from "./trigger/schedules.ts";
import { Triggers } from "./trigger/triggers.ts";
import { openWorkDatabase, type WorkTables } from "./work-database.ts";
import { addWorkflows, type WorkflowDefinition, type Workflows } from "./workflow/index.ts";

/** What actions need of the process that they are in. Times in ms. */
export interface ActionServiceOptions extends Pick<
  RunQueueOptions,
  "maxInputBytes" | "keepAttempts" | "maxAnswerBytes"
> {
  /** Of the database. */
  readonly url: string;
  /** Where the modules of actions are; absolute. */
  readonly folder: string;
  /** Worker processes: runs at the same time. Default 2. */
  readonly workers?: number;
  /** Of actions that say nothing. Default 300,000. */
  readonly timeoutMs?: number;
  /** How long runs are kept after their end. Default 30 days. */
  readonly keepRunsMs?: number;
  readonly leaseMs?: number;
  /** What the worker processes are. */
  readonly pool?: Pick<WorkerPoolOptions, "memoryMb" | "maxMessageBytes" | "names">;
  /** Sends an event of an action; a document, or its object form. */
  readonly publish: (event: unknown) => Promise<string>;
  /** URLs of databases by the names that `connect` takes in an action. Default: none. */
  readonly databases?: Readonly<Record<string, string>>;
  /** What code in worker processes may ask for besides. */
  readonly services?: Readonly<Record<string, WorkerService>>;
  readonly onProblem?: (message: string, error: unknown) => void;
}

const HOUR_MS: number = 60 * 60 * 1000;
const DEFAULT_TIMEOUT_MS: number = 5 * 60 * 1000;
const DEFAULT_KEEP_MS: number = 30 * 24 * HOUR_MS;
const DEFAULT_LEASE_MS = 30_000;

/** How something is started. */
export interface StartRequest extends Pick<NewRun, "event" | "trigger" | "key" | "eventId"> {
  /** Only something of this kind. */
  readonly kind?: "action" | "workflow" | undefined;
}

/** Actions, their triggers and their runs, in one process. */
export class ActionService {
  readonly actions: Actions;
  readonly runs: RunQueue;
  readonly triggers: Triggers;
  readonly workflows: Workflows;
  readonly #database: Database<WorkTables>;
  readonly #options: ActionServiceOptions;
  readonly #pool: WorkerPool;
  readonly #finders: FindStartable[];
  readonly #kinds: Record<string, RunKind>;
  readonly #hearers: ((report: RunAttemptReport) => void)[] = [];
  readonly #schedules: Schedules;
  #worker: RunWorker | undefined;
  #cleaning: NodeJS.Timeout | undefined;

  /** @throws what `openDatabase` throws */
  static async open(options: ActionServiceOptions): Promise<ActionService> {
    if (!isAbsolute(options.folder)) throw illegalOption(`folder must be an absolute path, got ${options.folder}`);
    const { workers = 2, databases = {}, services, publish, onProblem } = options;
    const pool = await WorkerPool.open({
      ...options.pool,
      processes: workers,
      // What comes from no call: of what one has left behind.
      onLog: ({ level, text }) => {
        if (level === "error") onProblem?.(`a worker process of actions: ${text}`, undefined);
      },
      data: { databases } satisfies ActionData,
      services: { ...services, publish: (event) => publish(event) },
    });
    try {
      return new ActionService(await openWorkDatabase(options.url), pool, options);
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  private constructor(database: Database<WorkTables>, pool: WorkerPool, options: ActionServiceOptions) {
    const { folder, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    this.#database = database;
    this.#options = options;
    this.runs = new RunQueue(database, options);
    this.actions = new Actions(database, { folder, timeoutMs });
    this.#pool = pool;
    this.#kinds = { action: actionKind(this.#pool, this.actions, folder) };
    this.#finders = [async (idOrName, kysely) => startableOf(await this.actions.find(idOrName, kysely))];
    this.triggers = new Triggers(database, {
      named: async (idOrName) => {
        const { subject, name } = await this.startable(idOrName);
        return { id: subject, name };
      },
      actionsOf: async (id) => this.#actionsOf((await this.workflows.find(id))?.definition.steps ?? []),
      maxInputBytes: this.runs.maxInputBytes,
    });
    this.runs.onEnded(startAfterRuns((subject, transaction) => this.findStartable(subject, undefined, transaction)));
    const runOf = (subject: string): Promise<Startable | undefined> => this.findStartable(subject);
    this.#schedules = new Schedules({ queue: this.runs, runOf, onProblem: this.#tell });
    this.workflows = addWorkflows(this);
  }

  /** The tables, for parts that have some of their own there. */
  get database(): Database<WorkTables> {
    return this.#database;
  }

  /** Why runs wait; undefined: they are carried out. */
  get failure(): XqbusError | undefined {
    return this.#worker?.failure;
  }

  /** Lets runs of another kind be started and carried out; before {@link start}. */
  addKind(name: string, kind: RunKind, find: FindStartable): void {
    this.#kinds[name] = kind;
    this.#finders.push(find);
  }

  /** @throws XqbusError `xqbus:illegal-argument` for a definition by which runs of a workflow would lead to others of it */
  async assertNoCircle(workflow: string, { steps }: WorkflowDefinition): Promise<void> {
    await this.triggers.assertNoCircle(workflow, await this.#actionsOf(steps));
  }

  /** Lets somebody hear of attempts that ended. */
  onAttempt(hear: (report: RunAttemptReport) => void): void {
    this.#hearers.push(hear);
  }

  /** Begins to carry out runs. */
  async start(): Promise<void> {
    const { workers = 2, leaseMs = DEFAULT_LEASE_MS } = this.#options;
    this.#worker = new RunWorker({
      ...{ queue: this.runs, kinds: this.#kinds, places: workers, leaseMs, onProblem: this.#tell },
      concurrency: () => this.actions.concurrency(),
      onAttempt: (report) => {
        for (const hear of this.#hearers) hear(report);
      },
    });
    await this.#worker.start();
    await this.#schedules.start();
    this.#cleaning = setInterval(() => void this.#cleanUp(), HOUR_MS).unref();
    void this.#cleanUp();
  }

  /** Something with this id or name; undefined: there is nothing. @param transaction to be used instead of another connection */
  async findStartable(
    idOrName: string,
    kind?: string,
    transaction?: Kysely<WorkTables>,
  ): Promise<Startable | undefined> {
    // No name has it, and PostgreSQL has no such text.
    if (idOrName.includes("\0")) return undefined;
    for (const find of this.#finders) {
      const found = await find(idOrName, transaction);
      if (found !== undefined && (kind === undefined || found.kind === kind)) return found;
    }
    return undefined;
  }

  /** @throws XqbusError `xqbus:unknown-name` */
  async startable(idOrName: string, kind: "action" | "workflow" | undefined = undefined): Promise<Startable> {
    const found = await this.findStartable(idOrName, kind);
    if (found !== undefined) return found;
    const what = kind === undefined ? "an action or workflow" : kind === "action" ? "an action" : "a workflow";
    throw new XqbusError("xqbus:unknown-name", `"${idOrName.slice(0, 60)}" is not the id or name of ${what}`);
  }

  /**
   * Records a run; when it resolves, the run is on disk, and will be carried out.
   *
   * @throws XqbusError `xqbus:unknown-name`, `xqbus:limit-exceeded`
   */
  async begin(
    idOrName: string,
    { kind, ...request }: StartRequest,
  ): Promise<{ readonly run: Run; readonly isNew: boolean }> {
    return this.runs.record({ ...(await this.startable(idOrName, kind)), ...request });
  }

  /**
   * Another try: a run that has not succeeded is queued again, with its key; of one that has, a new run is made.
   *
   * @throws XqbusError `xqbus:unknown-name`; `xqbus:illegal-argument` for a run that has not ended, or that is a step
   */
  async retry(id: string, who?: string): Promise<Run> {
    const again = await this.runs.retry(id);
    if (again !== undefined) return again;
    const { subject, event, eventId } = await this.runs.get(id);
    const trigger = { kind: "run", run: id, ...(who === undefined ? {} : { who }) } as const;
    return (await this.begin(subject, { event, eventId, trigger })).run;
  }

  /** Lets what runs end within `timeoutMs`, and gives everything back. */
  async close({ timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    clearInterval(this.#cleaning);
    await this.#schedules.stop();
    await this.#worker?.stop({ timeoutMs });
    await this.#pool.close({ timeoutMs: 0 });
    await this.#database.close();
  }

  /** Ids of the actions that steps run. */
  async #actionsOf(steps: WorkflowDefinition["steps"]): Promise<readonly string[]> {
    const names = new Set(steps.flatMap(({ action }) => (action === undefined ? [] : [action])));
    const actions = await Promise.all([...names].map((name) => this.actions.find(name)));
    return actions.flatMap((action) => (action === undefined ? [] : [action.id]));
  }

  async #cleanUp(): Promise<void> {
    try {
      await this.runs.forget(Date.now() - (this.#options.keepRunsMs ?? DEFAULT_KEEP_MS));
    } catch (error) {
      this.#tell("old runs cannot be forgotten", error);
    }
  }

  readonly #tell = (message: string, error: unknown): void => this.#options.onProblem?.(message, error);
}

function startableOf(action: Awaited<ReturnType<Actions["find"]>>): Startable | undefined {
  if (action === undefined) return undefined;
  const { id, name, timeoutMs, retry } = action;
  return { kind: "action", subject: id, name, timeoutMs, retry };
}
