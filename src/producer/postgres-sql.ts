import type { ProducerDefinition, WatchedTable } from "./producer-definition.ts";
import { OUTBOX, PRODUCERS, quotedName, quotedText } from "./sql-names.ts";

/** What relays listen to. */
export const OUTBOX_CHANNEL = "xqbus_outbox";

const CHANGE = "xqbus_change";
const RECORD = "xqbus_record";
const SIGNAL = "xqbus_signal";

/** Whatever a session has set, values look the same; and no object of another schema is taken for one of PostgreSQL's. */
const SETTINGS =
  "SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'iso_8601' SET bytea_output = 'hex' SET extra_float_digits = 1";

/** What makes the outbox; done again it changes nothing. @param schema that it is in */
export function postgresOutbox(schema: string): readonly string[] {
  const outbox = quotedName(schema, OUTBOX);
  const record = quotedName(schema, RECORD);
  const change = quotedName(schema, CHANGE);
  const signal = quotedName(schema, SIGNAL);
  return [
    `CREATE TABLE IF NOT EXISTS ${outbox}(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, message_id text NOT NULL, routing_key text, kind text NOT NULL, body text NOT NULL, made_at text NOT NULL DEFAULT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), reason text)`,
    `CREATE TABLE IF NOT EXISTS ${quotedName(schema, PRODUCERS)}(table_name text PRIMARY KEY, definition text NOT NULL)`,
    `CREATE OR REPLACE FUNCTION ${signal}() RETURNS trigger LANGUAGE plpgsql AS $xqbus$
BEGIN
  PERFORM pg_notify('${OUTBOX_CHANNEL}', '');
  RETURN NULL;
END $xqbus$`,
    `DROP TRIGGER IF EXISTS xqbus_signal ON ${outbox}`,
    `CREATE TRIGGER xqbus_signal AFTER INSERT ON ${outbox} FOR EACH STATEMENT EXECUTE FUNCTION ${signal}()`,
    recordFunction(record, outbox),
    `REVOKE ALL ON FUNCTION ${record}(text, json, json, text[]) FROM PUBLIC`,
    changeFunction(change, record),
    `REVOKE ALL ON FUNCTION ${change}() FROM PUBLIC`,
  ];
}

/** Lets nobody add to it until the transaction ends. */
export function lockPostgresOutbox(schema: string): readonly string[] {
  return [`LOCK TABLE ${quotedName(schema, OUTBOX)} IN ACCESS EXCLUSIVE MODE`];
}

/** Takes it away again, with every trigger that is left. */
export function withoutPostgresOutbox(schema: string): readonly string[] {
  return [
    `DROP FUNCTION IF EXISTS ${quotedName(schema, CHANGE)}() CASCADE`,
    `DROP FUNCTION IF EXISTS ${quotedName(schema, RECORD)}(text, json, json, text[])`,
    `DROP TABLE IF EXISTS ${quotedName(schema, OUTBOX)}`,
    `DROP FUNCTION IF EXISTS ${quotedName(schema, SIGNAL)}()`,
    `DROP TABLE IF EXISTS ${quotedName(schema, PRODUCERS)}`,
  ];
}

/** The triggers of a table, in place of those that were there. */
export function postgresTriggers(
  schema: string,
  table: WatchedTable,
  definition: ProducerDefinition,
): readonly string[] {
  const { prefix, domain, model, guidColumns, mask } = definition;
  const binary = table.columns.filter(({ isBinary }) => isBinary).map(({ name }) => name);
  const known = mask.length === 0 ? [] : table.columns.map(({ name }) => name);
  const texts = [prefix, domain, model, ...[guidColumns, mask, binary, known].map((names) => JSON.stringify(names))];
  const call = `${quotedName(schema, CHANGE)}(${texts.map(quotedText).join(", ")})`;
  const on = quotedName(table.schema, table.name);
  return [
    ...withoutPostgresTriggers(table),
    `CREATE TRIGGER xqbus_change AFTER INSERT OR UPDATE OR DELETE ON ${on} FOR EACH ROW EXECUTE FUNCTION ${call}`,
    `CREATE TRIGGER xqbus_truncate BEFORE TRUNCATE ON ${on} FOR EACH STATEMENT EXECUTE FUNCTION ${call}`,
  ];
}

/** Drops the triggers of a table. */
export function withoutPostgresTriggers({ schema, name }: Pick<WatchedTable, "schema" | "name">): readonly string[] {
  const on = quotedName(schema, name);
  return ["xqbus_change", "xqbus_truncate"].map((trigger) => `DROP TRIGGER IF EXISTS ${trigger} ON ${on}`);
}

