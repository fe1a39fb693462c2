import type { Database } from "../database/index.ts";

/** The tables of an archive. Times are ms since 1970. */
export interface ArchiveTables {
  readonly archive_event: EventTable;
  readonly archive_kind: KindTable;
  readonly archive_field: FieldTable;
  readonly archive_mark: MarkTable;
}

/** A row is an event. */
interface EventTable {
  /** Grows with each event: what came later has a higher number. */
  readonly id: number;
  /** Empty where the sender gave none. */
  readonly message_id: string;
  /** Of the document, 16 bytes; with the message id it is unique. */
  readonly checksum: Uint8Array;
  /** Number of its {@link KindTable}. */
  readonly kind: number;
  readonly routing_key: string;
  readonly source: string | null;
  /** When it was sent, and not later than it came. */
  readonly time: number;
  readonly archived_at: number;
  readonly principal: string | null;
  /** What else the message says, as JSON. */
  readonly message: string;
  /** Bytes of the document. */
  readonly size: number;
  readonly document: Uint8Array;
}

/** What events of a type had in common when they were archived. */
interface KindTable {
  readonly id: number;
  /** Of the event element. */
  readonly name: string;
  readonly namespace: string;
  /** By which people call the type. */
  readonly type: string;
  /** Says by which schema its fields were promoted; empty for events that were not valid, or of which too little is known. */
  readonly fingerprint: string;
  /** Paths of what was sensitive, as JSON; null: nobody knew, or a release before this column wrote it. */
  readonly sensitive: string | null;
  /** Tells apart what differs in it alone; empty for null. */
  readonly sensitive_key: string;
  /** What the type has said of how long its events are kept, in ms, when it was seen last; null: nothing. */
  readonly retention: number | null;
}

/** A promoted field of an event: it has a text, or a number (flags are 0 and 1). */
interface FieldTable {
  readonly event: number;
  readonly name: string;
  readonly text: string | null;
  readonly number: number | null;
}

/** What is known of events that are not there any more. */
interface MarkTable {
  /** `deleted`: the highest number of an event that was deleted, which no other may have. */
  readonly name: "deleted";
  readonly number: number;
}

/** An open database with the tables of an archive. */
export type ArchiveDatabase = Database<ArchiveTables>;
