/** Marks a file as a send journal: "xqsj". */
export const APPLICATION_ID = 0x7871_736a;

/**
 * Version n of the tables is made by script n.
 *
 * `entry` holds what is to be sent, in the order of its numbers; `refused` what the broker does not want. The bulky column is the last
 * one, so that the others are read without it.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE bus(domain TEXT NOT NULL);
  CREATE TABLE entry(
    sequence INTEGER PRIMARY KEY, size INTEGER NOT NULL, message_id TEXT NOT NULL, subject TEXT NOT NULL,
    enqueued_at INTEGER NOT NULL, expires_at INTEGER, checksum INTEGER NOT NULL, bytes BLOB NOT NULL
  );
  CREATE TABLE refused(
    id INTEGER PRIMARY KEY, size INTEGER NOT NULL, message_id TEXT NOT NULL, subject TEXT NOT NULL, enqueued_at INTEGER NOT NULL,
    expires_at INTEGER, checksum INTEGER NOT NULL, refused_at INTEGER NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL,
    bytes BLOB NOT NULL
  );
  `,
];

export const DOMAIN = "SELECT domain FROM bus";
export const DOMAIN_INSERT = "INSERT INTO bus(domain) VALUES(?)";

/** How much is there, and the last number that was given. */
export const COUNTS = `SELECT
  (SELECT count(*) FROM entry) AS waiting, (SELECT coalesce(sum(size), 0) FROM entry) AS waiting_bytes,
  (SELECT count(*) FROM refused) AS refused, (SELECT coalesce(sum(size), 0) FROM refused) AS refused_bytes,
  max((SELECT coalesce(max(sequence), 0) FROM entry), (SELECT coalesce(max(id), 0) FROM refused)) AS last`;

export const ENTRY_INSERT =
  "INSERT INTO entry(sequence, size, message_id, subject, enqueued_at, expires_at, checksum, bytes) VALUES(?,?,?,?,?,?,?,?)";
export const ENTRY_DELETE = "DELETE FROM entry WHERE sequence = ?";

/**
 * The next entries in their order: so many at most, and so many bytes, but one at least. Parameters: number after, number after,
 * limit, bytes.
 */
export const ENTRY_PAGE = `SELECT * FROM entry WHERE sequence > ? AND sequence <= (
    SELECT max(sequence) FROM (SELECT sequence, size, sum(size) OVER (ORDER BY sequence) AS total FROM (
      SELECT sequence, size FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?)) WHERE total - size < ?)
  ORDER BY sequence`;

/** An entry that the broker does not want keeps its number. Parameters: time, code, reason, sequence. */
export const REFUSE = `INSERT INTO refused(id, size, message_id, subject, enqueued_at, expires_at, checksum, refused_at, code, reason, bytes)
  SELECT sequence, size, message_id, subject, enqueued_at, expires_at, checksum, ?, ?, ?, bytes FROM entry WHERE sequence = ?`;

/** What was refused, without the messages. Parameters: id after, limit. */
export const REFUSED_PAGE = `SELECT id, size, message_id, subject, enqueued_at, refused_at, code, reason FROM refused
  WHERE id > ? ORDER BY id LIMIT ?`;

/** A refused event is to be sent again, behind all others, whatever its time to live was. Parameters: new number, id. */
export const RETRY = `INSERT INTO entry(sequence, size, message_id, subject, enqueued_at, expires_at, checksum, bytes)
  SELECT ?, size, message_id, subject, enqueued_at, NULL, checksum, bytes FROM refused WHERE id = ?`;
export const REFUSED_DELETE = "DELETE FROM refused WHERE id = ?";

/** Sizes of all refused events, or of those in a JSON array of ids. */
export const REFUSED_SIZES = "SELECT id, size FROM refused";
export const CHOSEN_SIZES: string = `${REFUSED_SIZES} WHERE id IN (SELECT value FROM json_each(?))`;
