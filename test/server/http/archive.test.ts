import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { AMQPEventConsumer } from "../../../src/amqp/index.ts";
import { Archive, ArchiveService, REPLAYED_PROPERTY } from "../../../src/archive/index.ts";
import { Event } from "../../../src/event/index.ts";
import { loadCatalog, type Catalog } from "../../../src/schema/index.ts";
import { leave } from "../../helpers/leave.ts";
import { describeWith, SQLITE } from "../../helpers/requirements.ts";
import { catalogWith, event, eventXsd, folderWith, xsd } from "../../schema/harness.ts";
import { answerOf, apis, fakeDeadLetters, type RunningApi } from "./harness.ts";

const WAIT = { timeout: 60_000, interval: 50 };
const { start } = apis();

describeWith([SQLITE], "the archive over HTTP", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  /** An API with this archive. */
  const startOn = async (folder: string, catalog: Catalog): Promise<RunningApi> => {
    const parts = { catalog, deadLetters: { ...fakeDeadLetters(), list: async () => [] } };
    const archive = new ArchiveService({
      ...{ url: "amqp://127.0.0.1:1/none", connect: {}, catalog, folder, database: "sqlite:archive.db" },
      ...{ subscription: "archive", retention: {} },
      onError: ({ message }) => expect.fail(message),
    });
    ends.push(() => archive.close(5000));
    return start({}, { ...parts, archive });
  };

  /** An API with an archive of three events. */
  const startWith = async (): Promise<RunningApi & { readonly archive: ArchiveService }> => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-archive-"));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    const catalog = await loadCatalog();
    ends.push(() => catalog.close());
    const parts = { catalog, deadLetters: { ...fakeDeadLetters(), list: async () => [] } };
    const api = await start({}, { ...parts, archive: undefined });
    const archive = new ArchiveService({
      ...{ url: api.bus.url, connect: {}, catalog, folder, database: "sqlite:archive.db", subscription: "archive" },
      retention: {},
      onError: ({ message }) => expect.fail(message),
    });
    await archive.start();
    ends.push(() => archive.close(5000));
    for (const id of ["a", "b", "c"]) {
      await api.parts.publisher.sendEvent(leave(id), { messageId: `m-${id}` });
    }
    await vi.waitFor(() => expect(archive.counts.written).toBe(3), WAIT);
    const served = await start({}, { ...parts, ...api.parts, archive });
    return { ...served, archive };
  };

  const post = async (api: RunningApi, path: string, body: object) =>
    answerOf(
      await api.call(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    );

  it("gives events that a filter wants, one a line, and counts them", async () => {
    const api = await startWith();
    const query = new URLSearchParams({ xquery: '/e:Event/e:NodeLeave/e:Id = "b"' });
    const { status, type, body } = await answerOf(await api.call(`/archive/events?${query.toString()}`));
    expect([status, type]).toEqual([200, "application/x-ndjson; charset=utf-8"]);
    const lines = (typeof body === "string" ? body : JSON.stringify(body)).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        ...{ number: 2, id: "m-b", type: "NodeLeave", routingKey: "org.clacks.event.NodeLeave", source: "/org.clacks" },
        ...{ time: expect.any(Number) as number, archivedAt: expect.any(Number) as number, size: leave("b").length },
        event: { NodeLeave: { Id: "b" } },
      },
    ]);
    expect((await answerOf(await api.call("/archive/stats"))).body).toMatchObject({ events: 3 });
  });

  it("says what would not be valid now, and what a filter would have done", async () => {
    const api = await startWith();
    expect(await post(api, "/archive/check", { type: ["NodeLeave"] })).toMatchObject({
      status: 200,
      body: { items: [{ type: "NodeLeave", events: 3, invalid: 0, problems: [] }] },
    });
    expect(await post(api, "/archive/backtest", { xquery: '/e:Event/e:NodeLeave[e:Id = "b"]' })).toMatchObject({
      status: 200,
      body: {
        ...{ matched: 1, filterErrors: 0, hits: [{ number: 2, event: { NodeLeave: { Id: "b" } } }] },
        nearMisses: [
          { event: { number: 1 }, explanation: { matches: false } },
          { event: { number: 3 }, explanation: { matches: false } },
        ],
      },
    });
    expect(await post(api, "/archive/backtest", {})).toMatchObject({ status: 400 });
    expect(await post(api, "/archive/backtest", { xquery: "//[" })).toMatchObject({ status: 422 });
  });

  it("tells how far it is, the events, and the result or the problem last", async () => {
    const api = await startWith();
    const told = async (response: Response): Promise<readonly unknown[]> =>
      (await response.text())
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown);
    const events = await told(await api.call("/archive/events?progress=true&form=xml&limit=1"));
    expect(events).toEqual([
      { event: expect.objectContaining({ number: 1, document: leave("a") }) as object },
      { result: {} },
    ]);
    const failing = new URLSearchParams({ progress: "true", form: "none", xquery: "//e:Id cast as xs:integer = 1" });
    expect(await told(await api.call(`/archive/events?${failing.toString()}`))).toEqual([
      { warning: { number: 1, message: expect.any(String) as string } },
      { progress: { looked: 3, matched: 0, done: 1 } },
      { result: {} },
    ]);
    const replayed = await api.call("/archive/replay", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ to: "x", dryRun: true, rate: "often", progress: true }),
    });
    expect(await told(replayed)).toEqual([
      { problem: expect.objectContaining({ status: 400, code: "xqbus:illegal-argument" }) as object },
    ]);
    const seen: number[] = [];
    await api.client.archive.check({}, { onProgress: ({ looked }) => void seen.push(looked) });
    expect(seen).toEqual([3]);
    for await (const { number } of api.client.archive.query()) {
      expect(number).toBe(1);
      break;
    }
    expect(await api.client.archive.get("#2", { form: "none" })).toMatchObject([{ id: "m-b" }]);
  });

  it("shows nothing that was sensitive when it was archived, and finds nothing by it, when the type is gone", async () => {
    const folder = folderWith({});
    const type =
      xsd(`<xs:element name="Login"><xs:annotation><xs:appinfo><x:sensitive xmlns:x="urn:xqbus">Password</x:sensitive>
      </xs:appinfo></xs:annotation><xs:complexType><xs:sequence><xs:element name="User" type="xs:string"/>
      <xs:element name="Password" type="xs:string"/></xs:sequence></xs:complexType></xs:element>`);
    {
      await using before = await Archive.open("sqlite:archive.db", {
        ...{ folder, catalog: await catalogWith({ "Login.xsd": type }) },
      });
      const login = Event.parse(event("<Login><User>joe</User><Password>hunter2</Password></Login>"));
      await before.add(login, { message: { id: "m-1" } });
    }
    const api = await startOn(folder, await catalogWith({ "Other.xsd": eventXsd("Other") }));
    const found = async (xquery: string): Promise<string> =>
      (await api.call(`/archive/events?${new URLSearchParams({ xquery }).toString()}`)).text();
    expect(await found("starts-with(/*/*/*[2], 'h')")).toBe("");
    const [backtested, shown, listed] = await Promise.all([
      post(api, "/archive/backtest", { xquery: "/*/*/*[1] = 'joe'" }).then((answer) => JSON.stringify(answer)),
      api.call("/archive/events/m-1?form=xml").then((answer) => answer.text()),
      found("/*/*/*[1] = 'joe'"),
    ]);
    for (const text of [backtested, shown, listed]) {
      expect(text).toContain("joe");
      expect(text).not.toContain("hunter");
    }
  });

  it("shows and counts only events of the types that a key is for", async () => {
    const api = await startWith();
    const others = { headers: { authorization: `Bearer ${await api.token("archive:read:PhoneStatus")}` } };
    expect(await (await api.call("/archive/events", others)).text()).toBe("");
    expect(await answerOf(await api.call("/archive/events/m-a", others))).toMatchObject({ body: { items: [] } });
    expect((await api.call("/archive/plan", others)).status).toBe(403);
    const headers = { ...others.headers, "content-type": "application/json" };
    const checked = await api.call("/archive/check", { method: "POST", headers, body: "{}" });
    expect(await answerOf(checked)).toMatchObject({ status: 200, body: { items: [] } });
    const body = JSON.stringify({ to: "again" });
    expect((await api.call("/archive/replay", { method: "POST", headers, body })).status).toBe(403);
  });

  it("sends events again, marked, and first says how many", async () => {
    const api = await startWith();
    const got: unknown[] = [];
    const again = api.parts.url.replace(/[^/]*$/, "again");
    await using consumer = await AMQPEventConsumer.open(again, {
      callback: (event, { properties: { messageId, applicationProperties } }) =>
        void got.push([event.get("Id"), messageId, typeof applicationProperties[REPLAYED_PROPERTY]]),
    });
    const request = { to: "again", xquery: '//e:Id != "b"', rate: "1000/s" };
    expect((await post(api, "/archive/replay", { ...request, dryRun: true })).body).toEqual({
      ...{ matched: 2, sent: 0, unwanted: 0 },
    });
    expect((await post(api, "/archive/replay", request)).body).toEqual({ matched: 2, sent: 2, unwanted: 0 });
    await vi.waitFor(() => expect(got).toHaveLength(2), WAIT);
    expect(got).toEqual([
      ["a", "m-a", "string"],
      ["c", "m-c", "string"],
    ]);
    expect(consumer.status).toBe("connected");
    expect(await post(api, "/archive/replay", { ...request, rate: "often" })).toMatchObject({ status: 400 });
    const nobody = { matched: 3, sent: 0, unwanted: 3 };
    expect((await post(api, "/archive/replay", { to: "nobody.has.this" })).body).toEqual(nobody);
    expect((await post(api, "/archive/replay", { to: "nobody.has.this", dryRun: true })).body).toEqual({
      ...{ matched: 3, sent: 0, unwanted: 3 },
    });
  });

  it("is in the trace of an event and in the metrics", async () => {
    const api = await startWith();
    expect((await answerOf(await api.call("/events/m-c/trace"))).body).toEqual({
      ...{ eventId: "m-c", eventType: "NodeLeave", subject: "org.clacks.event.NodeLeave", bytes: leave("c").length },
      ...{
        deliveries: [],
        deadLetters: [],
        tasklets: [],
        archived: [{ number: 3, archivedAt: expect.any(Number) as number }],
      },
    });
    const other = { headers: { authorization: `Bearer ${await api.token("delivery:read:PhoneStatus")}` } };
    expect((await api.call("/events/m-c/trace", other)).status).toBe(404);
    const metrics = await (await api.call("/metrics")).text();
    expect(metrics).toMatch(/^xqbus_archive_events_total 3$/m);
    expect(metrics).toMatch(/^xqbus_archive_refused_total 0$/m);
    expect(metrics).toMatch(/^xqbus_archive_waiting 0$/m);
  });

  it("says that there is none", async () => {
    const api = await start();
    for (const path of ["/archive/events", "/archive/stats"]) {
      expect(await answerOf(await api.call(path))).toMatchObject({ status: 404, body: { code: "xqbus:unknown-name" } });
    }
    expect(await post(api, "/archive/check", {})).toMatchObject({ status: 404 });
    const external = await start({}, { broker: undefined });
    for (const [body, why] of [
      [{ from: "unrouted", to: "a" }, "only the embedded broker keeps events that no subscription wanted"],
      [{ toSubscription: "a" }, "only the embedded broker puts events into one subscription; send them to an address"],
    ] as const) {
      const detail = `the daemon works with a broker of somebody else: ${why}`;
      expect(await post(external, "/archive/replay", body)).toMatchObject({ status: 409, body: { detail } });
    }
    expect(await post(external, "/archive/replay", { to: "not a word" })).toMatchObject({
      status: 400,
      body: { code: "xqbus:illegal-argument", detail: expect.stringContaining('"not a word" is no address') as string },
    });
    expect(await (await api.call("/metrics")).text()).not.toContain("xqbus_archive");
  });
});
