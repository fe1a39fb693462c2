import { Buffer } from "node:buffer";
import { createHash, hash } from "node:crypto";
import type { EventDelivery } from "../amqp/index.ts";
import type { Cell, ColumnType } from "../database/index.ts";
import { bytesOf, type Event } from "../event/index.ts";
import type { FilterMessage } from "../filter/index.ts";
import type { PromotedValue } from "../schema/index.ts";
import { writeMessage } from "./message-record.ts";

/** An event on its way into the archive: all of its row but the number. */
export interface EventRow {
  /** Number of the kind. */
  readonly kind: number;
  readonly messageId: string;
  readonly checksum: Uint8Array;
  readonly routingKey: string;
  readonly source: string | undefined;
  readonly time: number;
  readonly archivedAt: number;
  readonly principal: string | undefined;
  readonly message: string;
  readonly document: Uint8Array;
  readonly fields: ReadonlyMap<string, PromotedValue>;
}

/** What carried an event: {@link EventDelivery} as far as an archive looks at it. */
export interface Carried {
  readonly message: FilterMessage;
  readonly groupId?: string | undefined;
}

/** What was carried by a delivery. */
export function carriedBy({ message, properties: { groupId } }: EventDelivery): Carried {
  return { message, groupId };
}

/** Columns of the table `archive_event`, in the order of {@link eventCells}. */
export const EVENT_COLUMNS: Readonly<Record<string, ColumnType>> = {
  id: "bigint",
  message_id: "text",
  checksum: "bytea",
  kind: "bigint",
  routing_key: "text",
  source: "text",
  time: "bigint",
  archived_at: "bigint",
  principal: "text",
  message: "text",
  size: "bigint",
  document: "bytea",
};

/** Columns of the table `archive_field`, in the order of {@link fieldCells}. */
export const FIELD_COLUMNS: Readonly<Record<string, ColumnType>> = {
  event: "bigint",
  name: "text",
  text: "text",
  number: "double precision",
};

/** Characters of what is indexed: PostgreSQL has pages of 8 KiB, and three entries must fit. */
const MAX_KEY = 500;

/** The row of an event. */
export function eventRow(
  event: Event,
  { message, groupId }: Carried,
  parts: Pick<EventRow, "kind" | "archivedAt" | "fields">,
): EventRow {
  const { id = "", subject = "", userId, creationTime, applicationProperties } = message;
  const { archivedAt } = parts;
  const document = bytesOf(event);
  const made = creationTime?.getTime() ?? archivedAt;
  const source = applicationProperties?.get("cloudEvents_source") ?? applicationProperties?.get("cloudEvents:source");
  const [messageId, routingKey] = [keyText(id), keyText(subject)];
  return {
    ...parts,
    messageId,
    checksum: checksumOf(document, id === "" ? `${made} ${subject}` : ""),
    routingKey,
    source: typeof source === "string" ? plainText(source) : undefined,
    // A clock that is ahead would hide the event from those who ask for the last hour.
    time: Number.isSafeInteger(made) ? Math.min(made, archivedAt) : archivedAt,
    principal: userId === undefined ? undefined : plainText(userId),
    message: writeMessage({ message, groupId }, { id: messageId, subject: routingKey }),
    document,
  };
}

/** @param number of the event */
export function eventCells(row: EventRow, number: number): readonly Cell[] {
  const { messageId, checksum, kind, routingKey, source = null, time, archivedAt } = row;
  const { principal = null, message, document } = row;
  // prettier-ignore
  return [
    number, messageId, checksum, kind, routingKey, source, time, archivedAt, principal, message, document.length, document,
  ];
}

/** @param number of the event */
export function fieldCells({ fields }: EventRow, number: number): readonly (readonly Cell[])[] {
  return [...fields].map(([name, { value }]) =>
    typeof value === "string" ? [number, name, value, null] : [number, name, null, Number(value)],
  );
}

/** The key that a message id or routing key is found by: itself, or its beginning and a digest where it cannot be indexed. */
export function keyText(text: string): string {
  const plain = plainText(text);
  if (plain.length <= MAX_KEY) return plain;
  return `${plain.slice(0, MAX_KEY - 44)}…${createHash("sha256").update(plain).digest("base64url")}`;
}

/** A beginning that the keys of all texts with this beginning have. */
export function keyBeginning(text: string): string {
  return plainText([...text].slice(0, 200).join(""));
}

/** PostgreSQL has no text with the character 0. */
function plainText(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\uFFFD") : text;
}

/** @param rest distinguishes events without message id */
function checksumOf(document: Uint8Array, rest: string): Uint8Array {
  const whole = rest === "" ? document : Buffer.concat([document, Buffer.from(rest)]);
  return hash("sha256", whole, "buffer").subarray(0, 16);
}
