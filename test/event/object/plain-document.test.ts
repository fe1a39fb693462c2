import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  EventMaker,
  eventTypeOf,
  fromObject,
  hasPlainPath,
  maskSensitive,
  plainPathsOf,
  toJson,
  toPlainDocument,
  type Event,
} from "../../../src/event/index.ts";
import { loadCatalog, type Catalog } from "../../../src/schema/index.ts";
import { SHARED_FOLDER, describeWith, sharedFolder } from "../../helpers/requirements.ts";
import { catalogOfType, read, throughJson } from "./harness.ts";

const SCHEMAS = join(import.meta.dirname, "../../../schemas/events");

const sequence = (fields: string, rest = ""): string =>
  `<xs:complexType><xs:sequence>${fields}</xs:sequence>${rest}</xs:complexType>`;
const field = (name: string, type: string, rest = ""): string => `<xs:element name="${name}" type="${type}" ${rest}/>`;
const ANY = `<xs:any namespace="##any" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>`;
const UNIT = `<xs:element name="v" minOccurs="0"><xs:complexType><xs:simpleContent><xs:extension base="xs:int">
  <xs:attribute name="unit" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>`;
const FREE = "<xs:element name='v' minOccurs='0'/>";
const ENTRIES = `<xs:element name="entry" type="e:Entry" minOccurs="0" maxOccurs="unbounded"/>`;
const MAP = sequence(ENTRIES);
const KEY = `<xs:attribute name="key" type="xs:string" use="required"/>`;
const VALUE = `<xs:attribute name="value" type="xs:string"/>`;
/** An entry of a map, with this content and these attributes. */
const entry = (content = ENTRIES, attributes = KEY + VALUE): string =>
  sequence(content, attributes).replace("<xs:complexType>", '<xs:complexType name="Entry">');

/** title, type of T, content of T, payload, and the components beside T. */
type Row = readonly [title: string, type: string, markup: string, payload: unknown, more?: string];

