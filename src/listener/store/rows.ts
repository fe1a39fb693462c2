import type { SqlRow, SqlValue } from "../../storage/index.ts";
import type { AttemptRow, DeliveryRecord } from "../delivery-record.ts";
import type { ListenerDefinition, ListenerStatus, StoredListener } from "../listener-definition.ts";
import type { KeptCounts } from "../listener.ts";
import type { DeliveryRow } from "../row-delivery.ts";
import { DELIVERY_STATES } from "./tables.ts";

/** An event as it is stored. Times in ms since 1970. */
export interface EventRow {
  readonly number: number;
  /** Message id. */
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  /** When it was made. */
  readonly time: number;
  readonly acceptedAt: number;
  readonly traceparent: string | undefined;
  readonly checksum: number;
  /** Undefined when it is not kept any more. */
  readonly bytes: Uint8Array | undefined;
}

/** A delivery that waits for its turn. */
export interface WaitingRow extends DeliveryRow {
  /** Number of its event. */
  readonly event: number;
  /** Size of the event in bytes. */
  readonly size: number;
}

/** What is stored of an event but its body. */
export type EventFacts = Omit<EventRow, "bytes" | "checksum"> & { readonly size: number };

export function listenerOf(row: SqlRow): StoredListener & { readonly isDeleted: boolean } {
  return {
    number: Number(row["number"]),
    id: String(row["id"]),
    createdAt: Number(row["created_at"]),
    updatedAt: Number(row["updated_at"]),
    isDeleted: row["is_deleted"] === 1,
    status: withUndefined(row["status"], ["reason", "brokenSince", "probeAt", "probeMs"]) as unknown as ListenerStatus,
    definition: withUndefined(row["definition"], [
      ...["name", "xquery", "routingKey", "rate"],
    ]) as unknown as ListenerDefinition,
  };
}

export function countsOf(row: SqlRow): KeptCounts {
  return {
    matched: Number(row["matched"]),
    delivered: Number(row["delivered"]),
    failedAttempts: Number(row["failed_attempts"]),
    deadLettered: Number(row["dead_lettered"]),
    filterErrors: Number(row["filter_errors"]),
  };
}

export function countRowOf(listener: number, counts: KeptCounts): SqlValue[] {
  const { matched, delivered, failedAttempts, deadLettered, filterErrors } = counts;
  return [listener, matched, delivered, failedAttempts, deadLettered, filterErrors];
}

export function waitingOf(row: SqlRow): WaitingRow {
  return {
    number: Number(row["number"]),
    event: Number(row["event"]),
    nextAt: Number(row["next_at"]),
    firstAt: numberOf(row["first_at"]),
    failures: Number(row["failures"]),
    attempts: Number(row["attempts"]),
    size: Number(row["size"]),
  };
}

export function eventOf(row: SqlRow): EventRow {
  const bytes = row["bytes"];
  return {
    ...eventFactsOf(row),
    checksum: Number(row["checksum"]),
    bytes: bytes instanceof Uint8Array ? bytes : undefined,
  };
}

export function eventFactsOf(row: SqlRow): EventFacts {
  return {
    number: Number(row["number"]),
    id: String(row["id"]),
    type: String(row["type"]),
    subject: String(row["subject"]),
    time: Number(row["time"]),
    acceptedAt: Number(row["accepted_at"]),
    traceparent: textOf(row["traceparent"]),
    size: Number(row["size"]),
  };
}

export function attemptOf(row: SqlRow): AttemptRow {
  return {
    number: Number(row["number"]),
    startedAt: Number(row["started_at"]),
    endedAt: Number(row["ended_at"]),
    outcome: String(row["outcome"]) as AttemptRow["outcome"],
    status: numberOf(row["status"]),
    excerpt: textOf(row["excerpt"]),
    code: textOf(row["code"]),
    message: textOf(row["message"]),
  };
}

/** What is known of a delivery, but for the names that the rows do not have. */
export function recordOf(
  row: SqlRow,
  names: { readonly id: string; readonly listener: string },
  attempts: readonly AttemptRow[],
): DeliveryRecord {
  const state = DELIVERY_STATES[Number(row["state"])] ?? "waiting";
  return {
    ...names,
    eventId: String(row["event_id"]),
    eventType: String(row["event_type"]),
    subject: String(row["subject"]),
    state,
    acceptedAt: Number(row["accepted_at"]),
    matchedAt: Number(row["matched_at"]),
    attempts,
    nextAttemptAt: state === "waiting" ? Number(row["next_at"]) : undefined,
    reason: textOf(row["reason"]),
    error: textOf(row["error"]),
    redrives: Number(row["redrives"]),
  };
}

function withUndefined(json: SqlValue | undefined, names: readonly string[]): Record<string, unknown> {
  const members = JSON.parse(String(json)) as Record<string, unknown>;
  return { ...Object.fromEntries(names.map((name) => [name, undefined])), ...members };
}

function numberOf(value: SqlValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function textOf(value: SqlValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
