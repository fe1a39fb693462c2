import type { Run, RunAttempt, RunLogLine, RunLogPage, RunPage, RunQuery, RunWithData } from "../../action/index.ts";
import type { WaitLimits } from "../../amqp/index.ts";
import type { ApiConnection } from "./api-connection.ts";

/** A run with what it was given and gave, its attempts and what its code wrote. */
export type RunDetails = RunWithData & {
  readonly attemptList: readonly RunAttempt[];
  /** The first lines. */
  readonly logs: readonly RunLogLine[];
  /** There are more. */
  readonly nextLogs?: string;
};

/** Runs that are listed where nothing else is said. */
const DEFAULT_LIMIT = 50;

/** Runs of actions and workflows. */
export class RunCalls {
  readonly #connection: ApiConnection;

  constructor(connection: ApiConnection) {
    this.#connection = connection;
  }

  /** The latest first, without what they were given and gave. */
  list(query: RunQuery = {}, limits?: WaitLimits): Promise<readonly Run[]> {
    return runsOfPages(this.#connection, ["runs"], query, limits);
  }

  /** A run with what it was given and gave, its attempts and what its code wrote. */
  get(id: string, limits?: WaitLimits): Promise<RunDetails> {
    return this.#connection.ask(["runs", id], {}, limits);
  }

  /** What the code of a run wrote: page by page, as somebody reads on. */
  async *logs(id: string, limits?: WaitLimits): AsyncIterableIterator<RunLogLine> {
    for (let after: string | undefined, isMore = true; isMore; isMore = after !== undefined) {
      const page: RunLogPage = await this.#connection.ask(["runs", id, "logs"], { query: { after } }, limits);
      yield* page.items;
      after = page.next;
    }
  }

  cancel(id: string, limits?: WaitLimits): Promise<Run> {
    return this.#change(id, "cancel", limits);
  }

  retry(id: string, limits?: WaitLimits): Promise<Run> {
    return this.#change(id, "retry", limits);
  }

  #change(id: string, verb: string, limits: WaitLimits | undefined): Promise<Run> {
    return this.#connection.ask(["runs", id, verb], { method: "POST", body: {} }, limits);
  }
}

/** As many as were asked for, from as many pages as that takes. */
export async function runsOfPages<T>(
  connection: ApiConnection,
  path: readonly string[],
  query: RunQuery,
  limits?: WaitLimits,
): Promise<readonly T[]> {
  const { limit = DEFAULT_LIMIT } = query;
  const found: T[] = [];
  let { before } = query;
  do {
    const wanted = { ...query, before, limit: limit - found.length };
    const page: RunPage<T> = await connection.ask(path, { query: wanted }, limits);
    found.push(...page.items);
    before = page.next;
  } while (before !== undefined && found.length < limit);
  return found;
}