const ROWS: readonly Row[] = [
  ["a value", sequence(field("v", "xs:int")), "<T><v>1</v></T>", { v: 1 }],
  ["null for a field that is left out", sequence(field("v", "xs:int", 'minOccurs="0"')), "<T/>", { v: null }],
  [
    "null for a field that is nil",
    sequence(field("v", "xs:int", 'nillable="true"')),
    '<T><v xsi:nil="true"/></T>',
    { v: null },
  ],
  [
    "null for what a choice did not choose",
    "<xs:complexType><xs:choice><xs:element name='a' type='xs:int'/><xs:element name='b' type='xs:int'/></xs:choice></xs:complexType>",
    "<T><b>1</b></T>",
    { a: null, b: 1 },
  ],
  [
    "an empty array for a repeated field without values",
    sequence(field("v", "xs:int", 'minOccurs="0" maxOccurs="9"')),
    "<T/>",
    { v: [] },
  ],
  [
    "an array of one for a repeated field with one value",
    sequence(field("v", "xs:int", 'maxOccurs="9"')),
    "<T><v>1</v></T>",
    { v: [1] },
  ],
  [
    "fields of fields",
    sequence(field("v", "e:In", 'maxOccurs="9"')),
    "<T><v><b>1</b></v><v/></T>",
    {
      v: [
        { a: null, b: "1" },
        { a: null, b: null },
      ],
    },
    `<xs:complexType name="In"><xs:sequence>${field("a", "xs:string", 'minOccurs="0"')}${field("b", "xs:string", 'minOccurs="0"')}</xs:sequence></xs:complexType>`,
  ],
  [
    "a type that contains itself",
    "e:In",
    "<T><In><In/></In></T>",
    { In: { In: { In: null } } },
    `<xs:complexType name="In"><xs:sequence>${field("In", "e:In", 'minOccurs="0"')}</xs:sequence></xs:complexType>`,
  ],
  ["null for an attribute that is left out", sequence(UNIT), "<T><v>5</v></T>", { v: { "@unit": null, "#text": 5 } }],
  ["attribute and text", sequence(UNIT), "<T><v unit='s'>5</v></T>", { v: { "@unit": "s", "#text": 5 } }],
  ["an event with a mere value", "xs:int", "<T>5</T>", 5],
  ["an empty object for an element that may have any elements", sequence(ANY), "<T/>", {}],
  ["an empty object for an empty element of which no type is known", sequence(FREE), "<T><v/></T>", { v: {} }],
  ["text of which no type is known", sequence(FREE), "<T><v>a</v></T>", { v: "a" }],
  [
    "elements of which no type is known",
    sequence(FREE),
    "<T><v>\n <a>1</a> <b x='2'><c/></b> <a>3</a>\n</v></T>",
    { v: { a: ["1", "3"], b: { "@x": "2", c: {} } } },
  ],
  [
    "attribute and text of which no type is known",
    sequence(FREE),
    "<T><v><a x='1'>2</a></v></T>",
    { v: { a: { "@x": "1", "#text": "2" } } },
  ],
  [
    "text between elements of which no type is known",
    sequence(FREE),
    "<T><v>see <a>1</a></v></T>",
    { v: { "#content": ["see ", { a: "1" }] } },
  ],
  [
    "a value of which xsi:type tells the type",
    sequence(FREE),
    `<T xmlns:xs="http://www.w3.org/2001/XMLSchema"><v><a xsi:type="xs:int">1</a></v></T>`,
    { v: { a: 1 } },
  ],
  [
    "elements that a wildcard lets in beside fields, by local name",
    sequence(field("a", "xs:int") + ANY),
    "<T><a>1</a><b>2</b><c xmlns='urn:c'>3</c><a xmlns='urn:c'>4</a></T>",
    { a: 1, b: "2", c: "3", "Q{urn:c}a": "4" },
  ],
  [
    "mixed content in its order",
    "<xs:complexType mixed='true'><xs:sequence><xs:element name='a' type='xs:int' maxOccurs='9'/></xs:sequence></xs:complexType>",
    "<T>see <a>1</a>.</T>",
    { "#content": ["see ", { a: 1 }, "."] },
  ],
  [
    "groups that repeat in their order",
    "<xs:complexType><xs:choice maxOccurs='9'><xs:element name='a' type='xs:int'/><xs:element name='b' type='xs:int'/></xs:choice></xs:complexType>",
    "<T><b>1</b><a>2</a></T>",
    { "#content": [{ b: 1 }, { a: 2 }] },
  ],
  [
    "the fields of a derived type, and its name",
    "e:Base",
    `<T xsi:type="e:Derived" xmlns:e="http://www.gonicus.de/Events"/>`,
    { "@xsi:type": "Derived", v: null },
    `<xs:complexType name="Base"/><xs:complexType name="Derived"><xs:complexContent><xs:extension base="e:Base"><xs:sequence>${field("v", "xs:int", 'minOccurs="0"')}</xs:sequence></xs:extension></xs:complexContent></xs:complexType>`,
  ],
  [
    "a name that JavaScript has for itself",
    sequence(field("__proto__", "xs:int")),
    "<T><__proto__>1</__proto__></T>",
    JSON.parse('{"__proto__":1}'),
  ],
  ["an empty object for a map without entries", MAP, "<T/>", {}, entry()],
  [
    "keys with their values for a map, null without a value",
    MAP,
    "<T><entry key='a' value='1'/><entry key='b' value=''/><entry key='c'/></T>",
    { a: "1", b: "", c: null },
    entry(),
  ],
  [
    "maps in maps",
    MAP,
    "<T><entry key='a'><entry key='b'><entry key='c' value='1'/></entry></entry></T>",
    { a: { b: { c: "1" } } },
    entry(),
  ],
  [
    "an array for several entries of one key, in their order",
    MAP,
    "<T><entry key='a' value='2'/><entry key='b' value='3'/><entry key='a'/><entry key='a'><entry key='c'/></entry></T>",
    { a: ["2", null, { c: null }], b: "3" },
    entry(),
  ],
  [
    "the value beside the entries of an entry that has both",
    MAP,
    "<T><entry key='a' value='1'><entry key='b' value='2'/></entry></T>",
    { a: { b: "2", "@value": "1" } },
    entry(),
  ],
  [
    "keys that JavaScript has for itself",
    MAP,
    "<T><entry key='__proto__'><entry key='__proto__' value='1'/></entry><entry key='constructor' value='2'/></T>",
    JSON.parse('{"__proto__":{"__proto__":"1"},"constructor":"2"}'),
    entry(),
  ],
  [
    "values of the type of a map's values",
    MAP,
    "<T><entry key='a' value='1'/></T>",
    { a: 1 },
    entry("", `${KEY}<xs:attribute name="value" type="xs:int"/>`),
  ],
  [
    "a nil entry as null",
    sequence(`<xs:element name="entry" type="e:Entry" nillable="true" maxOccurs="9"/>`),
    "<T><entry key='a' xsi:nil='true'/></T>",
    { a: null },
    entry(),
  ],
  [
    "no map where the key may be left out",
    MAP,
    "<T><entry key='a'/></T>",
    { entry: [{ "@key": "a", entry: [] }] },
    entry(ENTRIES, '<xs:attribute name="key" type="xs:string"/>'),
  ],
  [
    "no map where entries have more than a key and a value",
    MAP,
    "<T><entry key='a'/></T>",
    { entry: [{ "@key": "a", "@unit": null, entry: [] }] },
    entry(ENTRIES, `${KEY}<xs:attribute name="unit" type="xs:string"/>`),
  ],
  [
    "no map where there are other elements too",
    sequence(ENTRIES + field("v", "xs:int", 'minOccurs="0"')),
    "<T><entry key='a' value='1'/></T>",
    { entry: [{ "@key": "a", "@value": "1", entry: [] }], v: null },
    entry(),
  ],
  [
    "no map where there is one entry at most",
    sequence(`<xs:element name="entry" type="e:Entry"/>`),
    "<T><entry key='a' value='1'/></T>",
    { entry: { "@key": "a", "@value": "1", entry: [] } },
    entry(),
  ],
];

