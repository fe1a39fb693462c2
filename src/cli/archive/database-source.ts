import {
  archiveEntry,
  backtest,
  checkArchive,
  replayToBus,
  urlOfAddress,
  type Archive,
  type ArchivedEvent,
  type ArchiveEntry,
  type ArchivePlan,
  type ArchiveQuery,
  type ArchiveStats,
  type CheckedType,
  type EntryForm,
  type QueryOptions,
  type Replayed,
} from "../../archive/index.ts";
import { XqbusError } from "../../errors.ts";
import { compileFilter, type Filter } from "../../filter/index.ts";
import { loadCatalog, type Catalog } from "../../schema/index.ts";
import type { ArchiveBacktest, ArchiveChoice, ReplayRequest } from "../../server/api-client/index.ts";
import type { ArchiveSource } from "./archive-source.ts";

/** What a database is read with. */
export interface DatabaseReading extends QueryOptions {
  readonly catalog: Catalog;
  /** The bus for replays where the command names none. */
  readonly busUrl: () => string;
}

/** An archive in its database. */
export class DatabaseSource implements ArchiveSource {
  readonly #archive: Archive;
  readonly #catalog: Catalog;
  readonly #options: QueryOptions;
  readonly #busUrl: () => string;

  constructor(archive: Archive, { catalog, busUrl, ...options }: DatabaseReading) {
    this.#archive = archive;
    this.#catalog = catalog;
    this.#options = options;
    this.#busUrl = busUrl;
  }

  async *query(choice: ArchiveChoice, form: EntryForm): AsyncIterable<ArchiveEntry> {
    for await (const event of this.#archive.query(this.#queryOf(choice), this.#options)) yield this.#entry(event, form);
  }

  async get(id: string, form: EntryForm): Promise<readonly ArchiveEntry[]> {
    return (await this.#archive.get(id)).map((event) => this.#entry(event, form));
  }

  async count(choice: ArchiveChoice): Promise<number> {
    return (await this.#archive.count(this.#queryOf(choice), this.#options)).matched;
  }

  stats(): Promise<ArchiveStats> {
    return this.#archive.stats();
  }

  async plan(choice: ArchiveChoice): Promise<ArchivePlan> {
    const { implied, sql, parameters, plan } = await this.#archive.explain(this.#queryOf(choice));
    return { implied, sql, parameters, plan };
  }

  async check(choice: Omit<ArchiveChoice, "xquery">, against: string | undefined): Promise<readonly CheckedType[]> {
    using other = against === undefined ? undefined : await loadCatalog({ directories: [against] });
    return await checkArchive(this.#archive, other ?? this.#catalog, this.#queryOf(choice), this.#options);
  }

  async backtest(
    { xquery, ...choice }: ArchiveChoice & { readonly xquery: string },
    form: EntryForm,
  ): Promise<ArchiveBacktest> {
    const filter = this.#compiled(xquery);
    const found = await backtest(this.#archive, filter, this.#queryOf(choice), this.#options);
    return {
      ...found,
      hits: found.hits.map((event) => this.#entry(event, form)),
      nearMisses: found.nearMisses.map(({ event, explanation }) => ({ event: this.#entry(event, form), explanation })),
    };
  }

  async replay(
    choice: ArchiveChoice,
    { from = "archive", to = "", toSubscription, ...how }: ReplayRequest,
    url: string | undefined,
  ): Promise<Replayed> {
    if (from === "unrouted") throw onlyWithDaemon("--from unrouted", "its broker has the events");
    if (toSubscription !== undefined) throw onlyWithDaemon("--to-subscription", "its broker has the subscription");
    const bus = how.dryRun === true ? "amqp://localhost/none" : (url ?? this.#busUrl());
    return replayToBus(this.#archive, this.#queryOf(choice), urlOfAddress(bus, to), { ...this.#options, ...how });
  }

  #entry(event: ArchivedEvent, form: EntryForm): ArchiveEntry {
    return archiveEntry(event, this.#catalog, form);
  }

  #queryOf({ type, xquery, ...query }: ArchiveChoice): ArchiveQuery {
    return {
      ...query,
      ...(type === undefined ? {} : { types: type }),
      ...(xquery === undefined ? {} : { filter: this.#compiled(xquery) }),
    };
  }

  #compiled(xquery: string): Filter {
    return compileFilter(xquery, { catalog: this.#catalog, onCatalogProblem: "warning" });
  }
}

function onlyWithDaemon(option: string, why: string): XqbusError {
  const instead = "leave out --database (and XQBUS_ARCHIVE), or name the daemon with --http";
  return new XqbusError("xqbus:illegal-argument", `${option} needs a daemon, because ${why}: ${instead}`);
}
