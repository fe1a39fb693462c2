/** Marks a file as the store of listeners: "xqls". */
export const APPLICATION_ID = 0x7871_6c73;

/** The states of a delivery as they are stored: their place in this list. */
export const DELIVERY_STATES = ["waiting", "delivered", "dead", "deleted"] as const;
export const WAITING = 0;
export const DELIVERED = 1;
export const DEAD = 2;
export const DELETED = 3;

/**
 * Version n of the tables is made by script n.
 *
 * Numbers of events and deliveries grow with the time (`object-id.ts`), so that old rows are found by them. What waits is a small index
 * of its own (`due`), as are dead letters and the events that still have their bodies. The bulky column is the last one.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE store(tail TEXT NOT NULL);
  CREATE TABLE listener(
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    is_deleted INTEGER NOT NULL, status TEXT NOT NULL, definition TEXT NOT NULL
  );
  CREATE TABLE event(
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, checksum INTEGER NOT NULL, size INTEGER NOT NULL, type TEXT NOT NULL,
    subject TEXT NOT NULL, time INTEGER NOT NULL, accepted_at INTEGER NOT NULL, traceparent TEXT, bytes BLOB,
    UNIQUE(id, checksum)
  );
  CREATE INDEX body ON event(number) WHERE bytes IS NOT NULL;
  CREATE TABLE delivery(
    number INTEGER PRIMARY KEY, listener INTEGER NOT NULL, event INTEGER NOT NULL, state INTEGER NOT NULL,
    matched_at INTEGER NOT NULL, next_at INTEGER NOT NULL, first_at INTEGER, failures INTEGER NOT NULL, attempts INTEGER NOT NULL,
    redrives INTEGER NOT NULL, reason TEXT, error TEXT,
    UNIQUE(event, listener)
  );
  CREATE INDEX due ON delivery(listener, next_at, number) WHERE state = ${WAITING};
  CREATE INDEX of_listener ON delivery(listener, number);
  CREATE INDEX dead ON delivery(number) WHERE state = ${DEAD};
  CREATE TABLE attempt(
    delivery INTEGER NOT NULL, number INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, outcome TEXT NOT NULL,
    status INTEGER, excerpt TEXT, code TEXT, message TEXT, PRIMARY KEY(delivery, number)
  ) WITHOUT ROWID;
  `,
  // Apart from the definitions: small rows, which all processes change again and again.
  `
  CREATE TABLE listener_count(
    listener INTEGER PRIMARY KEY, matched INTEGER NOT NULL, delivered INTEGER NOT NULL, failed_attempts INTEGER NOT NULL,
    dead_lettered INTEGER NOT NULL, filter_errors INTEGER NOT NULL
  );
  `,
];

/** What a JSON array holds, in words of SQLite that can be turned into those of PostgreSQL (`statement.ts`). */
const NUMBERS = "(SELECT CAST(value AS BIGINT) FROM json_each(?))";
export const TEXTS = "(SELECT CAST(value AS TEXT) FROM json_each(?))";

export const TAIL = "SELECT tail FROM store";
export const TAIL_INSERT = "INSERT INTO store(tail) VALUES(?)";
export const LAST_NUMBERS = `SELECT (SELECT max(number) FROM listener) AS listener, (SELECT max(number) FROM event) AS event,
  (SELECT max(number) FROM delivery) AS delivery`;

export const LISTENERS = "SELECT * FROM listener ORDER BY number";
export const LISTENER_INSERT =
  "INSERT INTO listener(number, id, created_at, updated_at, is_deleted, status, definition) VALUES(?,?,?,?,0,?,?)";
export const LISTENER_UPDATE = "UPDATE listener SET updated_at = ?, definition = ? WHERE number = ?";
export const LISTENER_STATUS = "UPDATE listener SET status = ? WHERE number = ?";
/** What a listener does by itself does not undo what somebody wanted meanwhile. */
export const LISTENER_OWN_STATUS = `UPDATE listener SET status = ? WHERE number = ?
  AND status NOT LIKE '{"state":"paused"%' AND status NOT LIKE '{"state":"disabled"%'`;
export const LISTENER_MARK_DELETED = "UPDATE listener SET is_deleted = 1 WHERE number = ?";
export const LISTENER_DELETE = "DELETE FROM listener WHERE number = ?";

export const COUNTS = "SELECT * FROM listener_count";
/** Several processes add to the same rows: in the order of listeners, so that none waits for one that waits for it. */
export const COUNT_ADD = `INSERT INTO listener_count(listener, matched, delivered, failed_attempts, dead_lettered, filter_errors)
  VALUES(?,?,?,?,?,?) ON CONFLICT(listener) DO UPDATE SET matched = listener_count.matched + excluded.matched,
  delivered = listener_count.delivered + excluded.delivered, failed_attempts = listener_count.failed_attempts + excluded.failed_attempts,
  dead_lettered = listener_count.dead_lettered + excluded.dead_lettered, filter_errors = listener_count.filter_errors + excluded.filter_errors`;
/** Counts of listeners that are gone; a process that did not know it yet may have added to them since. */
export const COUNT_FORGET =
  "DELETE FROM listener_count WHERE NOT EXISTS (SELECT 1 FROM listener WHERE listener.number = listener_count.listener)";

/** Bytes of the file that are in use. */
export const USED_BYTES = `SELECT (page_count - freelist_count) * page_size AS bytes
  FROM pragma_page_count, pragma_freelist_count, pragma_page_size`;

/** How many deliveries of each listener wait, and the number of the oldest of them. */
export const WAITING_COUNTS: string = `SELECT listener, count(*) AS waiting, min(number) AS oldest FROM delivery WHERE state = ${WAITING} GROUP BY listener`;

