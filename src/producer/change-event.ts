import { XqbusError } from "../errors.ts";
import { Event, EventMaker, type MakerObject, type VocabularySource } from "../event/index.ts";
import type { ChangeBody, ColumnChange, OutboxKind, OutboxRow } from "./outbox-row.ts";

/** Event types of changes. */
export const CHANGE_EVENTS: readonly string[] = ["ObjectStored", "ObjectUpdated", "ObjectDeleted"];

const NAMES: Readonly<Record<Exclude<OutboxKind, "event">, string>> = {
  store: "ObjectStored",
  update: "ObjectUpdated",
  delete: "ObjectDeleted",
};

/**
 * Makes events of rows of an outbox.
 *
 * @param catalog has the event types of changes
 */
export function eventOfRow(row: OutboxRow, catalog: VocabularySource): Event {
  if (row.body === null) {
    throw new XqbusError(
      "xqbus:limit-exceeded",
      `the row has ${row.size} characters, which is more than an event may have`,
    );
  }
  if (row.kind === "event") return Event.parse(row.body);
  const { d: domain, m: model, g: guid, o: oldGuid, c: columns } = JSON.parse(row.body) as ChangeBody;
  const made = EventMaker<string>(catalog);
  const before = oldGuid === undefined || oldGuid === null ? undefined : guidOf(oldGuid);
  const now = guidOf(guid ?? []);
  const content: MakerObject = {
    ...{ Domain: domain, Model: model, Guid: now },
    ...(before === undefined || before["#text"] === now["#text"] ? {} : { OldGuid: before }),
    Time: row.made_at,
    Column: columns.flatMap((portion) =>
      Object.entries(portion).flatMap(([name, change]) => columnOf(row.kind, name, change)),
    ),
  };
  return made.Event(made.element(NAMES[row.kind], content));
}

/** None where the column is as it was. */
function columnOf(kind: OutboxKind, name: string, change: ColumnChange): readonly MakerObject[] {
  if (change === null) return [];
  if (change === "masked") return [{ "@name": name, "@masked": true }];
  const [first = null, old = null, now = null] = change;
  if (kind === "store") return [{ "@name": name, New: valueOf(first) }];
  if (kind === "delete") return [{ "@name": name, Old: valueOf(first) }];
  return first === 1 ? [{ "@name": name, Old: valueOf(old), New: valueOf(now) }] : [];
}

function valueOf(cell: string | number | null): MakerObject {
  if (cell === null) return { "@null": true };
  const value = String(cell);
  return value.startsWith("b") ? base64(Buffer.from(value.slice(1), "hex")) : textOrBase64(value.slice(1));
}

/** Of several columns the values with a slash between; a slash in a value is `%2F` then, a percent sign `%25`. */
function guidOf(cells: readonly (string | null)[]): MakerObject {
  const [only = null] = cells;
  if (cells.length === 1) return only === null ? { "#text": "" } : valueOf(only);
  const parts = cells.map((cell) => {
    const text = cell === null ? "" : cell.startsWith("b") ? cell.slice(1).toLowerCase() : cell.slice(1);
    return text.replaceAll("%", "%25").replaceAll("/", "%2F");
  });
  return textOrBase64(parts.join("/"));
}

/** Text as it is where XML has all of its characters (XML 1.0, section 2.2), and no line end would become another. */
function textOrBase64(text: string): MakerObject {
  return NOT_IN_XML.test(text) ? base64(Buffer.from(text)) : { "#text": text };
}

const NOT_IN_XML = /[^\t\n\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

function base64(bytes: Buffer): MakerObject {
  return { "@encoding": "base64", "#text": bytes.toString("base64") };
}
