import { assertInteger } from "../../assert-option.ts";
import { XqbusError } from "../../errors.ts";
import { GroupCommit, type SqlRow, type SqlValue, type Storage } from "../../storage/index.ts";
import { Deadline } from "../deadline.ts";
import { SendRoom } from "../send-room.ts";
import { Turns } from "../../turns.ts";
import { takesRoom, tell, writesOf, type JournalRequest } from "./journal-batch.ts";
import type { JournalControl, RefusedOptions } from "./journal-control.ts";
import type { JournalCounts, JournalEntry, RefusedEvent } from "./journal-entry.ts";
import type { CheckedJournalOptions } from "./journal-options.ts";
import { entryOf, refusedOf } from "./journal-rows.ts";
import { openJournalFile, type JournalFile } from "./open-journal-file.ts";
import * as tables from "./tables.ts";

/** How much of a journal may be in use, and who hears of its failure. */
export type SendJournalOptions = JournalFile &
  Pick<CheckedJournalOptions, "maxEvents" | "maxBytes"> & {
    readonly whenFull: "reject" | "wait";
    readonly onFailure: (error: XqbusError) => void;
  };

/** How long waits for room on the disk what cannot be refused, in ms. */
const RETRY_MS = 100;
/** How long closing waits for a disk that does not answer, in ms. */
const CLOSE_TIMEOUT_MS = 30_000;
const DEFAULT_LIMIT = 1_000;

/**
 * The send journal: events on disk that a publisher has taken on and the broker has not accepted.
 *
 * Everything that is asked in one turn of the event loop, or while the disk is busy, is one transaction. An event that was refused for good
 * is kept aside until somebody retries or deletes it, and counts towards the limits as the others do.
 */
export class SendJournal implements JournalControl {
  readonly file: string;
  /** Told of each event that is on disk now, in the order of sending; of a retried one, without it. */
  onCommitted: ((entry: JournalEntry | undefined) => void) | undefined;
  readonly #storage: Storage;
  readonly #room: SendRoom;
  readonly #commits: GroupCommit<JournalRequest>;
  readonly #onFailure: (error: XqbusError) => void;
  readonly #administration: Turns = new Turns();
  #waiting: number;
  #refused: number;
  #lastAsked: number;
  #lastCommitted: number;
  #failure: XqbusError | undefined;
  #closing = false;

  /** @throws what {@link openJournalFile} throws */
  static async open(options: SendJournalOptions): Promise<SendJournal> {
    const storage = await openJournalFile({ ...options, onFailure: (error) => journal.#fail(error) });
    const [counts = {}] = await storage.read(tables.COUNTS);
    const journal = new SendJournal(storage, options, counts);
    return journal;
  }

  private constructor(storage: Storage, options: SendJournalOptions, counts: SqlRow) {
    const { file, maxEvents, maxBytes, whenFull } = options;
    this.file = file;
    this.#storage = storage;
    this.#onFailure = options.onFailure;
    this.#waiting = Number(counts["waiting"]);
    this.#refused = Number(counts["refused"]);
    this.#lastAsked = this.#lastCommitted = Number(counts["last"]);
    const words = {
      state: `are in the send journal ${file}`,
      maxEvents: "journal.maxEvents",
      maxBytes: "journal.maxBytes",
    };
    const advice = 'wait until the broker has accepted some, look after refused ones, or set whenFull: "wait"';
    const taken = {
      events: this.#waiting + this.#refused,
      bytes: Number(counts["waiting_bytes"]) + Number(counts["refused_bytes"]),
    };
    this.#room = new SendRoom({ maxEvents, maxBytes, whenFull, words: { ...words, advice } }, taken);
    this.#commits = new GroupCommit({
      write: (batch) => this.#write(batch),
      sizeOf: (request) => (request.kind === "add" ? request.entry.message.length : 0),
    });
  }