describe("the plain JSON of an event", () => {
  it.each(ROWS.map(([title, ...row]) => [title, row] as const))("has %s", async (_, [type, markup, payload, more]) => {
    const catalog = await catalogOfType(type, more);
    const event = read(markup, catalog);
    expect(catalog.validate(event)).toEqual([]);
    const document = toPlainDocument(event, catalog);
    expect(document).toStrictEqual({ event_type: "T", payload });
    expect(throughJson(document)).toStrictEqual(document);
    expect(toPlainDocument(toJson(event, catalog), catalog)).toStrictEqual(document);
  });

  it("has all of the content as payload when a field is called like what stands beside it", async () => {
    const catalog = await catalogOfType(sequence(field("event_type", "xs:string") + field("payload", "xs:string")));
    const event = read("<T><event_type>a</event_type><payload>b</payload></T>", catalog);
    expect(toPlainDocument(event, catalog)).toEqual({ event_type: "T", payload: { event_type: "a", payload: "b" } });
  });

  it("keeps what is not valid and what the catalog does not know", async () => {
    const catalog = await catalogOfType(sequence(field("v", "xs:int")));
    expect(toPlainDocument(read("<T><v>x</v><w>1</w></T>", catalog), catalog).payload).toEqual({ v: "x", w: "1" });
    expect(toPlainDocument(read("<U><v>x</v></U>", catalog), catalog)).toEqual({
      event_type: "U",
      payload: { v: "x" },
    });
  });

  it("loses nothing of a map that is not valid", async () => {
    const catalog = await catalogOfType(MAP, entry());
    const payloadOf = (markup: string): unknown => toPlainDocument(read(markup, catalog), catalog).payload;
    expect(payloadOf("<T><entry key='a'/><entry value='1'/></T>")).toEqual({
      entry: [
        { "@key": "a", "@value": null, entry: [] },
        { "@key": null, "@value": "1", entry: [] },
      ],
    });
    expect(payloadOf("<T><entry key='a' value='1' x='2'/></T>")).toEqual({
      a: { "@key": "a", "@value": "1", "@x": "2", entry: [] },
    });
    expect(payloadOf("<T><entry key='a'/><b>1</b></T>")).toMatchObject({ b: "1" });
  });

  it("gives any JSON of objects, lists of several, texts and null back from a map", async () => {
    const catalog = await catalogOfType(MAP, entry());
    const text = fc.string({ unit: fc.constantFrom("a", "1", "_", ".", "é", "@", "#", "<", '"', " ") });
    const key = fc.oneof(fc.constantFrom("__proto__", "constructor", "entry", "@key", "#text", "toString"), text);
    const { map } = fc.letrec((tie) => {
      const simple = fc.oneof({ maxDepth: 4 }, text, fc.constant(null), tie("map"));
      const values = fc.oneof(simple, fc.array(simple, { minLength: 2, maxLength: 3 }));
      return { map: fc.array(fc.tuple(key, values), { minLength: 1, maxLength: 4 }).map(Object.fromEntries) };
    });
    fc.assert(
      fc.property(map, (payload) => {
        const made = fromObject("T", { entry: entriesOf(payload as object) }, catalog);
        expect(catalog.validate(made)).toEqual([]);
        expect(JSON.stringify(toPlainDocument(made, catalog).payload)).toBe(JSON.stringify(payload));
      }),
    );
  });

  it("has the mask where a whole element is sensitive", async () => {
    const sensitive = `<xs:annotation><xs:appinfo><x:sensitive xmlns:x="urn:xqbus"/></xs:appinfo></xs:annotation>`;
    const inner = `<xs:complexType><xs:sequence>${field("a", "xs:int")}</xs:sequence></xs:complexType>`;
    const catalog = await catalogOfType(
      sequence(`<xs:element name="v" maxOccurs="9">${sensitive}${inner}</xs:element>`),
    );
    const json = toJson(read("<T><v><a>1</a></v><v><a>2</a></v></T>", catalog), catalog);
    expect(toPlainDocument(maskSensitive(json, catalog), catalog).payload).toEqual({ v: ["***", "***"] });
  });
});

