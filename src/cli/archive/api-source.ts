import type { ArchiveEntry, ArchivePlan, ArchiveStats, CheckedType, EntryForm, Replayed } from "../../archive/index.ts";
import { XqbusError } from "../../errors.ts";
import type {
  ApiClient,
  ArchiveBacktest,
  ArchiveCallOptions,
  ArchiveChoice,
  ReplayRequest,
} from "../../server/api-client/index.ts";
import type { ArchiveSource } from "./archive-source.ts";

/** The archive of a daemon, asked over its HTTP API. */
export class ApiSource implements ArchiveSource {
  readonly #api: ApiClient;
  readonly #options: ArchiveCallOptions;

  constructor(api: ApiClient, options: ArchiveCallOptions) {
    this.#api = api;
    this.#options = options;
  }

  query(choice: ArchiveChoice, form: EntryForm): AsyncIterable<ArchiveEntry> {
    return this.#api.archive.query(choice, { ...this.#options, form });
  }

  get(id: string, form: EntryForm): Promise<readonly ArchiveEntry[]> {
    return this.#api.archive.get(id, { ...this.#options, form });
  }

  async count(choice: ArchiveChoice): Promise<number> {
    let count = 0;
    const events = this.query(choice, "none")[Symbol.asyncIterator]();
    while ((await events.next()).done !== true) count++;
    return count;
  }

  stats(): Promise<ArchiveStats> {
    return this.#api.archive.stats(this.#options);
  }

  plan(choice: ArchiveChoice): Promise<ArchivePlan> {
    return this.#api.archive.plan(choice, this.#options);
  }

  async check(choice: Omit<ArchiveChoice, "xquery">, against: string | undefined): Promise<readonly CheckedType[]> {
    if (against === undefined) return this.#api.archive.check(choice, this.#options);
    throw onlyWithDatabase("--against", "the daemon checks by its own event types");
  }

  backtest(choice: ArchiveChoice & { readonly xquery: string }, form: EntryForm): Promise<ArchiveBacktest> {
    return this.#api.archive.backtest(choice, { ...this.#options, form });
  }

  async replay(choice: ArchiveChoice, request: ReplayRequest, url: string | undefined): Promise<Replayed> {
    if (url === undefined) return this.#api.archive.replay(choice, request, this.#options);
    throw onlyWithDatabase("--url", "the daemon sends to its own bus");
  }
}

function onlyWithDatabase(option: string, why: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", `${option} needs --database (or XQBUS_ARCHIVE): ${why}`);
}
