import { newMessageId } from "../amqp/index.ts";
import { illegalOption } from "../assert-option.ts";
import { Event } from "../event/index.ts";
import { InvalidEventError, type Catalog } from "../schema/index.ts";
import { OUTBOX } from "./sql-names.ts";

/**
 * What an application has its transaction in, whichever it is:
 *
 * - `query(sql, parameters)`: a client of pg, with `$1`
 * - `prepare(sql).run(…)`: a connection of better-sqlite3 or node:sqlite
 * - `insertInto(table).values(row).execute()`: a transaction of kysely, of either product
 */
export type OutboxTransaction =
  | { query(sql: string, parameters: string[]): unknown }
  | OutboxConnection
  | { insertInto(table: never): { values(row: never): { execute(): Promise<unknown> } } };

/** A connection of better-sqlite3 or node:sqlite, which is in a transaction. */
export interface OutboxConnection {
  prepare(sql: string): { run(...parameters: string[]): unknown };
}

/** What can be said of an event. */
export interface OutboxOptions {
  /** Default: a new UUIDv7. */
  readonly messageId?: string;
  /** Default: what the annotation of the event type says. */
  readonly routingKey?: string;
  /** Validates the event now, in the transaction; the relay does it in any case, and parks one that is not valid. */
  readonly catalog?: Catalog;
}

/** The outbox of an application's database: what is added in a transaction is published when, and only when, that commits. */
export const outbox: {
  /**
   * Adds an event.
   *
   * @returns its message id
   * @throws InvalidEventError with a catalog; XmlSyntaxError and the like where it is no event; what the transaction throws
   */
  readonly add: (
    transaction: OutboxTransaction,
    event: Event | string | Uint8Array,
    options?: OutboxOptions,
  ) => Promise<string>;
  /** The same at once, for functions that cannot wait: those that `transaction` of better-sqlite3 is given. */
  readonly addSync: (
    connection: OutboxConnection,
    event: Event | string | Uint8Array,
    options?: OutboxOptions,
  ) => string;
} = { add: addEvent, addSync };

async function addEvent(
  transaction: OutboxTransaction,
  event: Event | string | Uint8Array,
  options: OutboxOptions = {},
): Promise<string> {
  if ("prepare" in transaction) return addSync(transaction, event, options);
  const row = rowOf(event, options);
  if ("insertInto" in transaction) {
    await transaction
      .insertInto(OUTBOX as never)
      .values(row as never)
      .execute();
  } else if ("query" in transaction) {
    await transaction.query(
      insertOf(row, (at) => `$${at + 1}`),
      Object.values(row),
    );
  } else {
    throw illegalOption("transaction must have query(sql, parameters), prepare(sql) or insertInto(table)");
  }
  return row.message_id;
}

function addSync(
  connection: OutboxConnection,
  event: Event | string | Uint8Array,
  options: OutboxOptions = {},
): string {
  const row = rowOf(event, options);
  connection.prepare(insertOf(row, () => "?")).run(...Object.values(row));
  return row.message_id;
}

type NewRow = Readonly<Record<string, string>> & { readonly message_id: string };

function rowOf(
  given: Event | string | Uint8Array,
  { messageId = newMessageId(), routingKey, catalog }: OutboxOptions,
): NewRow {
  const event = given instanceof Event ? given : Event.parse(given);
  const problems = catalog?.validate(event) ?? [];
  if (problems.length > 0) throw new InvalidEventError(problems);
  return {
    message_id: messageId,
    ...(routingKey === undefined ? {} : { routing_key: routingKey }),
    ...{ kind: "event", body: event.toString() },
  };
}

function insertOf(row: NewRow, parameter: (at: number) => string): string {
  const names = Object.keys(row);
  return `INSERT INTO ${OUTBOX}(${names.join(", ")}) VALUES(${names.map((_, at) => parameter(at)).join(", ")})`;
}
