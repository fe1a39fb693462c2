import { setTimeout as sleep } from "node:timers/promises";
import { XqbusError } from "../../errors.ts";
import { Backoff, type BackoffOptions } from "../backoff.ts";
import type { Deadline } from "../deadline.ts";
import { encodeMessage, type OutgoingMessage } from "../encode-message.ts";
import { RefusedError } from "../errors.ts";
import type { PendingSends } from "../pending-sends.ts";
import type { JournalEntry } from "./journal-entry.ts";
import type { CheckedJournalOptions } from "./journal-options.ts";
import { SendJournal } from "./send-journal.ts";

/** What a journal is sent by. */
export interface JournalFeedOptions {
  readonly sends: PendingSends;
  /** The bus that its events are for. */
  readonly domain: string;
  /** What becomes of an event that it has no room for. */
  readonly whenFull: "reject" | "wait";
  /** Makes the first connection. */
  readonly connect: () => Promise<void>;
  /** Pauses between attempts to make it. */
  readonly backoff: BackoffOptions;
}

/** Events of the journal that are in memory at most, and that are read at a time; the others are read when it is their turn. */
const WINDOW = { events: 1_000, bytes: 16 * 1024 * 1024 };
const PAGE = { events: WINDOW.events / 2, bytes: WINDOW.bytes / 2 };

/**
 * Sends what is in the journal, in its order, and takes out what the broker has accepted. A refusal of the moment is tried again without
 * end; one for good moves the event aside.
 */
export class JournalFeed {
  readonly journal: SendJournal;
  readonly #options: JournalFeedOptions;
  readonly #onError: CheckedJournalOptions["onError"];
  readonly #stop: AbortController = new AbortController();
  readonly #tellIdle: (() => void)[] = [];
  /** The number of the last event that was handed over. */
  #last = 0;
  /** Whether there are events behind it, on disk only. */
  #isBehind: boolean;
  #isStarted = false;
  #isConnecting = false;
  #isReading = false;
  #underWay = { events: 0, bytes: 0 };
  /** Events that are being moved aside. */
  #moving = 0;

  /** @throws what {@link SendJournal.open} throws */
  static async open(journal: CheckedJournalOptions, options: JournalFeedOptions): Promise<JournalFeed> {
    const { domain, whenFull } = options;
    const onFailure = (error: XqbusError): void => journal.onError(error);
    return new JournalFeed(
      await SendJournal.open({ ...journal, domain, whenFull, onFailure }),
      options,
      journal.onError,
    );
  }

  private constructor(journal: SendJournal, options: JournalFeedOptions, onError: CheckedJournalOptions["onError"]) {
    this.journal = journal;
    this.#options = options;
    this.#onError = onError;
    this.#isBehind = journal.counts.waiting > 0;
    journal.onCommitted = (entry) => this.#committed(entry);
  }

  /** Takes an event on; see {@link SendJournal.add}. */
  enqueue(outgoing: OutgoingMessage, deadline: Deadline): Promise<void> {
    const { messageId, subject, creationTime, ttlMs } = outgoing;
    const enqueuedAt = creationTime.getTime();
    const expiresAt = ttlMs === undefined ? undefined : Math.round(enqueuedAt + ttlMs);
    const message = encodeMessage(outgoing);
    return this.journal.add({ messageId, subject, enqueuedAt, expiresAt, message }, deadline);
  }

  /** Connects if there is something to send and nobody else has. */
  begin(): void {
    if (this.#isBehind && !this.#isStarted && !this.#isConnecting) void this.#connect();
  }

  /** The link was attached for the first time. */
  start(): void {
    this.#isStarted = true;
    this.#pump();
  }

  /** Hands over nothing any more: what has no answer stays in the journal. */
  stop(): void {
    this.#stop.abort();
    this.#tellIfIdle();
  }

  /** Stops, and lets the file go when everything that was asked is written. */
  async close(): Promise<void> {
    this.stop();
    await this.journal.close();
  }

  /** Resolves when every event was accepted or moved aside, or nothing is sent any more. */
  async idle(): Promise<void> {
    while (!this.#isIdle()) await new Promise<void>((resolve) => this.#tellIdle.push(resolve));
  }

  async #connect(): Promise<void> {
    this.#isConnecting = true;
    const backoff = new Backoff(this.#options.backoff);
    const told = new Set<string>();
    while (!this.#isStarted && !this.#stop.signal.aborted) {
      try {
        return await this.#options.connect();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        const { code, message } = error as XqbusError;
        if (!told.has(message))
          this.#onError(
            new XqbusError(code, `events wait in the send journal ${this.journal.file}: ${message}`, { cause: error }),
          );
        told.add(message);
        await sleep(backoff.next(), undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
  }

  #committed(entry: JournalEntry | undefined): void {
    // A page that was read meanwhile may have had it.
    if (entry !== undefined && entry.sequence <= this.#last) return;
    if (entry === undefined || this.#isBehind || !this.#isStarted || !this.#hasRoom(WINDOW)) this.#isBehind = true;
    else this.#handOver(entry);
    this.#pump();
  }

  #hasRoom({ events, bytes }: typeof WINDOW): boolean {
    return this.#underWay.events < events && this.#underWay.bytes < bytes;
  }

  #pump(): void {
    if (!this.#isBehind || this.#isReading || this.#stop.signal.aborted) return;
    if (!this.#isStarted) this.begin();
    else if (this.#hasRoom(PAGE)) void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      const page = await this.journal.page(this.#last, PAGE.events, PAGE.bytes);
      for (const { entry, damage } of page) {
        if (damage === undefined) this.#handOver(entry);
        else this.#moveAside(entry, damage);
        this.#last = entry.sequence;
      }
      this.#isBehind = page.length > 0 && this.#last < this.journal.last;
    } catch {
      // The journal has told that it cannot be read.
      this.stop();
    }
    this.#isReading = false;
    this.#pump();
  }

  #handOver(entry: JournalEntry): void {
    if (this.#stop.signal.aborted) return;
    const { sequence, expiresAt, message } = entry;
    this.#last = sequence;
    if (expiresAt !== undefined && expiresAt <= Date.now()) return this.#moveAside(entry, expired(entry, expiresAt));
    this.#underWay.events++;
    this.#underWay.bytes += message.length;
    this.#options.sends.add(message, (error) => this.#finished(entry, error), Infinity);
  }

  #finished(entry: JournalEntry, error: XqbusError | undefined): void {
    this.#underWay.events--;
    this.#underWay.bytes -= entry.message.length;
    if (error === undefined) this.journal.remove(entry);
    else if (error instanceof RefusedError) this.#moveAside(entry, error);
    this.#pump();
    this.#tellIfIdle();
  }

  #moveAside(entry: JournalEntry, error: XqbusError): void {
    this.#moving++;
    // Where it cannot be moved it stays: the journal has told why, and the next publisher gets the same refusal.
    void this.journal
      .refuse(entry, error)
      .then((refused) => this.#onError(error, refused))
      .catch(() => undefined)
      .finally(() => {
        this.#moving--;
        this.#tellIfIdle();
      });
  }

  #isIdle(): boolean {
    return this.#stop.signal.aborted || (this.journal.counts.waiting === 0 && this.#moving === 0);
  }

  #tellIfIdle(): void {
    if (this.#isIdle()) for (const tell of this.#tellIdle.splice(0)) tell();
  }
}

function expired({ enqueuedAt }: JournalEntry, expiresAt: number): XqbusError {
  const ms = expiresAt - enqueuedAt;
  return new XqbusError("xqbus:timeout", `the event was worth ${ms} ms and no broker has taken it within this time`);
}
