import type { SqlRow } from "../../storage/index.ts";
import { messageChecksum, placeChecksum } from "./checksum.ts";
import type { Place, StoredMessageRow, StoredQueue } from "./message-store.ts";

/** A row that cannot be used. */
export interface BadRow {
  /** As it was read: its key is right, other fields may be wrong. */
  readonly place: Place;
  readonly reason: string;
  /** Whether only the message is damaged, and not its place. */
  readonly isPlaceWhole: boolean;
}

/** Rows of a page, whole ones and others. */
export interface ReadRows {
  readonly whole: StoredMessageRow[];
  readonly bad: BadRow[];
}

/** Checks the rows of a page. */
export function readRows(queue: StoredQueue, rows: readonly SqlRow[]): ReadRows {
  const read: ReadRows = { whole: [], bad: [] };
  for (const row of rows) {
    const place = placeOf(queue, row);
    const { bytes } = row;
    const isPlaceWhole = row["entry_checksum"] === placeChecksum(place);
    if (!isPlaceWhole) {
      read.bad.push({ place, isPlaceWhole, reason: "its place in the queue does not match its checksum" });
    } else if (!(bytes instanceof Uint8Array)) {
      read.bad.push({ place, isPlaceWhole, reason: "its message is missing" });
    } else if (bytes.length !== place.size || row["message_checksum"] !== messageChecksum(place.message, bytes)) {
      read.bad.push({ place, isPlaceWhole, reason: "its message does not match its checksum" });
    } else read.whole.push({ place, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) });
  }
  return read;
}

function placeOf(queue: StoredQueue, row: SqlRow): Place {
  return {
    ...{ queue, priority: number(row["priority"]), sequence: number(row["sequence"]), message: number(row["message"]) },
    ...{ shared: row["shared"] === 1, size: number(row["size"]), failures: number(row["failures"]) },
    ...{ arrivedAt: number(row["arrived_at"]), expiresAt: time(row["expires_at"]), deliverAt: time(row["deliver_at"]) },
  };
}

/** What is no number is damaged, and fails the checksum. */
function number(value: unknown): number {
  return typeof value === "number" ? value : NaN;
}

function time(value: unknown): number | undefined {
  return value === null ? undefined : number(value);
}