describe("the plain JSON of a shipped event", () => {
  let catalog: Catalog;
  beforeAll(async () => {
    catalog = await loadCatalog({ directories: [SCHEMAS] });
  });
  afterAll(() => catalog.close());

  it("names its type in dotted words where the schema has them", () => {
    const e = EventMaker(catalog);
    const event = e.Event(e.MicroserviceEvent({ EventType: "order_created" }));
    expect(eventTypeOf(event, catalog)).toBe("microservice.event");
    expect(toPlainDocument(event, catalog)).toEqual({
      event_type: "microservice.event",
      payload: {
        EventType: "order_created",
        TaskId: null,
        ResourceType: null,
        ResourceId: null,
        UserId: null,
        Argument: [],
      },
    });
  });

  it("has what a repository's synchronisation came to", () => {
    const e = EventMaker();
    const event = e.Event(
      e.RepoSyncFinish({
        call_report: {
          task_id: "t-1",
          state: "error",
          progress: { entry: [{ "@key": "yum_importer", entry: [{ "@key": "state", "@value": "FINISHED" }] }] },
        },
        payload: {
          repo_id: "base",
          start_time: "2026-11-21T12:00:00Z",
          end_time: "2026-11-21T12:05:00Z",
          success: false,
          items_imported: 12,
          errors: ["no space left"],
        },
      }),
    );
    expect(catalog.validate(event)).toEqual([]);
    expect(toPlainDocument(event, catalog)).toMatchObject({
      call_report: { task_id: "t-1", finish_time: null, progress: { yum_importer: { state: "FINISHED" } }, tags: [] },
      event_type: "repo.sync.finish",
      payload: { repo_id: "base", task_id: null, success: false, items_imported: 12, errors: ["no space left"] },
    });
  });

  it("may have any path below a map, and lists none of them", () => {
    for (const path of ["call_report.progress", "call_report.progress.yum_importer.state", "call_report.result.0"]) {
      expect([path, hasPlainPath("RepoSyncStart", path, catalog)]).toEqual([path, true]);
    }
    expect(hasPlainPath("RepoSyncStart", "call_report.progess.state", catalog)).toBe(false);
    const paths = plainPathsOf("RepoSyncStart", catalog);
    expect(paths.filter((path) => path.startsWith("call_report.progress"))).toEqual(["call_report.progress"]);
  });

  describeWith([SHARED_FOLDER], "of Pulp", () => {
    it("is the document that Pulp sent, key for key and in its order", () => {
      const text = seedDocument();
      const event = startOfSync();
      expect(catalog.validate(event)).toEqual([]);
      expect(toPlainDocument(event, catalog)).toStrictEqual(JSON.parse(text));
      expect(JSON.stringify(toPlainDocument(event, catalog), undefined, 2)).toBe(text);
    });
  });
});

/** The entries of a map that say the same as an object. */
function entriesOf(map: object): readonly object[] {
  return Object.entries(map).flatMap(([key, values]) =>
    (Array.isArray(values) ? (values as readonly unknown[]) : [values as unknown]).map((value) => {
      if (typeof value === "string") return { "@key": key, "@value": value };
      return value === null ? { "@key": key } : { "@key": key, entry: entriesOf(value as object) };
    }),
  );
}

function startOfSync(): Event {
  const e = EventMaker();
  return e.Event(
    e.RepoSyncStart({
      call_report: {
        task_group_id: "aaa8f2ec-964c-4d62-bba9-3191aad9c3ea",
        task_id: "79be77a8-1a20-11e2-aeb9-1803731e94c4",
        tags: ["pulp:repository:pulp2", "pulp:action:sync"],
        start_time: "2012-10-19T19:09:16Z",
        state: "running",
        progress: {},
        principal_login: "admin",
        response: "accepted",
      },
      payload: { repo_id: "pulp2" },
    }),
  );
}

/** The body of the mail in the seed, without its indentation. */
function seedDocument(): string {
  const lines = readFileSync(join(sharedFolder() ?? "", "seeds/pulp-events.rst"), "utf8").split("\n");
  const from = lines.findIndex((line) => line === "  {");
  const to = lines.findIndex((line) => line === "  }");
  return lines
    .slice(from, to + 1)
    .map((line) => line.slice(2))
    .join("\n");
}
