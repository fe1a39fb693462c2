import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { Archive, type ArchivedEvent } from "../../src/archive/index.ts";
import { ArchiveSize } from "../../src/archive/archive-size.ts";
import { ARCHIVE_MIGRATIONS } from "../../src/archive/migrations.ts";
import type { ArchiveTables } from "../../src/archive/tables.ts";
import { openDatabase } from "../../src/database/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import { Event } from "../../src/event/index.ts";
import { compileFilter, FilterError, type Filter, type FilterMessage } from "../../src/filter/index.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../helpers/databases.ts";
import { describeWith } from "../helpers/requirements.ts";
import { catalogWith, eventXsd } from "../schema/harness.ts";

const NAMESPACE = "http://www.gonicus.de/Events";
const NOW = Date.UTC(2026, 10, 22);

function eventOf(content: string): Event {
  return Event.parse(`<Event xmlns="${NAMESPACE}">${content}</Event>`);
}

function status(id: string, load = 0.5, workers = 3): Event {
  const fields = `<Id>${id}</Id><Indexed>true</Indexed><Workers>${workers}</Workers><Load>${load}</Load>`;
  return eventOf(`<NodeStatus>${fields}<Latency>1</Latency></NodeStatus>`);
}

async function allOf(events: AsyncIterable<ArchivedEvent>): Promise<readonly ArchivedEvent[]> {
  const found: ArchivedEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `an archive in ${product.name}`, () => {
    let running: RunningProduct;
    let catalog: Catalog;
    let archive: Archive;
    let url: string;
    let now = NOW;
    beforeAll(async () => {
      running = await product.start();
      catalog = await loadCatalog({});
    }, 60_000);
    afterAll(() => {
      running.stop();
      catalog.close();
    });
    beforeEach(async () => {
      now = NOW;
      url = running.newUrl();
      archive = await Archive.open(url, { catalog, now: () => now });
    }, 60_000);
    afterEach(() => archive.close());

    const filter = (xquery: string): Filter => compileFilter(xquery, { catalog, onCatalogProblem: "warning" });
    const ids = async (query: Parameters<Archive["query"]>[0]): Promise<readonly (string | undefined)[]> =>
      (await allOf(archive.query(query))).map(({ id }) => id);

    it("gives back an event with everything that its message said", async () => {
      const message: FilterMessage = {
        id: "79be77a8",
        subject: "org.clacks.event.NodeStatus",
        creationTime: new Date(NOW - 5000),
        correlationId: "c\0",
        contentType: "application/xml",
        userId: "anna\0",
        applicationProperties: new Map<string, string | bigint | number | boolean | null | Date | Uint8Array>([
          ["cloudEvents_source", "/org.clacks"],
          ["whole", 3n],
          ["double", 3],
          ["infinite", Infinity],
          ["flag", true],
          ["nothing", null],
          ["time", new Date(5)],
          ["bytes", Buffer.from("ab")],
        ]),
        deliveryCount: 4,
      };
      const event = status("a");
      await archive.add(event, { message, groupId: "g" });
      const [found] = await archive.get("79be77a8");
      expect(found).toEqual({
        ...{ number: 1, id: "79be77a8", type: "NodeStatus", name: "NodeStatus", namespace: NAMESPACE },
        sensitive: [],
        ...{ routingKey: "org.clacks.event.NodeStatus", source: "/org.clacks", time: NOW - 5000, archivedAt: NOW },
        ...{ principal: "anna\uFFFD", groupId: "g", size: event.bytes.length, document: found?.document },
        message: { ...message, userId: "anna\uFFFD", deliveryCount: 0 },
      });
      expect(Buffer.from(found?.document ?? [])).toEqual(Buffer.from(event.bytes));
      expect(await archive.get("#1")).toEqual([found]);
      expect(await archive.get("79be")).toEqual([]);
    });

    it("has an event once, however often it comes, and another document with the same id as well", async () => {
      const carried = { message: { id: "same" } };
      await Promise.all([archive.add(status("a"), carried), archive.add(status("a"), carried)]);
      await archive.add(status("a"), carried);
      await archive.add(status("b"), carried);
      expect((await archive.get("same")).map(({ number }) => number)).toHaveLength(2);
      for (const creationTime of [new Date(1), new Date(2), new Date(2)]) {
        await archive.add(status("c"), { message: { creationTime } });
      }
      expect((await archive.stats()).events).toBe(4);
    });

    it("numbers events in the order in which they are added, whatever has to be asked for them", async () => {
      const large = status("a".repeat(catalog.maxInlineBytes));
      const events = [status("a"), large, status("b"), eventOf("<NodeLeave><Id>n1</Id></NodeLeave>"), status("c")];
      await Promise.all(events.map((event, at) => archive.add(event, { message: { id: `${at}` } })));
      expect(await ids({})).toEqual(["0", "1", "2", "3", "4"]);
    });

    it("takes more events of a new type at once than a database answers questions", async () => {
      await Promise.all(Array.from({ length: 1500 }, (_, at) => archive.add(status(`n${at}`))));
      expect((await archive.stats()).events).toBe(1500);
    });

    it("goes on where it was after it was opened again, also when somebody else has written meanwhile", async () => {
      await archive.add(status("a"), { message: { id: "1" } });
      await using other = await Archive.open(url, { catalog });
      await other.add(status("b"), { message: { id: "2" } });
      await archive.add(status("c"), { message: { id: "3" } });
      await other.add(status("d"), { message: { id: "4" } });
      expect(await ids({})).toEqual(["1", "2", "3", "4"]);
    });

    it("is read without making or changing anything, and says what is not there", async () => {
      const refusal = (asked: string): Promise<string> =>
        Archive.open(asked, { readOnly: true }).then(
          () => "opened",
          ({ code, message }: XqbusError) => `${code} ${message.replace(/\w+:[^\s,]+/, "URL")}`,
        );
      await archive.add(status("a"), { message: { id: "1" } });
      await using reading = await Archive.open(url, { readOnly: true });
      expect(await reading.get("1")).toHaveLength(1);
      await expect(reading.add(status("b"))).rejects.toThrow(/read.?only/);
      await expect(reading.prune({ maxBytes: 1 })).rejects.toThrow(/read.?only/);
      expect((await archive.stats()).events).toBe(1);
      const empty = running.newUrl();
      await using database = await openDatabase<unknown>(empty, { makesFile: true });
      expect(await refusal(empty)).toBe("xqbus:unreadable there is no archive in URL, and reading makes none");
      expect(await database.kysely.introspection.getTables()).toEqual([]);
      const steps = { "001-events": ARCHIVE_MIGRATIONS.steps["001-events"]! };
      await (await openDatabase(empty, { migrations: { ...ARCHIVE_MIGRATIONS, steps } })).close();
      expect(await refusal(empty)).toContain(
        "is of an earlier release (it lacks 002-sensitive, 003-deleted, 004-retention), and reading does not",
      );
      await using later = await openDatabase<unknown>(url);
      await later.sql`INSERT INTO archive_migration (name, timestamp) VALUES ('999-later', '')`.execute(later.kysely);
      expect(await refusal(url)).toMatch(/^xqbus:store-too-new .* of a later release \(999-later\)/);
    });

    it("takes new events after it was opened again, when the last one that came was there already", async () => {
      await archive.add(status("a"), { message: { id: "1" } });
      await archive.add(status("a"), { message: { id: "1" } });
      await archive.close();
      archive = await Archive.open(url, { catalog });
      await archive.add(status("b"), { message: { id: "2" } });
      expect(await ids({ filter: filter('/e:Event/e:NodeStatus/e:Id = "b"') })).toEqual(["2"]);
      expect(await ids({ filter: filter('/e:Event/e:NodeStatus/e:Id = "a"') })).toEqual(["1"]);
    });

    it("refuses what a rule of the database is against, and takes what came with it", async () => {
      await using database = await openDatabase<unknown>(url);
      const { sql, kysely } = database;
      if (database.product === "sqlite") {
        await sql`CREATE TRIGGER rule BEFORE INSERT ON archive_event WHEN NEW.routing_key = 'bad'
          BEGIN SELECT RAISE(ABORT, 'no bad events'); END`.execute(kysely);
      } else {
        await sql`ALTER TABLE archive_event ADD CONSTRAINT "no bad events" CHECK (routing_key <> 'bad')`.execute(
          kysely,
        );
      }
      const added = Array.from({ length: 40 }, (_, at) =>
        archive.add(status("a"), { message: { id: `${at}`, subject: at === 17 ? "bad" : "good" } }).then(
          () => "taken",
          ({ code, message }: XqbusError) => (message.includes("no bad events") ? code : message),
        ),
      );
      expect(await Promise.all(added)).toEqual(
        Array.from({ length: 40 }, (_, at) => (at === 17 ? "xqbus:value-refused" : "taken")),
      );
      expect((await archive.stats()).events).toBe(39);
    });

    it("takes events with names that are too long for an index", async () => {
      // Not compressible, so that PostgreSQL cannot make it shorter.
      const random = (length: number): string =>
        Array.from(createHash("shake256", { outputLength: length }).update("x").digest(), (byte) =>
          String.fromCharCode(0x4e00 + byte * 70),
        ).join("");
      const event = Event.parse(`<Event><${random(900)} xmlns="${random(900)}"/></Event>`);
      const subject = `${random(300)}.${"x".repeat(300)}.\0.${random(2000)}`;
      await archive.add(event, { message: { id: random(3000), subject } });
      await archive.add(event, { message: { id: `${random(3000)}y`, subject: `${random(300)}.x` } });
      await archive.add(event, { message: { id: "c\0", subject: "s\0" } });
      expect((await archive.get("c\0")).map(({ id, routingKey }) => [id, routingKey])).toEqual([["c\0", "s\0"]]);
      expect((await archive.get(random(3000))).map(({ id, routingKey }) => [id, routingKey])).toEqual([
        [random(3000), subject],
      ]);
      for (const routingKey of [subject, `${random(300)}.${"x".repeat(300)}.#`, `${random(300)}.*.#.${random(2000)}`]) {
        expect(await ids({ routingKey })).toEqual([random(3000)]);
      }
      expect(await ids({ routingKey: `${random(300)}.x` })).toEqual([`${random(3000)}y`]);
      expect((await archive.get(random(3000))).map(({ document }) => Buffer.from(document).toString())).toEqual([
        event.toString(),
      ]);
      expect(await ids({ filter: filter("/Event/*:Other") })).toEqual([]);
      expect(await ids({ filter: filter("/Event/*") })).toHaveLength(3);
    });

    it("finds events by time, type, routing key and filter, page by page", async () => {
      for (let at = 0; at < 100; at++) {
        now = NOW + at * 60_000;
        const subject = `a.${at % 3 === 0 ? "x.y" : "z"}`;
        await archive.add(status(`n${at % 10}`, at), { message: { id: `${at}`, subject } });
      }
      await archive.add(eventOf("<NodeLeave><Id>n1</Id></NodeLeave>"), { message: { id: "leave" } });
      await archive.add(Event.parse("<Event><Other/></Event>"), { message: { id: "other" } });
      const hour = 60 * 60_000;
      expect(await ids({ since: NOW + hour, until: NOW + hour + 180_000 })).toEqual(["60", "61", "62"]);
      expect(await ids({ types: ["NodeLeave", "Other"] })).toEqual(["leave", "other"]);
      expect(await ids({ routingKey: "a.*.y", limit: 3 })).toEqual(["0", "3", "6"]);
      expect(await ids({ routingKey: "a.z", limit: 2 })).toEqual(["1", "2"]);
      expect(await ids({ routingKey: "#.y", after: 90 })).toEqual(["90", "93", "96", "99"]);
      expect(await ids({ filter: filter('//e:Id = "n1"'), after: 50 })).toEqual([
        "51",
        "61",
        "71",
        "81",
        "91",
        "leave",
      ]);
      expect(await ids({ filter: filter("//e:Load > 97 and //e:Id"), types: ["NodeStatus"] })).toEqual(["98", "99"]);
      expect(await ids({ filter: filter("//Other") })).toEqual(["other"]);
    });

    it("reads for a selective filter no documents but those that can match", async () => {
      for (let at = 0; at < 300; at++) await archive.add(status(`n${at}`, at, at % 7), { message: { id: `${at}` } });
      const selective = filter('/e:Event/e:NodeStatus[e:Id = "n77"]/e:Workers = 0');
      expect(await archive.count({ filter: selective })).toEqual({ matched: 1, looked: 1, filterErrors: 0 });
      const { implied, plan, sql } = await archive.explain({ filter: selective });
      expect(implied).toEqual([{ types: ["NodeStatus"], condition: expect.stringContaining("Id = 'n77'") as string }]);
      expect(plan.join("\n")).toContain("archive_field_by_text");
      expect(plan.join("\n")).not.toMatch(/SCAN e\b|Seq Scan on archive_event/);
      expect(sql).not.toContain("n77");
    });

    it("asks for everything of events that were not valid, or are of an earlier schema", async () => {
      await using earlier = await Archive.open(url);
      await earlier.add(status("a"), { message: { id: "1" } });
      await archive.add(eventOf("<NodeStatus><Id>a</Id><Wrong/></NodeStatus>"), { message: { id: "2" } });
      await archive.add(status("a"), { message: { id: "3" } });
      await archive.add(status("b"), { message: { id: "4" } });
      const query = { filter: filter('//e:Id = "a"') };
      expect(await ids(query)).toEqual(["1", "2", "3"]);
      expect((await archive.count(query)).looked).toBe(3);
    });

    it("stops when it is told to, and says how far it is", async () => {
      for (let at = 0; at < 100; at++) await archive.add(status(`n${at}`));
      const progress: number[] = [];
      await allOf(archive.query({}, { onProgress: ({ done }) => void progress.push(done) }));
      expect(progress).toEqual([expect.closeTo(0.32) as number, expect.closeTo(0.96) as number, 1]);
      const controller = new AbortController();
      const read = async (): Promise<void> => {
        for await (const { number } of archive.query({}, controller)) if (number === 3) controller.abort();
      };
      await expect(read()).rejects.toMatchObject({ code: "xqbus:aborted" });
    });

    it("lets others have their turn while it looks at events that take long", async () => {
      for (let at = 0; at < 10; at++) await archive.add(status(`n${at}`));
      const controller = new AbortController();
      let looked = 0;
      const view = (event: Event): Event => {
        looked++;
        if (looked === 2) setImmediate(() => controller.abort());
        for (const end = performance.now() + 15; performance.now() < end;);
        return event;
      };
      const counting = archive.count(
        { filter: filter("string-length(//e:Id) = 99") },
        { view, signal: controller.signal },
      );
      await expect(counting).rejects.toMatchObject({ code: "xqbus:aborted" });
      expect(looked).toBeLessThan(10);
    });

    it("counts events that the filter fails on, which do not match", async () => {
      await archive.add(status("a"));
      await archive.add(status("3"));
      const counted = await archive.count({ filter: filter("xs:integer(//e:Id) = 3") });
      expect(counted).toEqual({ matched: 1, looked: 2, filterErrors: 1 });
    });

    it("forgets what is too old, by type, and the oldest of what is too much", async () => {
      for (let at = 0; at < 10; at++) {
        now = NOW + at * 1000;
        await archive.add(status(`n${at}`), { message: { id: `${at}` } });
      }
      await archive.add(eventOf("<NodeLeave><Id>n1</Id></NodeLeave>"), { message: { id: "leave" } });
      now = NOW + 20_000;
      expect(await archive.prune({})).toEqual({ events: 0, bytes: 0 });
      expect(
        (
          await archive.prune({
            keepMsOf: new Map([
              ["NodeStatus", 17_000],
              ["NodeLeave", 1000],
            ]),
          })
        ).events,
      ).toBe(4);
      expect(await ids({})).toEqual(["3", "4", "5", "6", "7", "8", "9"]);
      const { bytes } = await archive.stats();
      await archive.prune({ maxBytes: bytes / 2 });
      expect(await ids({})).toEqual(["6", "7", "8", "9"].slice(1));
      await archive.add(status("a"), { message: { id: "new" } });
      expect(await ids({ filter: filter('//e:Id = "n8"') })).toEqual(["8"]);
    });

    it("gives no number a second time, also when everything was deleted and it was opened again", async () => {
      for (const id of ["a", "b"]) await archive.add(status(id), { message: { id } });
      now += 1000;
      expect((await archive.prune({ keepMsOf: new Map([["NodeStatus", 1]]) })).events).toBe(2);
      await archive.close();
      archive = await Archive.open(url, { catalog, now: () => now });
      await archive.add(status("c"), { message: { id: "c" } });
      expect((await archive.get("c")).map(({ number }) => number)).toEqual([3]);
    });

    it("counts what it has once, and then what came since and what it has deleted", async () => {
      const size = new ArchiveSize();
      await using database = await openDatabase<ArchiveTables>(url);
      const bytes = async (): Promise<number> => (await archive.stats()).bytes;
      for (const id of ["a", "b", "c"]) await archive.add(status(id));
      const one = status("a").bytes.length;
      expect((await archive.prune({ maxBytes: 2 * one }, { size })).events).toBe(1);
      // Not counted again: nobody else may have deleted.
      await database.sql`update archive_event set size = size + 1000`.execute(database.kysely);
      expect((await archive.prune({ maxBytes: 2 * one }, { size })).events).toBe(0);
      expect((await archive.prune({ maxBytes: 2 * one })).events).toBe(2);
      for (const id of ["d", "e"]) await archive.add(status(id));
      const own = new ArchiveSize();
      expect(await own.count(database)).toBe(await bytes());
      await archive.add(status("f"));
      now += 1000;
      await archive.prune({ keepMsOf: new Map([["NodeStatus", 500]]) }, { size: own });
      await archive.add(status("g"));
      expect(await own.count(database)).toBe(await bytes());
    });

    it("keeps events as long as their type says, unless the configuration says otherwise for the type", async () => {
      const type = (name: string, retention: string): string =>
        eventXsd(name).replace(
          "/>",
          `><xs:annotation><xs:appinfo><x:retention xmlns:x="urn:xqbus">${retention}</x:retention>
          </xs:appinfo></xs:annotation></xs:element>`,
        );
      const annotated = await catalogWith({ "Short.xsd": type("Short", "PT10S"), "Long.xsd": type("Long", "P1M") });
      await using own = await Archive.open(url, { catalog: annotated, now: () => now });
      for (const name of ["Short", "Long", "Other"])
        await own.add(eventOf(`<${name}><Id>1</Id></${name}>`), { message: { id: name } });
      now = NOW + 20_000;
      expect((await own.prune({ keepMsOf: new Map([["Short", 30_000]]) })).events).toBe(0);
      await own.prune({});
      expect(await ids({})).toEqual(["Long", "Other"]);
      now = NOW + 30 * 86_400_000;
      await own.prune({ keepMs: 86_400_000 });
      expect(await ids({})).toEqual(["Long"]);
      // What the type has said counts while the schemas do not have it.
      await using without = await Archive.open(url, { catalog: await catalogWith({}), now: () => now });
      await without.prune({ keepMs: 86_400_000 });
      expect(await ids({})).toEqual(["Long"]);
      now += 2 * 86_400_000;
      await without.prune({});
      expect(await ids({})).toEqual([]);
    });

    it("gives for every filter what the filter alone says", async () => {
      const documents = [
        ...["", "n1", "n2", " n1 ", "n".repeat(300)].flatMap((id) => [status(id, 0.5), status(id, -1e3, 7)]),
        eventOf("<NodeLeave><Id>n1</Id></NodeLeave>"),
        eventOf("<NodeStatus><Id>n1</Id></NodeStatus>"),
        ...["NodeStatus", "NodeLeave", "CollectD", "PhoneStatus"].flatMap((type) =>
          [1, 2, 3, 4].map((seed) => Event.parse(catalog.sample(type, { seed }))),
        ),
      ];
      for (const [at, event] of documents.entries()) await archive.add(event, { message: { id: `${at}` } });
      const field = fc.constantFrom(
        "e:Id",
        "e:Load",
        "e:Workers",
        "e:Host",
        "e:Status",
        "e:Indexed",
        "e:Latency",
        "@id",
      );
      const path = fc.oneof(
        field.map((name) => `//${name}`),
        field.map((name) => `/e:Event/*/${name}`),
        field.map((name) => `/e:Event/e:NodeStatus/${name}`),
      );
      const value = fc.constantFrom('"n1"', '"n2"', '""', "0.5", "7", "-1000", '"true"', '"n%"');
      const comparison = fc
        .tuple(path, fc.constantFrom("=", "!=", "<", ">=", "eq"), value)
        .map(([left, operator, right]) => `${left} ${operator} ${right}`);
      const call = fc
        .tuple(fc.constantFrom("starts-with", "contains", "ends-with"), path, fc.constantFrom('"n"', '"1"', '"%"'))
        .map(([name, at, part]) => `${name}((${at})[1], ${part})`);
      const { condition } = fc.letrec<{ condition: string; leaf: string }>((tie) => ({
        leaf: fc.oneof(comparison, call, path),
        condition: fc.oneof(
          { maxDepth: 3 },
          tie("leaf"),
          fc
            .tuple(tie("condition"), fc.constantFrom("and", "or"), tie("condition"))
            .map(([a, o, b]) => `(${a} ${o} ${b})`),
          tie("condition").map((inner) => `not(${inner})`),
        ),
      }));
      await fc.assert(
        fc.asyncProperty(condition, async (xquery) => {
          const compiled = filter(xquery);
          const expected = documents.flatMap((event, at) => (matches(compiled, event) ? [`${at}`] : []));
          expect(await ids({ filter: compiled })).toEqual(expected);
        }),
        { numRuns: 60 },
      );
    });
  });
}

function matches(filter: Filter, event: Event): boolean {
  try {
    return filter.matches(event.document);
  } catch (error) {
    if (error instanceof FilterError) return false;
    throw error;
  }
}
