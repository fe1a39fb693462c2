import { EventLabels } from "../amqp/index.ts";
import { openDatabase } from "../database/index.ts";
import { XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import { annotationsOf, eventNameOf, eventWordOf, type Catalog, type SchemaModel } from "../schema/index.ts";
import type { ArchiveOptions } from "./archive-options.ts";
import { ArchiveWriter, type WriterCounts } from "./archive-writer.ts";
import type { ArchivedEvent } from "./archived-event.ts";
import { eventRow, keyText, type Carried } from "./event-row.ts";
import { Kinds } from "./kinds.ts";
import { ARCHIVE_MIGRATIONS } from "./migrations.ts";
import { countEvents, explainQuery, queryEvents, type QueryParts } from "./query/run-query.ts";
import type { ArchiveCount, ArchivePlan, ArchiveQuery, QueryOptions } from "./query/archive-query.ts";
import { prune, type PruneOptions, type Pruned, type Retention } from "./retention.ts";
import { ROW_COLUMNS, rowEvent } from "./row-event.ts";
import { archiveStats, type ArchiveStats } from "./stats.ts";
import type { ArchiveDatabase, ArchiveTables } from "./tables.ts";
import { typeFingerprint } from "./type-fingerprint.ts";

/** Fingerprints by name of the type, of one schema. */
interface Fingerprints {
  readonly model: SchemaModel;
  readonly byName: Map<string, string>;
}

/** Options that are not the database's. */
type OwnOptions = { readonly [N in "catalog" | "writer" | "limits" | "now"]: ArchiveOptions[N] | undefined };

/** A memory of events, in an SQL database. Everything that fails is an XqbusError with the codes of `Database`. */
export class Archive implements AsyncDisposable {
  readonly #database: ArchiveDatabase;
  readonly #options: OwnOptions;
  readonly #kinds: Kinds;
  readonly #writer: ArchiveWriter;
  /** Only promoted fields are asked for, which no domain has a say in. */
  readonly #labels = new EventLabels("archive");
  readonly #now: () => number;
  #fingerprints: Fingerprints | undefined;

  /**
   * Opens an archive, and makes its tables where they are not there.
   *
   * @param url `sqlite:archive.db`, `postgres://user:password@host/database`
   * @throws XqbusError as `openDatabase` says
   */
  static async open(url: string, options: ArchiveOptions = {}): Promise<Archive> {
    const { catalog, writer, limits, now, ...database } = options;
    const opened = await openDatabase<ArchiveTables>(url, { ...database, migrations: ARCHIVE_MIGRATIONS });
    return new Archive(opened, { catalog, writer, limits, now });
  }

  private constructor(database: ArchiveDatabase, options: OwnOptions) {
    this.#database = database;
    this.#options = options;
    this.#kinds = new Kinds(database);
    this.#writer = new ArchiveWriter(database, options.writer);
    this.#now = options.now ?? Date.now;
  }

  /** Its URL without a password. */
  get name(): string {
    return this.#database.name;
  }

  get counts(): WriterCounts {
    return this.#writer.counts;
  }

  /** Resolves when the event is on disk. The same message id with the same document again adds nothing. */
  async add(event: Event, carried: Carried = { message: {} }): Promise<void> {
    const { catalog } = this.#options;
    const model = catalog?.model;
    // What filters imply, they imply for valid events; and the schemas may have changed meanwhile.
    const isKnown = catalog !== undefined && (await isValid(event, catalog)) && catalog.model === model;
    const { name, namespace } = event;
    const fingerprint = isKnown && model !== undefined ? this.#fingerprintOf(event, model) : "";
    const type = model === undefined ? name : eventWordOf(event, model);
    const kind = await this.#kinds.idOf({ name, namespace, type, fingerprint });
    const { applicationProperties: fields } = this.#labels.of(event, fingerprint === "" ? undefined : catalog);
    await this.#writer.add(eventRow(event, carried, { kind, archivedAt: this.#now(), fields }));
  }

  /**
   * Events that a query wants, in the order of their arrival, read by pages as they are asked for: what is archived after the query
   * began is not among them.
   *
   * @throws XqbusError `xqbus:aborted`, and while it is read what the database says
   */
  query(query: ArchiveQuery = {}, options: QueryOptions = {}): AsyncIterableIterator<ArchivedEvent> {
    return queryEvents(this.#parts, query, options);
  }

  /** How many events a query wants, and how many had to be looked at. */
  count(query: ArchiveQuery = {}, options: QueryOptions = {}): Promise<ArchiveCount> {
    return countEvents(this.#parts, query, options);
  }

  /** What a query asks the database for, and how that goes about it. */
  explain(query: ArchiveQuery = {}): Promise<ArchivePlan> {
    return explainQuery(this.#parts, query);
  }

  /** The events with a message id, or the one with a number, `#12`; several when senders used an id for different documents. */
  async get(id: string): Promise<readonly ArchivedEvent[]> {
    const number = /^#\d{1,15}$/.test(id) ? Number(id.slice(1)) : undefined;
    const query = this.#database.kysely.selectFrom("archive_event").select(ROW_COLUMNS).orderBy("id").limit(100);
    const rows = await (
      number === undefined ? query.where("message_id", "=", keyText(id)) : query.where("id", "=", number)
    ).execute();
    const kinds = new Map((await this.#kinds.all()).map((kind) => [kind.id, kind]));
    return rows.map((row) => rowEvent(row, kinds.get(row.kind)));
  }

  stats(): Promise<ArchiveStats> {
    return archiveStats(this.#database);
  }

  /** Deletes what is not to be kept, the oldest first, in small steps. */
  prune(retention: Retention, options: PruneOptions = {}): Promise<Pruned> {
    return prune(this.#database, retention, { now: this.#now, ...options });
  }

  /** Waits for what is being written, and closes the database. Again: nothing. */
  async close(): Promise<void> {
    await this.#writer.idle();
    await this.#database.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #parts(): QueryParts {
    const { catalog, limits } = this.#options;
    return { database: this.#database, kinds: this.#kinds, catalog, limits };
  }

  #fingerprintOf({ name, namespace }: Event, model: SchemaModel): string {
    if (annotationsOf(model).event(name, namespace) === undefined) return "";
    if (this.#fingerprints?.model !== model) this.#fingerprints = { model, byName: new Map() };
    const { byName } = this.#fingerprints;
    const eventName = eventNameOf({ localName: name, namespace }, model.namespace);
    let fingerprint = byName.get(eventName);
    if (fingerprint === undefined) byName.set(eventName, (fingerprint = typeFingerprint(model, eventName)));
    return fingerprint;
  }
}

/** What is too large to be looked at is kept all the same. */
async function isValid(event: Event, catalog: Catalog): Promise<boolean> {
  try {
    return (await catalog.validateAsync(event)).length === 0;
  } catch (error) {
    if (error instanceof XqbusError && error.code === "xqbus:limit-exceeded") return false;
    throw error;
  }
}
