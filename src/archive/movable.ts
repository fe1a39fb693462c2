import type { MovableTables } from "../database/index.ts";
import { Archive } from "./archive.ts";
import { ARCHIVE_MIGRATIONS } from "./migrations.ts";

/** Archived events, which keep their numbers: an archive that has others already is not mixed with them. */
export const ARCHIVE_TABLES: MovableTables = {
  ...{ title: "archived events", file: "archive.db" },
  madeBy: ARCHIVE_MIGRATIONS,
  tables: [
    { name: "archive_kind", key: ["id"] },
    { name: "archive_event", key: ["id"], pageRows: 50 },
    { name: "archive_field", key: ["event", "name"] },
    { name: "archive_mark", key: ["name"] },
  ],
  agreements: [
    { table: "archive_kind", by: ["id"], same: ["name", "namespace", "type", "fingerprint", "sensitive_key"] },
    { table: "archive_event", by: ["id"], same: ["message_id"], rows: 1 },
  ],
  make: async (url) => (await Archive.open(url)).close(),
};
