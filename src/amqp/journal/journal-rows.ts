import { XqbusError } from "../../errors.ts";
import type { SqlRow } from "../../storage/index.ts";
import { checksumOf } from "./journal-batch.ts";
import type { JournalEntry, RefusedEvent } from "./journal-entry.ts";

/** A row of the table `entry`, and what is wrong with its message, if anything. */
export function entryOf(row: SqlRow): { readonly entry: JournalEntry; readonly damage: XqbusError | undefined } {
  const { bytes, expires_at: expiresAt } = row;
  const message = bytes instanceof Uint8Array ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : null;
  const entry: JournalEntry = {
    sequence: Number(row["sequence"]),
    messageId: String(row["message_id"]),
    subject: String(row["subject"]),
    enqueuedAt: Number(row["enqueued_at"]),
    expiresAt: typeof expiresAt === "number" ? expiresAt : undefined,
    message: message ?? Buffer.alloc(0),
  };
  const isWhole = message !== null && message.length === row["size"] && checksumOf(message) === row["checksum"];
  if (isWhole) return { entry, damage: undefined };
  const text = `the message of event ${entry.messageId} in the send journal is damaged (its checksum is wrong)`;
  return { entry, damage: new XqbusError("xqbus:store-damaged", text) };
}

/** A row of the table `refused`. */
export function refusedOf(row: SqlRow): RefusedEvent {
  return {
    id: Number(row["id"]),
    messageId: String(row["message_id"]),
    subject: String(row["subject"]),
    enqueuedAt: new Date(Number(row["enqueued_at"])),
    refusedAt: new Date(Number(row["refused_at"])),
    code: String(row["code"]),
    reason: String(row["reason"]),
    bytes: Number(row["size"]),
  };
}
