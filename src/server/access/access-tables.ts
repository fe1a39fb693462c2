/** Marks a file as one of API keys and audit log: "xqac". */
export const APPLICATION_ID = 0x7871_6163;

/** Name of the file in the folder of the daemon. */
export const ACCESS_FILE = "access.db";

/** See `StorageSetup.migrations`. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
   CREATE TABLE api_key (
     id TEXT PRIMARY KEY, name TEXT NOT NULL, scopes TEXT NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL, created_at INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE audit (
     id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL,
     outcome TEXT NOT NULL, details TEXT NOT NULL
   );
   CREATE INDEX audit_at ON audit (at);`,
];