/** What is there of events already. Parameter: JSON array of ids. */
export const KNOWN_EVENTS: string = `SELECT e.number, e.id, e.checksum, d.listener FROM event e LEFT JOIN delivery d ON d.event = e.number
  WHERE e.id IN ${TEXTS}`;
export const EVENT_INSERT = `INSERT INTO event(number, id, checksum, size, type, subject, time, accepted_at, traceparent, bytes)
  VALUES(?,?,?,?,?,?,?,?,?,?)`;
/** An event that comes again: its body may be gone already, or all of it may be going now, which this waits for. */
export const EVENT_AGAIN: string = `${EVENT_INSERT} ON CONFLICT(number) DO UPDATE SET bytes = coalesce(event.bytes, excluded.bytes)`;
export const DELIVERY_INSERT = `INSERT INTO delivery(number, listener, event, state, matched_at, next_at, first_at, failures, attempts, redrives,
  reason, error) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)`;
export const ATTEMPT_INSERT = `INSERT INTO attempt(delivery, number, started_at, ended_at, outcome, status, excerpt, code, message)
  VALUES(?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING`;
export const ATTEMPT_DELETE = "DELETE FROM attempt WHERE delivery = ? AND number = ?";
/** Of several processes the one that was too slow, and lost its lease, changes nothing any more. */
export const OUTCOME: string = `UPDATE delivery SET state = ?, next_at = ?, first_at = ?, failures = ?, attempts = ?, reason = ?, error = ?
  WHERE number = ? AND state = ${WAITING}`;
/** Makes a delivery due again. Parameters: time, number. */
export const REDRIVE: string = `UPDATE delivery SET state = ${WAITING}, next_at = ?, first_at = NULL, failures = 0, reason = NULL, error = NULL,
  redrives = redrives + 1 WHERE number = ?`;

/** Those of a listener that wait, in the order in which they are due. Parameters: listener, limit. */
export const DUE: string = `SELECT d.number, d.event, d.next_at, d.first_at, d.failures, d.attempts, coalesce(e.size, 0) AS size
  FROM delivery d LEFT JOIN event e ON e.number = d.event
  WHERE d.listener = ? AND d.state = ${WAITING} ORDER BY d.next_at, d.number LIMIT ?`;
/** Events with their bodies. Parameter: JSON array of numbers. */
export const EVENTS: string = `SELECT * FROM event WHERE number IN ${NUMBERS}`;

const RECORD = `SELECT d.*, e.id AS event_id, e.type AS event_type, e.subject, e.accepted_at FROM delivery d JOIN event e ON e.number = d.event`;
/** The deliveries of an event, the first first. */
export const RECORDS_OF_EVENT: string = `${RECORD} WHERE d.event = ? ORDER BY d.number`;
export const RECORD_OF_DELIVERY: string = `${RECORD} WHERE d.number = ?`;
/** The beginning of a query that is made of what is asked for. */
export const RECORDS: string = RECORD;
/** Parameter: JSON array of numbers of deliveries. */
export const ATTEMPTS: string = `SELECT * FROM attempt WHERE delivery IN ${NUMBERS} ORDER BY delivery, number`;
/** The latest event of an id, without its body. */
export const EVENT_OF_ID = `SELECT number, id, size, type, subject, time, accepted_at, traceparent FROM event WHERE id = ?
  ORDER BY number DESC LIMIT 1`;
export const BODY_OF_DELIVERY =
  "SELECT e.checksum, e.bytes FROM delivery d JOIN event e ON e.number = d.event WHERE d.number = ?";

/** Dead letters in a JSON array of numbers. */
export const DEAD_AMONG: string = `SELECT number, event FROM delivery WHERE state = ${DEAD} AND number IN ${NUMBERS}`;
export const MARK_DELETED: string = `UPDATE delivery SET state = ${DELETED} WHERE number = ? AND state = ${DEAD}`;
/** The body of an event that nobody needs any more. */
export const DROP_BODY: string = `UPDATE event SET bytes = NULL WHERE number = ? AND bytes IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM delivery WHERE delivery.event = event.number AND state IN (${WAITING}, ${DEAD}))`;

/** Deliveries that may be old enough to go. Parameters: number after, number before, limit. */
export const OLD_DELIVERIES = `SELECT number, event, state FROM delivery WHERE number > ? AND number < ? ORDER BY number LIMIT ?`;
/** What is done, the oldest first. Parameters: number after, limit. */
export const OLDEST_DONE: string = `SELECT number, event FROM delivery WHERE number > ? AND state IN (${DELIVERED}, ${DELETED})
  ORDER BY number LIMIT ?`;
/** Events that may have bodies that nobody needs. Parameters: number after, number before, limit. */
export const OLD_BODIES = `SELECT number FROM event WHERE bytes IS NOT NULL AND number > ? AND number < ? ORDER BY number LIMIT ?`;
/** Parameters: listener, limit. */
export const DELIVERIES_OF_LISTENER = "SELECT number, event FROM delivery WHERE listener = ? LIMIT ?";
/** What is done; who has redriven it meanwhile needs it. */
export const FORGET_DONE: string = `DELETE FROM delivery WHERE number = ? AND state <> ${WAITING}`;
export const FORGET_DELIVERY = "DELETE FROM delivery WHERE number = ?";
export const FORGET_ATTEMPTS =
  "DELETE FROM attempt WHERE delivery = ? AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.number = attempt.delivery)";
/**
 * Keeps other processes from storing deliveries of an event, and waits for those that are doing it: the next statement sees what they
 * stored. PostgreSQL looks at deliveries as of when a statement begins, even if it had to wait for the event.
 */
export const HOLD_EVENT = "UPDATE event SET size = size WHERE number = ?";
export const FORGET_EVENT =
  "DELETE FROM event WHERE number = ? AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.event = event.number)";