/**
 * Adds the row of one change. Rows are read as JSON, so that no change of the table's columns breaks what writes to it. Where columns are
 * masked, one that nobody knew when the producer was installed is masked as well: it may be one of those, under another name.
 */
function recordFunction(name: string, outbox: string): string {
  return `CREATE OR REPLACE FUNCTION ${name}(kind text, o json, n json, args text[]) RETURNS void LANGUAGE plpgsql ${SETTINGS} AS $xqbus$
DECLARE
  mask text[] := ARRAY(SELECT json_array_elements_text(args[5]::json));
  binaries text[] := ARRAY(SELECT json_array_elements_text(args[6]::json));
  known text[] := ARRAY(SELECT json_array_elements_text(args[7]::json));
  changes json;
  guid json;
  old_guid json;
BEGIN
  SELECT json_object_agg(c.key, CASE
      WHEN c.key = ANY(mask) OR known <> '{}' AND c.key <> ALL(known) THEN '"masked"'::json
      WHEN kind = 'store' THEN json_build_array(c.new)
      WHEN kind = 'delete' THEN json_build_array(c.old)
      ELSE json_build_array(1, c.old, c.new) END ORDER BY c.place)
    INTO changes
    FROM (
      SELECT coalesce(a.key, b.key) AS key, coalesce(b.place, a.place) AS place,
        CASE WHEN coalesce(a.key, b.key) = ANY(binaries) THEN 'b' || substr(a.value, 3) ELSE 't' || a.value END AS old,
        CASE WHEN coalesce(a.key, b.key) = ANY(binaries) THEN 'b' || substr(b.value, 3) ELSE 't' || b.value END AS new
      FROM json_each_text(o) WITH ORDINALITY AS a(key, value, place)
      FULL JOIN json_each_text(n) WITH ORDINALITY AS b(key, value, place) ON a.key = b.key
      WHERE kind <> 'update' OR a.value COLLATE "C" IS DISTINCT FROM b.value COLLATE "C"
    ) AS c;
  IF changes IS NULL AND kind = 'update' THEN
    RETURN;
  END IF;
  SELECT json_agg(CASE WHEN g.key = ANY(binaries) THEN 'b' || substr(coalesce(n, o) ->> g.key, 3) ELSE 't' || (coalesce(n, o) ->> g.key) END ORDER BY g.place),
      json_agg(CASE WHEN g.key = ANY(binaries) THEN 'b' || substr(o ->> g.key, 3) ELSE 't' || (o ->> g.key) END ORDER BY g.place)
    INTO guid, old_guid
    FROM json_array_elements_text(args[4]::json) WITH ORDINALITY AS g(key, place);
  INSERT INTO ${outbox}(message_id, routing_key, kind, body) VALUES (
    gen_random_uuid()::text,
    args[1] || '.osis.' || kind || '.' || args[2] || '.' || args[3],
    kind,
    json_build_object('d', args[2], 'm', args[3], 'g', guid, 'o', CASE WHEN kind = 'update' THEN old_guid END, 'c', json_build_array(coalesce(changes, '{}'::json)))::text
  );
END $xqbus$`;
}

/** The trigger. It runs with the rights of who installed it: who writes to the table needs none on the outbox. */
function changeFunction(name: string, record: string): string {
  return `CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER ${SETTINGS} AS $xqbus$
DECLARE
  args text[];
  gone json;
  part text := '';
BEGIN
  args := ARRAY[TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], TG_ARGV[3], TG_ARGV[4], TG_ARGV[5], TG_ARGV[6]];
  IF TG_OP = 'INSERT' THEN
    PERFORM ${record}('store', NULL, to_json(NEW), args);
  ELSIF TG_OP = 'UPDATE' THEN
    PERFORM ${record}('update', to_json(OLD), to_json(NEW), args);
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM ${record}('delete', to_json(OLD), NULL, args);
  ELSE
    IF (SELECT relkind FROM pg_class WHERE oid = TG_RELID) = 'r' THEN
      part := 'ONLY';
    END IF;
    FOR gone IN EXECUTE format('SELECT to_json(t) FROM %s %I.%I AS t', part, TG_TABLE_SCHEMA, TG_TABLE_NAME) LOOP
      PERFORM ${record}('delete', gone, NULL, args);
    END LOOP;
  END IF;
  RETURN NULL;
END $xqbus$`;
}
