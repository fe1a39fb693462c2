import { defaultCatalog, EventPublisher, parseBusUrls, RefusedError } from "../amqp/index.ts";
import { openDatabase, parseDatabaseUrl } from "../database/index.ts";
import { messageOf, XqbusError } from "../errors.ts";
import type { Catalog } from "../schema/index.ts";
import { CHANGE_EVENTS, eventOfRow } from "./change-event.ts";
import type { ForeignDatabase } from "./describe-table.ts";
import { holdLease, type Lease } from "./hold-lease.ts";
import { OUTBOX_CHANNEL } from "./postgres-sql.ts";
import { isInstalled, producerState } from "./producers.ts";
import type { OutboxRow } from "./outbox-row.ts";
import { deleteRows, parkRow, readBatch } from "./read-batch.ts";
import {
  checkRelayOptions,
  type CheckedRelayOptions,
  type RelayCounts,
  type RelayOptions,
  type RelayState,
} from "./relay-options.ts";
import { Wakeup } from "./wakeup.ts";

const POLL_MS = { sqlite: 250, postgres: 5_000 } as const;
/** Characters of the rows that are in memory at a time. */
const BATCH_SIZE = 16 * 1024 * 1024;
/** What an event is refused with whose time may come: there is no room, or no right yet. */
const PASSING: readonly string[] = ["amqp:resource-limit-exceeded", "amqp:resource-locked", "amqp:unauthorized-access"];
/** What no later attempt changes. */
const PERMANENT =
  /^(?:xqbus:(?:invalid-event|limit-exceeded|illegal-|not-well-formed|doctype-refused|unknown-name|unsupported-)|amqp:link:message-size-exceeded)/;
const MAX_REASON = 1000;
/** How long a relay that is closed waits for answers of the broker. */
const CLOSE_MS = 5_000;

/**
 * Publishes what stands in the outbox of a database, and deletes it when the broker has accepted it.
 *
 * At least once: whoever ends a relay, in whatever way, makes it publish again what was under way, with the same message ids. One relay of a
 * database works, others wait to take its place. A database or a broker that is away is waited for.
 */
export class Relay {
  /** Resolves when it has ended: closed, or `once` and nothing left. Rejects with what no waiting helps against. */
  readonly ended: Promise<void>;
  readonly #options: CheckedRelayOptions;
  readonly #wakeup = new Wakeup();
  readonly #attempts = new Map<string, number>();
  #counts: RelayCounts = { published: 0, parked: 0 };
  #state: RelayState = { kind: "starting" };
  #database: Promise<ForeignDatabase> | undefined;
  #publisher: EventPublisher | undefined;
  #catalog: Catalog | undefined;
  #isClosing = false;
  readonly #giveUp = new AbortController();

  /** @internal */
  constructor(options: CheckedRelayOptions) {
    this.#options = options;
    this.ended = this.#run();
    // Whoever waits is told.
    this.ended.catch(() => undefined);
  }

  get counts(): RelayCounts {
    return this.#counts;
  }

  get state(): RelayState {
    return this.#state;
  }

