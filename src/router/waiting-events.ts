import { propertiesOfBeginning } from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import type { RouterDatabase } from "./tables.ts";

/** An event that waits in the database because the queue of its route does not take it. */
export interface WaitingEvent {
  /** Grows: those with lower ids have waited longer. */
  readonly id: number;
  /** Its first 256 characters; undefined where it has none, or it cannot be read. */
  readonly messageId?: string;
  /** The routing key, likewise. */
  readonly subject?: string;
  readonly bytes: number;
  /** When it came here, ms since 1970. */
  readonly since: number;
  /** Why it is here, as of the latest attempt. */
  readonly reason: string;
  /** Whether the route wants it is not known yet. */
  readonly isUndecided: boolean;
}

/** Some of them, the oldest first. */
export interface WaitingPage {
  readonly items: readonly WaitingEvent[];
  /** There are more: what the next page comes after. */
  readonly next?: number;
}

/** Which of them are wanted. */
export interface WaitingQuery {
  /** Those behind the one with this id. Default: from the first. */
  readonly after?: number | undefined;
  /** 1 to 1000. Default 100. */
  readonly limit?: number | undefined;
}

/** An event that nobody waits for any more. */
export interface DiscardedEvent extends WaitingEvent {
  /** Name of the route. */
  readonly route: string;
}

const DEFAULT_LIMIT = 100;
/** Of a message, in bytes: its properties are there. A body is never read. */
const BEGINNING = 4096;
const MAX_TEXT = 256;

/** What waits for the queue of a route, event by event. */
export class WaitingEvents {
  readonly #database: RouterDatabase;

  constructor(database: RouterDatabase) {
    this.#database = database;
  }

  async page(route: string, { after = 0, limit = DEFAULT_LIMIT }: WaitingQuery = {}): Promise<WaitingPage> {
    const { kysely } = this.#database;
    const rows = await kysely
      .selectFrom("backlog")
      .select(this.#columns)
      .where("route", "=", route)
      .where("id", ">", after)
      .orderBy("id")
      .limit(limit + 1)
      .execute();
    const items = rows.slice(0, limit).map(waitingOf);
    const next = rows.length > limit ? items.at(-1)?.id : undefined;
    return { items, ...(next === undefined ? {} : { next }) };
  }

  /**
   * Removes one. Whoever sends it at the moment may still do so.
   *
   * @throws XqbusError `xqbus:unknown-name` it does not wait, or not any more
   */
  async discard(route: string, id: number, { dryRun }: { readonly dryRun: boolean }): Promise<DiscardedEvent> {
    const { kysely } = this.#database;
    const row = await (
      dryRun
        ? kysely.selectFrom("backlog").select(this.#columns).where("route", "=", route).where("id", "=", id)
        : kysely.deleteFrom("backlog").where("route", "=", route).where("id", "=", id).returning(this.#columns)
    ).executeTakeFirst();
    if (row === undefined) {
      throw new XqbusError("xqbus:unknown-name", `no event ${id} waits for the route ${JSON.stringify(route)}`);
    }
    return { route, ...waitingOf(row) };
  }

  get #columns() {
    const { sql } = this.#database;
    return [
      ...(["id", "is_undecided", "reason", "added_at"] as const),
      sql<Uint8Array>`substr(message, 1, ${BEGINNING})`.as("beginning"),
      sql<number>`length(message)`.as("bytes"),
    ] as const;
  }
}

interface WaitingRow {
  readonly id: number;
  readonly is_undecided: number;
  readonly reason: string;
  readonly added_at: number;
  readonly beginning: Uint8Array;
  readonly bytes: number;
}

function waitingOf({ id, is_undecided, reason, added_at: since, beginning, bytes }: WaitingRow): WaitingEvent {
  const { messageId, subject } = propertiesOfBeginning(beginning);
  return {
    id,
    ...(messageId === undefined ? {} : { messageId: messageId.slice(0, MAX_TEXT) }),
    ...(subject === undefined ? {} : { subject: subject.slice(0, MAX_TEXT) }),
    ...{ bytes: Number(bytes), since, reason, isUndecided: is_undecided === 1 },
  };
}
