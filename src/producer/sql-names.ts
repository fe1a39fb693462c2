import { createHash } from "node:crypto";

/** The tables that producers add to a database; `uninstall` drops them. */
export const OUTBOX = "xqbus_outbox";
export const PRODUCERS = "xqbus_producer";
/** Of SQLite only: which relay works. */
export const RELAY_LEASE = "xqbus_relay";

/** An identifier of SQL. */
export function quotedName(...parts: readonly string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join(".");
}

/** A text of SQL. PostgreSQL reads it so with `standard_conforming_strings`, which is its default. */
export function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What no second table has in its names, however long that is. */
export function shortName(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
