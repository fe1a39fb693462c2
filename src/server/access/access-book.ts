import type { ApiKey, AuditEntry, AuditQuery } from "../api-client/index.ts";
import type { SecretHash } from "./key-secret.ts";

/** An API key as it is kept. */
export interface KeptKey extends ApiKey, SecretHash {}

/** A line of the audit log without number and time. */
export type AuditNote = Omit<AuditEntry, "id" | "at">;

/** Where keys and the audit log are kept: a file, or memory. */
export interface AccessBook {
  /** What signs tokens; made when the book was. */
  readonly signingKey: Uint8Array;
  /** As they are in the book now. */
  keys(): Promise<readonly KeptKey[]>;
  addKey(key: KeptKey): Promise<void>;
  /** Adds a key where there is none, whoever asks at the same time. @returns whether it was added */
  addFirstKey(key: KeptKey): Promise<boolean>;
  deleteKey(id: string): Promise<void>;
  addAudit(entry: Omit<AuditEntry, "id">): Promise<void>;
  /** The latest first. */
  audit(query: Required<Pick<AuditQuery, "limit">> & AuditQuery): Promise<readonly AuditEntry[]>;
  /** Deletes what is older than `before`, and the oldest beyond `maxEntries`. */
  tidyAudit(before: number, maxEntries: number): Promise<void>;
  close(): Promise<void>;
}
