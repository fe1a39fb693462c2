import { XqbusError } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";

/** What a producer is asked to watch. */
export interface ProducerOptions {
  /** Table, with its schema where it needs one: `customers`, `sales.customers`. */
  readonly table: string;
  /** Begins the routing keys. Default: `pylabs.event.sampleapp`. */
  readonly prefix?: string;
  /** What the objects belong to. Default: the name of the database, of SQLite that of the file. */
  readonly domain?: string;
  /** Kind of the objects. Default: the name of the table. */
  readonly model?: string;
  /** Columns that tell one object from the other. Default: the primary key. */
  readonly guidColumns?: readonly string[];
  /** Columns whose values leave the database never, not even into the outbox. */
  readonly mask?: readonly string[];
}

/** A table as a database describes it. */
export interface WatchedTable {
  /** Of PostgreSQL; of SQLite empty. */
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly WatchedColumn[];
  /** The columns of the primary key, in its order. */
  readonly key: readonly string[];
}

/** A column that rows have values in. */
export interface WatchedColumn {
  readonly name: string;
  readonly isBinary: boolean;
}

/** A producer as it is installed. */
export interface ProducerDefinition {
  /** As it was given. */
  readonly table: string;
  readonly prefix: string;
  readonly domain: string;
  readonly model: string;
  readonly guidColumns: readonly string[];
  readonly mask: readonly string[];
}

/** Begins the routing keys where nothing else is said: the key of the PyLabs sample application. */
export const DEFAULT_PREFIX = "pylabs.event.sampleapp";
/** Words of a routing key, which brokers match and put into addresses. */
const WORDS = /^[^\s.*#>,/?\p{Cc}]+(?:\.[^\s.*#>,/?\p{Cc}]+)*$/u;
const MAX_WORDS = 150;

/**
 * The definition with its defaults.
 *
 * @param database the name that is the domain where none is given
 * @throws XqbusError `xqbus:illegal-argument` for a column that is not there, a table without key, a word that no routing key can have
 */
export function definitionOf(options: ProducerOptions, table: WatchedTable, database: string): ProducerDefinition {
  const { prefix = DEFAULT_PREFIX, domain = wordOf(database), model = wordOf(table.name), mask = [] } = options;
  const guidColumns = options.guidColumns ?? table.key;
  if (guidColumns.length === 0) {
    const message = `${options.table} has no primary key: say by --guid-column (guidColumns) which columns tell one row from the other`;
    throw new XqbusError("xqbus:illegal-argument", message);
  }
  const names = table.columns.map(({ name }) => name);
  for (const column of [...guidColumns, ...mask]) {
    if (names.includes(column)) continue;
    const near = nearestName(column, names);
    const hint = near === undefined ? `its columns are ${names.slice(0, 20).join(", ")}` : `did you mean ${near}?`;
    throw new XqbusError("xqbus:illegal-argument", `${options.table} has no column ${column}; ${hint}`);
  }
  const both = guidColumns.find((column) => mask.includes(column));
  if (both !== undefined) {
    const message = `column ${both} cannot be masked: it says which object an event is about; mask another, or choose another --guid-column`;
    throw new XqbusError("xqbus:illegal-argument", message);
  }
  assertWords(prefix, "prefix");
  assertWords(domain, "domain");
  assertWords(model, "model");
  return { table: options.table, prefix, domain, model, guidColumns: [...guidColumns], mask: [...mask] };
}

function assertWords(text: string, option: string): void {
  if (text.length <= MAX_WORDS && WORDS.test(text)) return;
  const message = `${option} must be words with dots between, of at most ${MAX_WORDS} characters, without white space and * # > , / ?, got ${JSON.stringify(text.slice(0, 60))}`;
  throw new XqbusError("xqbus:illegal-argument", message);
}

/** A name as one word of a routing key. */
function wordOf(name: string): string {
  return name.replaceAll(/[\s.*#>,/?\p{Cc}]/gu, "_");
}
