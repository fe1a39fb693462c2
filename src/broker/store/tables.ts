/** Marks a file as a message store: "xqms". */
export const APPLICATION_ID = 0x7871_6d73;

/** The store's file in its folder. */
export const STORE_FILE = "messages.db";

/**
 * Version n of the tables is made by script n.
 *
 * `entry` is a message's place in a queue. Its key is the order in which a queue is read. Bodies are rows of `message`; an
 * entry that shares its body says so, and only such entries are in the index that tells when the body can go.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE queue(
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, settings TEXT NOT NULL, checksum INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL, messages INTEGER NOT NULL, UNIQUE(kind, name)
  );
  CREATE TABLE message(id INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE TABLE entry(
    queue INTEGER NOT NULL, priority INTEGER NOT NULL, sequence INTEGER NOT NULL, message INTEGER NOT NULL,
    shared INTEGER NOT NULL, arrived_at INTEGER NOT NULL, expires_at INTEGER, deliver_at INTEGER, size INTEGER NOT NULL,
    failures INTEGER NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY(queue, priority, sequence)
  ) WITHOUT ROWID;
  CREATE INDEX shared_entry ON entry(message) WHERE shared = 1;
  CREATE INDEX expiring_entry ON entry(queue, expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX delayed_entry ON entry(queue) WHERE deliver_at IS NOT NULL;
  CREATE TABLE damaged(
    id INTEGER PRIMARY KEY, found_at INTEGER NOT NULL, reason TEXT NOT NULL, queue TEXT NOT NULL, priority INTEGER,
    sequence INTEGER, message INTEGER, arrived_at INTEGER, expires_at INTEGER, deliver_at INTEGER, failures INTEGER, bytes BLOB
  );
  `,
];

/** The columns of an entry. */
const ENTRY_COLUMNS =
  "queue, priority, sequence, message, shared, arrived_at, expires_at, deliver_at, size, failures, checksum";

const PAGE_COLUMNS =
  "priority, sequence, message, shared, arrived_at, expires_at, deliver_at, size, failures, e.checksum AS entry_checksum, " +
  "m.checksum AS message_checksum, bytes";

export const ENTRY_INSERT: string = `INSERT INTO entry(${ENTRY_COLUMNS}) VALUES(?,?,?,?,?,?,?,?,?,?,?)`;
export const MESSAGE_INSERT = "INSERT INTO message(id, checksum, bytes) VALUES(?,?,?)";
export const QUEUE_UPSERT: string =
  "INSERT INTO queue(id, kind, name, settings, checksum, last_sequence, messages) VALUES(?,?,?,?,?,0,0) " +
  "ON CONFLICT(id) DO UPDATE SET settings = excluded.settings, checksum = excluded.checksum";
export const QUEUE_COUNTS = "UPDATE queue SET last_sequence = ?, messages = ? WHERE id = ?";
export const FAILURES_UPDATE =
  "UPDATE entry SET failures = ?, checksum = ? WHERE queue = ? AND priority = ? AND sequence = ?";
export const ENTRY_DELETE = "DELETE FROM entry WHERE queue = ? AND priority = ? AND sequence = ?";
export const MESSAGE_DELETE = "DELETE FROM message WHERE id = ?";
/** To be run after the entry is gone. */
export const SHARED_MESSAGE_DELETE =
  "DELETE FROM message WHERE id = ? AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.message = message.id AND shared = 1)";

/** Drivers number anonymous parameters only, so that one which is used twice has to have a name in the statement. */
const RANGE = "WITH r(queue, priority, after, last) AS (VALUES(?,?,?,?))";
const IN_RANGE =
  "e.queue = r.queue AND e.priority = r.priority AND e.sequence > r.after AND e.sequence <= r.last AND e.deliver_at IS NULL";

/** What a range of a lane has, bodies first. Parameters: queue, priority, sequence after and up to. */
export const RANGE_DELETES: readonly string[] = [
  `${RANGE} DELETE FROM message WHERE id IN (SELECT message FROM r, entry e WHERE ${IN_RANGE} AND shared = 0)`,
  `${RANGE} DELETE FROM message WHERE id IN (SELECT message FROM r, entry e WHERE ${IN_RANGE} AND shared = 1)
    AND NOT EXISTS (SELECT 1 FROM r, entry e WHERE e.message = message.id AND shared = 1 AND NOT (${IN_RANGE}))`,
  `${RANGE} DELETE FROM entry WHERE (queue, priority, sequence) IN
    (SELECT e.queue, e.priority, e.sequence FROM r, entry e WHERE ${IN_RANGE})`,
];

/** What a queue has, likewise, and the queue. Parameter: its id. */
export const QUEUE_DELETES: readonly string[] = [
  "DELETE FROM message WHERE id IN (SELECT message FROM entry WHERE queue = ? AND shared = 0)",
  `WITH q(id) AS (VALUES(?))
    DELETE FROM message WHERE id IN (SELECT message FROM q, entry WHERE queue = q.id AND shared = 1)
    AND NOT EXISTS (SELECT 1 FROM q, entry e WHERE e.message = message.id AND shared = 1 AND queue <> q.id)`,
  "DELETE FROM entry WHERE queue = ?",
  "DELETE FROM queue WHERE id = ?",
];

/** Rows of a lane with their bodies. Parameters: queue, priority, sequence after and up to, limit. */
export const PAGE: string = `SELECT ${PAGE_COLUMNS} FROM entry e LEFT JOIN message m ON m.id = e.message
  WHERE queue = ? AND priority = ? AND sequence > ? AND sequence <= ? AND deliver_at IS NULL ORDER BY sequence LIMIT ?`;
/** Those whose time to live is over; the time goes before the limit. */
export const EXPIRED_PAGE: string = `SELECT ${PAGE_COLUMNS} FROM entry e LEFT JOIN message m ON m.id = e.message
  WHERE queue = ? AND priority = ? AND sequence > ? AND sequence <= ? AND deliver_at IS NULL AND expires_at <= ? LIMIT ?`;
/** Those that wait for their time. Parameters: queue, sequence, limit. */
export const DELAYED_PAGE: string = `SELECT ${PAGE_COLUMNS} FROM entry e LEFT JOIN message m ON m.id = e.message
  WHERE queue = ? AND deliver_at IS NOT NULL AND sequence > ? ORDER BY sequence LIMIT ?`;
/** The next end of a time to live in a queue. Parameters: queue, time. */
export const NEXT_EXPIRY = "SELECT min(expires_at) AS value FROM entry WHERE queue = ? AND expires_at > ?";
/** The lanes of a queue. Parameter: queue. */
export const LANES: string = `SELECT priority, count(*) AS messages, sum(size) AS bytes, max(sequence) AS last,
  min(arrived_at) AS oldest, min(expires_at) AS expiry
  FROM entry WHERE queue = ? AND deliver_at IS NULL GROUP BY priority ORDER BY priority DESC`;
/** Keeps a damaged row apart with what there is of it. Parameters: time, reason, name of the queue, queue, priority, sequence. */
export const SET_ASIDE: string = `INSERT INTO damaged(found_at, reason, queue, priority, sequence, message, arrived_at, expires_at, deliver_at,
  failures, bytes) SELECT ?, ?, ?, priority, sequence, message, arrived_at, expires_at, deliver_at, failures,
  (SELECT m.bytes FROM message m WHERE m.id = entry.message) FROM entry WHERE queue = ? AND priority = ? AND sequence = ?`;
