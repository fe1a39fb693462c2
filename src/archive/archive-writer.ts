import { isRefused } from "../database/index.ts";
import type { XqbusError } from "../errors.ts";
import { GroupCommit } from "../storage/index.ts";
import { EVENT_COLUMNS, eventCells, FIELD_COLUMNS, fieldCells, type EventRow } from "./event-row.ts";
import { RowNumbers } from "./row-numbers.ts";
import { patiently, type Patience } from "./patiently.ts";
import type { ArchiveDatabase } from "./tables.ts";

/** What a writer has done since it was made. */
export interface WriterCounts {
  /** Events that are in the archive, those that were there already included. */
  readonly written: number;
  readonly batches: number;
  /** Events in the largest batch. */
  readonly largestBatch: number;
  /** Batches that could not be written. */
  readonly failures: number;
}

/** How a writer makes batches. */
export interface WriterOptions {
  /** Events in one batch at most. Default 1000. */
  readonly maxBatch?: number;
  /** Bytes of documents in one batch at most, but for a single larger one. Default 8 MiB. */
  readonly maxBatchBytes?: number;
  /** Told of each batch that was written, with its size. */
  readonly onBatch?: (events: number) => void;
}

interface Waiting {
  readonly row: EventRow;
  readonly resolve: () => void;
  readonly reject: (error: XqbusError) => void;
}

/** Of one event. */
const SEVERAL_WRITERS_TRIES = 3;

/** Writes events in batches: what comes while one is being written is the next one. */
export class ArchiveWriter {
  readonly #database: ArchiveDatabase;
  readonly #numbers: RowNumbers;
  readonly #commit: GroupCommit<Waiting>;
  readonly #patience: Patience | undefined;
  readonly #onBatch: (events: number) => void;
  #counts: WriterCounts = { written: 0, batches: 0, largestBatch: 0, failures: 0 };

  constructor(database: ArchiveDatabase, options: WriterOptions & { readonly patience?: Patience | undefined } = {}) {
    const { maxBatch = 1000, maxBatchBytes = 8 * 1024 * 1024, onBatch, patience } = options;
    this.#database = database;
    this.#numbers = new RowNumbers(database);
    this.#patience =
      patience &&
      ((error, tries) => {
        this.#countFailure();
        return patience(error, tries);
      });
    this.#onBatch = onBatch ?? (() => undefined);
    this.#commit = new GroupCommit<Waiting>({
      write: (batch) => this.#write(batch),
      sizeOf: ({ row }) => row.document.length,
      maxRequests: maxBatch,
      maxBytes: maxBatchBytes,
    });
  }

  get counts(): WriterCounts {
    return this.#counts;
  }

  /**
   * Resolves when the event is in the archive, on disk; one that was there already stays as it is.
   *
   * @throws XqbusError as `Database` says; of a batch that the database refuses only the events that are the reason are, with
   * `xqbus:value-refused` when it is of no use to try again
   */
  add(row: EventRow): Promise<void> {
    return new Promise((resolve, reject) => this.#commit.ask({ row, resolve, reject }));
  }

  /** Resolves when nothing is being written. */
  idle(): Promise<void> {
    return this.#commit.idle();
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    try {
      const rows = batch.map(({ row }) => row);
      await patiently(() => this.#insert(rows), this.#patience);
    } catch (error) {
      this.#countFailure();
      await this.#writeApart(batch, error as XqbusError);
      return;
    }
    const { written, batches, largestBatch } = this.#counts;
    this.#counts = {
      ...this.#counts,
      written: written + batch.length,
      batches: batches + 1,
      largestBatch: Math.max(largestBatch, batch.length),
    };
    this.#onBatch(batch.length);
    for (const { resolve } of batch) resolve();
  }

  #countFailure(): void {
    this.#counts = { ...this.#counts, failures: this.#counts.failures + 1 };
  }

  /** One event that the database does not take must not keep the others out. */
  async #writeApart(batch: readonly Waiting[], error: XqbusError): Promise<void> {
    if (!isRefused(error) || batch.length === 1) {
      for (const { reject } of batch) reject(error);
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await this.#write(batch.slice(0, half));
    await this.#write(batch.slice(half));
  }

  async #insert(rows: readonly EventRow[], tries = 1): Promise<void> {
    const first = await this.#numbers.take(rows.length);
    const numbered = rows.map((row, at) => ({ row, number: first + at }));
    try {
      await this.#database.insert([
        {
          table: "archive_event",
          columns: EVENT_COLUMNS,
          rows: numbered.map(({ row, number }) => eventCells(row, number)),
          ignoresConflicts: ["message_id", "checksum"],
        },
        {
          table: "archive_field",
          columns: FIELD_COLUMNS,
          rows: numbered.flatMap(({ row, number }) => fieldCells(row, number)),
          // An event that was there already has its fields, and its new number is of no event.
          belongsTo: { column: "event", table: "archive_event", key: "id" },
        },
      ]);
    } catch (error) {
      this.#numbers.forget();
      // Somebody else may have used the numbers.
      if (!isRefused(error) || tries >= SEVERAL_WRITERS_TRIES) throw error;
      await this.#insert(rows, tries + 1);
    }
  }
}