  /**
   * Does something with its database, beside its own work.
   *
   * @throws XqbusError `xqbus:already-closed`, and the codes of databases
   */
  async use<T>(work: (database: ForeignDatabase) => Promise<T>): Promise<T> {
    if (this.#isClosing) throw new XqbusError("xqbus:already-closed", "the relay is closed");
    const done = await work(await this.#open());
    this.#wakeup.wake();
    return done;
  }

  /** Waits up to 5 s for what is under way, and ends. Idempotent. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#wakeup.wake();
    const late = setTimeout(() => this.#giveUp.abort(), CLOSE_MS);
    await this.ended.catch(() => undefined);
    clearTimeout(late);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#isClosing) {
        try {
          const isMine = await this.#relay();
          if (this.#options.once && (isMine || (await this.#isEmpty()))) return;
          if (!isMine) this.#tell({ kind: "standby" });
        } catch (error) {
          const failure = asError(error);
          if (isForGood(failure) && !this.#options.keepsTrying) throw failure;
          this.#tell({ kind: "failing", error: failure });
        }
        await this.#wakeup.wait(this.#options.retryMs, () => this.#isClosing);
      }
    } finally {
      await this.#publisher?.close();
      if (typeof this.#options.database === "string") await (await this.#database)?.close();
      this.#tell({ kind: "closed" });
    }
  }

  /** @returns false: another relay works */
  async #relay(): Promise<boolean> {
    const database = await this.#open();
    if (!(await isInstalled(database))) {
      const message = `${database.name} has no outbox; install it first: xqbus producer install --database URL --table NAME`;
      throw new XqbusError("xqbus:illegal-argument", message);
    }
    const catalog = await this.#loadCatalog();
    const publisher = this.#openPublisher(catalog);
    return holdLease(database, async (lease) => {
      const stop = await database.hear(OUTBOX_CHANNEL, () => this.#wakeup.wake());
      try {
        await this.#work(database, lease, publisher, catalog);
      } finally {
        await stop();
      }
    });
  }

  async #work(database: ForeignDatabase, lease: Lease, publisher: EventPublisher, catalog: Catalog): Promise<void> {
    const { batch: rows, maxRowSize: rowSize, once, retryMs, pollMs = POLL_MS[database.product] } = this.#options;
    while (!this.#isClosing && (await lease.renew())) {
      const batch = await readBatch(database, lease.kysely, { rows, rowSize, size: BATCH_SIZE });
      const failure = await this.#publish(batch, database, lease, publisher, catalog);
      this.#tell(failure === undefined ? { kind: "working" } : { kind: "failing", error: failure });
      if (failure !== undefined) await this.#wakeup.wait(retryMs, () => this.#isClosing);
      else if (batch.length === 0 && once) return;
      else if (batch.length === 0) await this.#wakeup.wait(pollMs, () => this.#isClosing);
    }
  }

  /** Whether the relay that works has published everything. */
  async #isEmpty(): Promise<boolean> {
    return (await producerState(await this.#open())).waiting === 0;
  }

  /** All at once, in their order. @returns why some are still there */
  async #publish(
    batch: readonly OutboxRow[],
    database: ForeignDatabase,
    { kysely }: Lease,
    publisher: EventPublisher,
    catalog: Catalog,
  ): Promise<XqbusError | undefined> {
    const outcomes = await Promise.all(batch.map((row) => this.#send(row, publisher, catalog)));
    const accepted = batch.filter((_, at) => outcomes[at] === undefined);
    this.#counts = { ...this.#counts, published: this.#counts.published + accepted.length };
    await deleteRows(database, kysely, accepted);
    for (const { message_id: id } of accepted) this.#attempts.delete(id);
    let failure: XqbusError | undefined;
    for (const [at, row] of batch.entries()) {
      const error = outcomes[at];
      if (error === undefined) continue;
      if (!this.#isHopeless(row, error)) failure ??= error;
      else await this.#park(row, error, database, kysely);
    }
    return failure;
  }

  async #send(row: OutboxRow, publisher: EventPublisher, catalog: Catalog): Promise<XqbusError | undefined> {
    try {
      const subject = row.routing_key === null ? {} : { subject: row.routing_key };
      await publisher.sendEvent(eventOfRow(row, catalog), {
        ...{ messageId: row.message_id, signal: this.#giveUp.signal, ...subject },
      });
      return undefined;
    } catch (error) {
      return asError(error);
    }
  }

  #isHopeless({ message_id: id }: OutboxRow, error: XqbusError): boolean {
    if (PERMANENT.test(error.code)) return true;
    // Given back without a reason is for the moment.
    if (!(error instanceof RefusedError) || error.condition === undefined || PASSING.includes(error.code)) return false;
    const attempts = (this.#attempts.get(id) ?? 0) + 1;
    this.#attempts.set(id, attempts);
    return attempts >= this.#options.maxAttempts;
  }

  async #park(row: OutboxRow, error: XqbusError, database: ForeignDatabase, kysely: Lease["kysely"]): Promise<void> {
    const reason = `${error.code}: ${error.message}`.replaceAll("\0", "").slice(0, MAX_REASON);
    await parkRow(database, kysely, row, reason);
    this.#attempts.delete(row.message_id);
    this.#counts = { ...this.#counts, parked: this.#counts.parked + 1 };
    this.#options.onParked?.(row, reason);
  }

  async #open(): Promise<ForeignDatabase> {
    const { database } = this.#options;
    if (typeof database !== "string") return database;
    this.#database ??= openDatabase<unknown>(database);
    try {
      return await this.#database;
    } catch (error) {
      this.#database = undefined;
      throw error;
    }
  }

  async #loadCatalog(): Promise<Catalog> {
    if (this.#catalog !== undefined) return this.#catalog;
    const catalog = await (this.#options.publisher?.catalog ?? defaultCatalog());
    const missing = CHANGE_EVENTS.filter((name) => !catalog.eventNames.includes(name));
    if (missing.length > 0) {
      const message = `the catalog lacks ${missing.join(", ")}; add the shipped folder schemas/events to its folders`;
      throw new XqbusError("xqbus:unknown-name", message);
    }
    this.#catalog = catalog;
    return catalog;
  }

  #openPublisher(catalog: Catalog): EventPublisher {
    this.#publisher ??= EventPublisher.openLater(this.#options.bus, { ...this.#options.publisher, catalog });
    return this.#publisher;
  }

  #tell(state: RelayState): void {
    const isSame =
      state.kind === this.#state.kind &&
      (state.kind !== "failing" || this.#state.kind !== "failing" || state.error.message === this.#state.error.message);
    this.#state = state;
    if (!isSame) this.#options.onState?.(state);
  }
}

/**
 * Starts a relay; it works until it is closed.
 *
 * @throws XqbusError `xqbus:illegal-argument`, `xqbus:invalid-url`
 */
export function openRelay(options: RelayOptions): Relay {
  const checked = checkRelayOptions(options);
  parseBusUrls(checked.bus);
  if (typeof checked.database === "string") parseDatabaseUrl(checked.database);
  return new Relay(checked);
}

function asError(error: unknown): XqbusError {
  return error instanceof XqbusError ? error : new XqbusError("xqbus:internal", messageOf(error), { cause: error });
}

/** What waiting does not change: nothing is installed, a package is missing, the types are not there. */
function isForGood({ code }: XqbusError): boolean {
  return ["xqbus:illegal-argument", "xqbus:missing-package", "xqbus:unknown-name", "xqbus:unreadable"].includes(code);
}
