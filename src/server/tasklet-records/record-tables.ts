/** Marks a file as one of records of tasklets: "xqtr". */
export const APPLICATION_ID = 0x7871_7472;

/** Name of the file in the folder of the daemon. */
export const RECORDS_FILE = "tasklets.db";

/** The schema that the tables are in, in PostgreSQL. */
export const SCHEMA = "xqbus_tasklets";

/** See `StorageSetup.migrations`. No tasklet is the empty text, so that a record that is told twice is one. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE tasklet_record (
     id INTEGER PRIMARY KEY AUTOINCREMENT, recorded_at INTEGER NOT NULL, event_id TEXT NOT NULL, consumer TEXT NOT NULL,
     tasklet TEXT NOT NULL, attempt INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, event_type TEXT NOT NULL,
     event_key TEXT NOT NULL, outcome TEXT NOT NULL, error_code TEXT, error_message TEXT,
     UNIQUE (event_id, consumer, tasklet, attempt, started_at)
   );
   CREATE INDEX tasklet_record_at ON tasklet_record (recorded_at);`,
];