  get counts(): JournalCounts {
    return { waiting: this.#waiting, refused: this.#refused, bytes: this.#room.bytes };
  }

  /** The highest number of an event on disk; those up to it can be read. */
  get last(): number {
    return this.#lastCommitted;
  }

  /** Why it does not work any more. */
  get failure(): XqbusError | undefined {
    return this.#failure;
  }

  /**
   * Takes an event on; resolves when it is on disk.
   *
   * @throws XqbusError `xqbus:limit-exceeded` there is no room, and nobody waits for it; `xqbus:store-full`, `xqbus:store-failed`;
   * the deadline's error (an event that is on its way to the disk may still be sent)
   */
  async add(event: Omit<JournalEntry, "sequence">, deadline: Deadline): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const { length } = event.message;
    const room = this.#room.enter(length, deadline);
    if (room !== undefined) await room;
    const written = new Promise<void>((resolve, reject) => {
      this.#ask({
        kind: "add",
        entry: { ...event, sequence: ++this.#lastAsked },
        done: (error) => {
          if (error === undefined) return resolve();
          this.#room.leave(length);
          reject(error);
        },
      });
    });
    await deadline.race(written);
  }

  /** The broker has accepted it. */
  remove({ sequence, message }: JournalEntry): void {
    this.#waiting--;
    this.#room.leave(message.length);
    this.#ask({ kind: "remove", sequence });
  }

  /** It is not to be sent again by itself; resolves with what can be told of it when that is on disk. */
  refuse(entry: JournalEntry, { code, message: reason }: XqbusError): Promise<RefusedEvent> {
    const { sequence, messageId, subject, message } = entry;
    const refusal = { at: Date.now(), code, reason };
    this.#waiting--;
    this.#refused++;
    const dates = { enqueuedAt: new Date(entry.enqueuedAt), refusedAt: new Date(refusal.at) };
    return this.#asked((done) => ({ kind: "refuse", sequence, refusal, done })).then(() => ({
      ...{ id: sequence, messageId, subject, code, reason, bytes: message.length },
      ...dates,
    }));
  }

  /** The events behind a number in their order: at most so many, and so many bytes, but one at least. */
  async page(after: number, limit: number, bytes: number): Promise<readonly ReturnType<typeof entryOf>[]> {
    const rows = await this.#read(tables.ENTRY_PAGE, [after, after, limit, bytes]);
    return rows.map(entryOf);
  }

  async refused({ limit = DEFAULT_LIMIT, after = 0 }: RefusedOptions = {}): Promise<readonly RefusedEvent[]> {
    assertInteger(limit, "limit", 1);
    assertInteger(after, "after", 0);
    return (await this.#read(tables.REFUSED_PAGE, [after, limit])).map(refusedOf);
  }

  retry(ids: readonly number[] | "all"): Promise<number> {
    return this.#administer(ids, async ({ id }) => {
      this.#refused--;
      this.#waiting++;
      const sequence = ++this.#lastAsked;
      try {
        await this.#asked((done) => ({ kind: "retry", id, sequence, done }));
      } catch (error) {
        this.#refused++;
        this.#waiting--;
        throw error;
      }
    });
  }

  delete(ids: readonly number[] | "all"): Promise<number> {
    return this.#administer(ids, async ({ id, size }) => {
      await this.#asked((done) => ({ kind: "delete", id, done }));
      this.#refused--;
      this.#room.leave(size);
    });
  }

  /** Writes what was asked, as far as the disk has room, and lets the file go. */
  async close(): Promise<void> {
    this.#closing = true;
    const deadline = new Deadline("writing the journal", { timeoutMs: CLOSE_TIMEOUT_MS, option: "CLOSE_TIMEOUT_MS" });
    await deadline.race(this.#commits.idle()).catch(() => undefined);
    deadline.stop();
    this.#failure ??= new XqbusError("xqbus:already-closed", `the send journal ${this.file} was closed`);
    await this.#storage.close();
  }

  async #administer(
    ids: readonly number[] | "all",
    change: (row: { readonly id: number; readonly size: number }) => Promise<void>,
  ): Promise<number> {
    const turn = this.#administration.take();
    try {
      await turn.begins;
      const [sql, parameters] =
        ids === "all" ? [tables.REFUSED_SIZES, []] : [tables.CHOSEN_SIZES, [JSON.stringify(ids)]];
      const rows = await this.#read(sql, parameters);
      await Promise.all(rows.map((row) => change({ id: Number(row["id"]), size: Number(row["size"]) })));
      return rows.length;
    } finally {
      turn.end();
    }
  }

  #asked(request: (done: (error: XqbusError | undefined) => void) => JournalRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#ask(request((error) => (error === undefined ? resolve() : reject(error))));
    });
  }

  #ask(request: JournalRequest): void {
    if (this.#failure === undefined) this.#commits.ask(request);
    else tell(request, this.#failure);
  }

  async #write(batch: readonly JournalRequest[]): Promise<void> {
    try {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#storage.write(writesOf(batch));
    } catch (error) {
      return this.#notWritten(batch, error as XqbusError);
    }
    for (const request of batch) {
      if (request.kind === "add" || request.kind === "retry") this.#committed(request);
      tell(request, undefined);
    }
  }

  #committed(request: JournalRequest & { readonly kind: "add" | "retry" }): void {
    const entry = request.kind === "add" ? request.entry : undefined;
    if (entry !== undefined) this.#waiting++;
    this.#lastCommitted = request.kind === "add" ? request.entry.sequence : request.sequence;
    this.onCommitted?.(entry);
  }

  /** Without room on the disk new events are refused, and what makes room tries again: at once if only new events were in the way. */
  async #notWritten(batch: readonly JournalRequest[], error: XqbusError): Promise<void> {
    if (error.code !== "xqbus:store-full") {
      this.#fail(error);
      for (const request of batch) tell(request, error);
      return;
    }
    const waiting = batch.filter((request) => !takesRoom(request));
    for (const request of batch) if (takesRoom(request)) tell(request, error);
    const isStuck = waiting.length === batch.length;
    // Accepted events that stay on disk are sent twice: better than to wait for ever.
    if (isStuck && this.#closing) {
      for (const request of waiting) tell(request, error);
      return;
    }
    this.#commits.askAgain(waiting);
    if (isStuck) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }

  async #read(sql: string, parameters: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    try {
      return await this.#storage.read(sql, parameters);
    } catch (error) {
      this.#fail(error as XqbusError);
      throw error;
    }
  }

  #fail(error: XqbusError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#onFailure(error);
  }
}
