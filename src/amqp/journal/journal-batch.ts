import { crc32 } from "node:zlib";
import type { XqbusError } from "../../errors.ts";
import type { SqlValue, SqlWrite } from "../../storage/index.ts";
import type { JournalEntry } from "./journal-entry.ts";
import { ENTRY_DELETE, ENTRY_INSERT, REFUSE, REFUSED_DELETE, RETRY } from "./tables.ts";

/** Tells that something is on disk, or why it is not. */
export type Done = (error: XqbusError | undefined) => void;

/** Why an event is not sent again. */
export interface Refusal {
  /** In ms since 1970. */
  readonly at: number;
  readonly code: string;
  readonly reason: string;
}

/** One change of a journal. */
export type JournalRequest =
  | { readonly kind: "add"; readonly entry: JournalEntry; readonly done: Done }
  | { readonly kind: "remove"; readonly sequence: number }
  | { readonly kind: "refuse"; readonly sequence: number; readonly refusal: Refusal; readonly done: Done }
  | { readonly kind: "retry"; readonly id: number; readonly sequence: number; readonly done: Done }
  | { readonly kind: "delete"; readonly id: number; readonly done: Done };

/** Whether it takes room, and so may be refused when there is none. What makes room waits. */
export function takesRoom({ kind }: JournalRequest): boolean {
  return kind === "add" || kind === "retry";
}

/** Tells whoever asked what became of it. */
export function tell(request: JournalRequest, error: XqbusError | undefined): void {
  if ("done" in request) request.done(error);
}

/** The writes of a transaction; what goes is first, so that there is room for what comes. */
export function writesOf(requests: readonly JournalRequest[]): readonly SqlWrite[] {
  const rows = { refuse: [] as SqlValue[][], remove: [] as SqlValue[][], retry: [] as SqlValue[][] };
  const gone: SqlValue[][] = [];
  const added: SqlValue[][] = [];
  for (const request of requests) {
    switch (request.kind) {
      case "add":
        added.push(rowOf(request.entry));
        break;
      case "refuse": {
        const { at, code, reason } = request.refusal;
        rows.refuse.push([at, code, reason, request.sequence]);
        rows.remove.push([request.sequence]);
        break;
      }
      case "remove":
        rows.remove.push([request.sequence]);
        break;
      case "retry":
        rows.retry.push([request.sequence, request.id]);
        gone.push([request.id]);
        break;
      case "delete":
        gone.push([request.id]);
    }
  }
  return [
    { sql: REFUSE, rows: rows.refuse },
    { sql: ENTRY_DELETE, rows: rows.remove },
    { sql: RETRY, rows: rows.retry },
    { sql: REFUSED_DELETE, rows: gone },
    { sql: ENTRY_INSERT, rows: added },
  ].filter((write) => write.rows.length > 0);
}

/** What finds out that a message is not as it was written. */
export function checksumOf(message: Uint8Array): number {
  return crc32(message);
}

function rowOf({ sequence, messageId, subject, enqueuedAt, expiresAt, message }: JournalEntry): SqlValue[] {
  return [
    ...[sequence, message.length, messageId, subject],
    ...[enqueuedAt, expiresAt ?? null, checksumOf(message), message],
  ];
}
