import { join } from "node:path";
import type { RowStorage } from "../../database/index.ts";
import { makePrivate, Storage, type SqlRow, type SqlValue } from "../../storage/index.ts";
import { APPLICATION_ID, MIGRATIONS, RECORDS_FILE, SCHEMA } from "./record-tables.ts";
import { TASKLET_OUTCOMES, type TaskletRecord, type TaskletReport } from "./tasklet-record.ts";

/** Where the records are, and for how long. */
export interface TaskletRecordsOptions {
  /** Of the daemon. */
  readonly folder: string;
  /** Of a PostgreSQL that several daemons share; the records are there then. */
  readonly url?: string | undefined;
  readonly keepMs: number;
  /** Records that are kept at most; the oldest go. */
  readonly maxRecords: number;
  /** Ms since 1970. Default: the machine's. */
  readonly now?: () => number;
}

/** Records of one event that are shown: the first ones. */
const MAX_SHOWN = 1000;
/** Records between two looks for what is too old. */
const TIDY_EVERY = 1000;

/**
 * What consumers in folders have told of their tasklets. They run outside of the daemon and tell what they can: a record that is
 * missing says nothing.
 */
export class TaskletRecords {
  readonly #storage: RowStorage;
  readonly #options: TaskletRecordsOptions;
  readonly #hearers: ((report: TaskletReport) => void)[] = [];
  #untidied = 0;

  /** @throws what `Storage.open` and `openDatabase` throw */
  static async open(options: TaskletRecordsOptions): Promise<TaskletRecords> {
    const records = new TaskletRecords(await openStorage(options), options);
    try {
      await records.#tidy();
      return records;
    } catch (error) {
      await records.close();
      throw error;
    }
  }

  private constructor(storage: RowStorage, options: TaskletRecordsOptions) {
    this.#storage = storage;
    this.#options = options;
  }

  /** Lets somebody hear of each report that is kept. */
  onReport(hear: (report: TaskletReport) => void): void {
    this.#hearers.push(hear);
  }

  /** Keeps what a consumer tells; what it has told before is kept once. */
  async add(report: TaskletReport): Promise<void> {
    const at = this.#now();
    const rows = report.records.flatMap((record) => {
      const { eventId } = record;
      return eventId === undefined ? [] : [rowOf({ ...record, eventId }, at)];
    });
    if (rows.length > 0) await this.#storage.write([{ sql: INSERT, rows }]);
    for (const hear of this.#hearers) hear(report);
    this.#untidied += rows.length;
    if (this.#untidied >= TIDY_EVERY) await this.#tidy();
  }

  /** What was told of one event, in the order of time. */
  async ofEvent(eventId: string): Promise<readonly TaskletRecord[]> {
    const since = this.#now() - this.#options.keepMs;
    return (await this.#storage.read(OF_EVENT, [eventId, since, MAX_SHOWN])).map(recordOf);
  }

  close(): Promise<void> {
    return this.#storage.close();
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  async #tidy(): Promise<void> {
    this.#untidied = 0;
    const { keepMs, maxRecords } = this.#options;
    await this.#storage.write([
      { sql: "DELETE FROM tasklet_record WHERE recorded_at < ?", rows: [[this.#now() - keepMs]] },
      { sql: "DELETE FROM tasklet_record WHERE id <= (SELECT max(id) FROM tasklet_record) - ?", rows: [[maxRecords]] },
    ]);
  }
}

const COLUMNS =
  "recorded_at, event_id, consumer, tasklet, attempt, started_at, ended_at, event_type, event_key, outcome, error_code, error_message";
const INSERT = `INSERT INTO tasklet_record (${COLUMNS}) VALUES(?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING`;
const OF_EVENT = "SELECT * FROM tasklet_record WHERE event_id = ? AND recorded_at >= ? ORDER BY started_at, id LIMIT ?";

async function openStorage({ folder, url }: TaskletRecordsOptions): Promise<RowStorage> {
  if (url !== undefined) {
    const { openPostgresRows } = await import("../../database/index.ts");
    // A connection that is lost is told by whoever wants to use the next one.
    return openPostgresRows(url, { schema: SCHEMA, scripts: MIGRATIONS, onError: () => undefined });
  }
  const path = join(folder, RECORDS_FILE);
  await makePrivate(path);
  return Storage.open({ path, applicationId: APPLICATION_ID, migrations: MIGRATIONS });
}

function rowOf(record: TaskletRecord & { readonly eventId: string }, at: number): readonly SqlValue[] {
  const { eventId, consumer, tasklet = "", attempt, startedAt, endedAt, eventType, eventKey, outcome, error } = record;
  const times = [Math.round(startedAt), Math.round(endedAt)];
  return [
    ...[at, eventId, consumer, tasklet, attempt, ...times, eventType, eventKey, outcome],
    ...[error?.code ?? null, error?.message ?? null],
  ];
}

function recordOf(row: SqlRow): TaskletRecord {
  const text = (name: string): string => String(row[name] ?? "");
  const code = row["error_code"];
  return {
    ...{ consumer: text("consumer"), tasklet: text("tasklet") || undefined, eventId: text("event_id") },
    ...{ eventType: text("event_type"), eventKey: text("event_key"), attempt: Number(row["attempt"]) },
    outcome: TASKLET_OUTCOMES.find((outcome) => outcome === row["outcome"]) ?? "failed",
    ...{ startedAt: Number(row["started_at"]), endedAt: Number(row["ended_at"]) },
    error: typeof code === "string" ? { code, message: text("error_message") } : undefined,
  };
}
