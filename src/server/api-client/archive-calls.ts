import type { WaitLimits } from "../../amqp/index.ts";
import type {
  ArchiveCount,
  ArchiveEntry,
  ArchivePlan,
  ArchiveStats,
  CheckedType,
  EntryForm,
  QueryProgress,
  Replayed,
} from "../../archive/index.ts";
import { XqbusError } from "../../errors.ts";
import type { Explanation } from "../../filter/index.ts";
import type { ApiConnection, ApiRequest } from "./api-connection.ts";
import { ApiError, type ApiProblem } from "./api-error.ts";

/** Which archived events are meant; all of it must hold. */
export interface ArchiveChoice {
  /** Sent at this time or later, ms since 1970. */
  readonly since?: number;
  /** Sent before this time, ms since 1970. */
  readonly until?: number;
  readonly type?: readonly string[];
  /** Routing key with `*` for a word and `#` for any number of them. */
  readonly routingKey?: string;
  /** A filter. */
  readonly xquery?: string;
  /** Behind the event with this number. */
  readonly after?: number;
  /** Events at most. */
  readonly limit?: number;
}

/** How work on the archive is followed. `timeoutMs` is the longest time in which nothing is heard of it. */
export interface ArchiveCallOptions extends WaitLimits {
  readonly onProgress?: (progress: QueryProgress) => void;
  /** Told of the first event that the filter failed on. */
  readonly onWarning?: (warning: { readonly number: number; readonly message: string }) => void;
}

/** What a filter would have done, with its events as they are shown. */
export interface ArchiveBacktest extends ArchiveCount {
  readonly hits: readonly ArchiveEntry[];
  readonly nearMisses: readonly { readonly event: ArchiveEntry; readonly explanation: Explanation }[];
}

/** Where events are sent once more: `to` or `toSubscription`. */
export interface ReplayRequest {
  /** Default: the archive; `unrouted`: those of the embedded broker that no subscription wanted. */
  readonly from?: "archive" | "unrouted";
  /** A topic or a queue. */
  readonly to?: string;
  /** One subscription of the embedded broker: `<name>`, or `<topic> <name>`. */
  readonly toSubscription?: string;
  readonly dryRun?: boolean;
  /** Times as fast as the events came. */
  readonly speed?: number;
  /** Events at most: `100/s`. */
  readonly rate?: string;
}

type WithForm = ArchiveCallOptions & { readonly form?: EntryForm };

/** One line of an answer that is told bit by bit. */
interface ToldLine {
  readonly event?: ArchiveEntry;
  readonly progress?: QueryProgress;
  readonly warning?: { readonly number: number; readonly message: string };
  readonly result?: unknown;
  readonly problem?: {
    readonly code: string;
    readonly detail: string;
    readonly status: number;
    readonly problems?: readonly ApiProblem[];
  };
}

/** The archive of a daemon. */
export class ArchiveCalls {
  readonly #connection: ApiConnection;

  constructor(connection: ApiConnection) {
    this.#connection = connection;
  }

  /** Events in the order of their arrival, as they come; to end the loop ends the query. */
  async *query(choice: ArchiveChoice = {}, options: WithForm = {}): AsyncIterableIterator<ArchiveEntry> {
    const query = { ...choice, form: options.form, progress: true };
    for await (const { event } of this.#told(["archive", "events"], { query }, options)) {
      if (event !== undefined) yield event;
    }
  }

  /** @param id a message id, or a number: `#12` */
  async get(id: string, options: WaitLimits & { readonly form?: EntryForm } = {}): Promise<readonly ArchiveEntry[]> {
    const request = { query: { form: options.form } };
    const path = ["archive", "events", id];
    return (await this.#connection.ask<{ items: readonly ArchiveEntry[] }>(path, request, options)).items;
  }

  stats(limits?: WaitLimits): Promise<ArchiveStats> {
    return this.#connection.ask(["archive", "stats"], {}, limits);
  }

  plan(choice: ArchiveChoice = {}, limits?: WaitLimits): Promise<ArchivePlan> {
    return this.#connection.ask(["archive", "plan"], { query: { ...choice } }, limits);
  }

  async check(
    choice: Omit<ArchiveChoice, "xquery"> = {},
    options: ArchiveCallOptions = {},
  ): Promise<readonly CheckedType[]> {
    return (await this.#result<{ items: readonly CheckedType[] }>("check", choice, options)).items;
  }

  backtest(
    { xquery, ...choice }: Omit<ArchiveChoice, "limit"> & { readonly xquery: string },
    options: WithForm = {},
  ): Promise<ArchiveBacktest> {
    return this.#result("backtest", { ...choice, xquery, form: options.form }, options);
  }

  replay(choice: ArchiveChoice, request: ReplayRequest, options: ArchiveCallOptions = {}): Promise<Replayed> {
    return this.#result("replay", { ...choice, ...request }, options);
  }

  async #result<T>(verb: string, body: object, options: ArchiveCallOptions): Promise<T> {
    const request = { method: "POST", body: { ...body, progress: true } } as const;
    let result: unknown;
    for await (const line of this.#told(["archive", verb], request, options)) result = line.result;
    return result as T;
  }

  async *#told(
    path: readonly string[],
    request: ApiRequest,
    { onProgress, onWarning, ...limits }: ArchiveCallOptions,
  ): AsyncIterableIterator<ToldLine> {
    for await (const value of this.#connection.lines(path, request, limits)) {
      const line = value as ToldLine;
      const { progress, warning, problem } = line;
      if (problem !== undefined) {
        throw new ApiError(problem.code, problem.detail, problem.status, problem.problems);
      }
      if (progress !== undefined) onProgress?.(progress);
      if (warning !== undefined) onWarning?.(warning);
      if (line.event !== undefined || line.result !== undefined) yield line;
      if (line.result !== undefined) return;
    }
    throw new XqbusError("xqbus:not-connected", `the answer of ${this.#connection.url} has ended in its middle`);
  }
}
