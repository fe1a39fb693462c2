import { promotedFields } from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import { bytesOf, type Event } from "../event/index.ts";
import { Turns } from "../turns.ts";
import { annotationsOf, eventNameOf, eventWordOf, type Catalog, type SchemaModel } from "../schema/index.ts";
import type { ArchiveOptions } from "./archive-options.ts";
import { ArchiveWriter, type WriterCounts } from "./archive-writer.ts";
import type { ArchivedEvent } from "./archived-event.ts";
import { eventRow, keyText, type Carried, type EventRow } from "./event-row.ts";
import { Kinds } from "./kinds.ts";
import { openTables } from "./open-tables.ts";
import { countEvents, explainQuery, queryEvents, type QueryParts } from "./query/run-query.ts";
import type { ArchiveCount, ArchivePlan, ArchiveQuery, QueryOptions } from "./query/archive-query.ts";
import { patiently } from "./patiently.ts";
import { prune, type PruneOptions, type Pruned, type Retention } from "./retention.ts";
import { ROW_COLUMNS, rowEvent } from "./row-event.ts";
import { sensitiveNow } from "./sensitive-then.ts";
import { archiveStats, type ArchiveStats } from "./stats.ts";
import type { ArchiveDatabase } from "./tables.ts";
import { typeFingerprint } from "./type-fingerprint.ts";

/** What is the same for all events of a type. */
interface TypeFacts {
  readonly type: string;
  /** Of valid events. */
  readonly fingerprint: string;
}

/** The types of one schema, by names and namespaces of their event elements. */
interface KnownTypes {
  readonly model: SchemaModel;
  readonly facts: Map<string, TypeFacts>;
}

const NO_FIELDS: EventRow["fields"] = new Map();

/** Options that are not the database's. */
type OwnOptions = {
  readonly [N in "catalog" | "patience" | "writer" | "limits" | "now"]: ArchiveOptions[N] | undefined;
};

/** A memory of events, in an SQL database. Everything that fails is an XqbusError with the codes of `Database`. */
export class Archive implements AsyncDisposable {
  readonly #database: ArchiveDatabase;
  readonly #options: OwnOptions;
  readonly #kinds: Kinds;
  readonly #writer: ArchiveWriter;
  readonly #now: () => number;
  /** Events whose kind or validity is asked for are not overtaken by others. */
  readonly #turns = new Turns();
  #types: KnownTypes | undefined;

  /**
   * Opens an archive, and makes its tables where they are not there, unless it is for reading only.
   *
   * @param url `sqlite:archive.db`, `postgres://user:password@host/database`
   * @throws XqbusError as `openDatabase` says; with `readOnly` `xqbus:unreadable` where there is no archive
   */
  static async open(url: string, options: ArchiveOptions = {}): Promise<Archive> {
    const { catalog, patience, writer, limits, now, ...database } = options;
    return new Archive(await openTables(url, database), { catalog, patience, writer, limits, now });
  }

  private constructor(database: ArchiveDatabase, options: OwnOptions) {
    this.#database = database;
    this.#options = options;
    this.#kinds = new Kinds(database);
    this.#writer = new ArchiveWriter(database, { ...options.writer, patience: options.patience });
    this.#now = options.now ?? Date.now;
  }

  /** Its URL without a password. */
  get name(): string {
    return this.#database.name;
  }

  /** The event types that it was opened with. */
  get catalog(): Catalog | undefined {
    return this.#options.catalog;
  }

  get counts(): WriterCounts {
    return this.#writer.counts;
  }

  /**
   * Resolves when the event is on disk. Events have their numbers in the order in which they are added. The same message id with the same
   * document again adds nothing.
   */
  async add(event: Event, carried: Carried = { message: {} }): Promise<void> {
    const turn = this.#turns.take();
    let written: Promise<void>;
    try {
      const parts = await this.#partsOf(event, turn.begins);
      written = this.#writer.add(eventRow(event, carried, { ...parts, archivedAt: this.#now() }));
    } finally {
      turn.end();
    }
    await written;
  }

  async #partsOf(event: Event, turn: Promise<void>): Promise<Pick<EventRow, "kind" | "fields">> {
    const { catalog, patience } = this.#options;
    const model = catalog?.model;
    // What filters imply, they imply for valid events; and the schemas may have changed meanwhile.
    const isKnown = catalog !== undefined && (await isValid(event, catalog)) && catalog.model === model;
    const { name, namespace } = event;
    const facts = model === undefined ? { type: name, fingerprint: "" } : this.#factsOf(event, model);
    const fingerprint = isKnown ? facts.fingerprint : "";
    const sensitive = model === undefined ? undefined : sensitiveNow(event, model);
    const asked = { name, namespace, type: facts.type, fingerprint, sensitive };
    const fields = fingerprint === "" || catalog === undefined ? NO_FIELDS : promotedFields(event, catalog);
    await turn;
    const kind = this.#kinds.known(asked) ?? (await patiently(() => this.#kinds.idOf(asked), patience));
    return { kind, fields };
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

  /** Deletes what is not to be kept, by the annotation `retention` of event types too, the oldest first, in small steps. */
  prune(retention: Retention, options: PruneOptions = {}): Promise<Pruned> {
    return prune(this.#database, retention, this.catalog, { now: this.#now, ...options });
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

  #factsOf(event: Event, model: SchemaModel): TypeFacts {
    if (this.#types?.model !== model) this.#types = { model, facts: new Map() };
    const { facts } = this.#types;
    const { name, namespace } = event;
    const key = `${name} ${namespace}`;
    const known = facts.get(key);
    if (known !== undefined) return known;
    const type = eventWordOf(event, model);
    // Names that senders invent are not remembered.
    if (annotationsOf(model).event(name, namespace) === undefined) return { type, fingerprint: "" };
    const fingerprint = typeFingerprint(model, eventNameOf({ localName: name, namespace }, model.namespace));
    const found: TypeFacts = { type, fingerprint };
    facts.set(key, found);
    return found;
  }
}

/** What is too large to be looked at is kept all the same. */
async function isValid(event: Event, catalog: Catalog): Promise<boolean> {
  try {
    // Most are judged at once: then nobody need wait.
    const isSmall = bytesOf(event).length <= catalog.maxInlineBytes;
    return (isSmall ? catalog.validate(event) : await catalog.validateAsync(event)).length === 0;
  } catch (error) {
    if (error instanceof XqbusError && error.code === "xqbus:limit-exceeded") return false;
    throw error;
  }
}
