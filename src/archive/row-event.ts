import type { ArchivedEvent } from "./archived-event.ts";
import type { Kind } from "./kinds.ts";
import { readMessage } from "./message-record.ts";
import type { ArchiveTables } from "./tables.ts";

type Row = Omit<ArchiveTables["archive_event"], "checksum">;

/** Columns that make an event. */
// prettier-ignore
export const ROW_COLUMNS = [
  "id", "message_id", "kind", "routing_key", "source", "time", "archived_at", "principal", "message", "size", "document",
] as const;

/** The event of a row. */
export function rowEvent(row: Row, kind: Kind | undefined): ArchivedEvent {
  const { id, message_id: messageId, routing_key: routingKey, principal, source } = row;
  const { message, groupId } = readMessage(row.message, {
    ...(messageId === "" ? {} : { id: messageId }),
    ...(routingKey === "" ? {} : { subject: routingKey }),
    ...(principal === null ? {} : { userId: principal }),
  });
  return {
    number: id,
    id: message.id,
    type: kind?.type ?? "",
    name: kind?.name ?? "",
    namespace: kind?.namespace ?? "",
    sensitive: kind?.sensitive,
    routingKey: message.subject ?? "",
    source: source ?? undefined,
    time: row.time,
    archivedAt: row.archived_at,
    principal: principal ?? undefined,
    message,
    groupId,
    size: row.size,
    document: row.document,
  };
}
