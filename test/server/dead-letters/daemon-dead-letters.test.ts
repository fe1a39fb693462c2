import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import type { Broker } from "../../../src/broker/index.ts";
import { XqbusError } from "../../../src/errors.ts";
import { loadCatalog } from "../../../src/schema/index.ts";
import type { Catalog } from "../../../src/schema/index.ts";
import { DaemonDeadLetters } from "../../../src/server/dead-letters/index.ts";
import { RheaClient } from "../../broker/rhea-client.ts";
import { FakeDeliveries } from "./fake-deliveries.ts";
import type { FakeDelivery } from "./fake-deliveries.ts";

const TOPIC = "org.clacks";
const JOBS = { address: "jobs", capabilities: ["queue"] };
const KEPT = { address: TOPIC, durable: 2, expiry_policy: "never" };

let catalog: Catalog;
let broker: Broker;
let client: RheaClient;

beforeAll(async () => {
  catalog = await loadCatalog();
});
afterAll(() => catalog.close());
beforeEach(async () => {
  broker = await startBroker();
  client = await RheaClient.connect(broker.url(), { container_id: "xqbus-invoices" });
});
afterEach(() => broker.close());

function phone(status: string): string {
  const fields = `<CallerId>1</CallerId><ReceiverId>2</ReceiverId><Status>${status}</Status>`;
  return `<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus>${fields}</PhoneStatus></Event>`;
}

function letters(...deliveries: readonly FakeDelivery[]): {
  readonly letters: DaemonDeadLetters;
  readonly listeners: FakeDeliveries;
} {
  const listeners = new FakeDeliveries(...deliveries);
  return { listeners, letters: new DaemonDeadLetters({ catalog, listeners, broker }) };
}

/** Publishes these bodies, and rejects them with a reason. */
async function fail(source: object, bodies: readonly string[], name: string, reason = "no customer 17"): Promise<void> {
  const receiver = await client.receiver(source, { name });
  const sender = await client.sender(source === JOBS ? JOBS : TOPIC, { name: `to ${name}` });
  receiver.credit(bodies.length);
  for (const body of bodies) {
    await sender.send(body, { message_id: `m ${body.length}`, subject: "org.clacks.PhoneStatus" });
    (await receiver.next()).delivery.reject({ condition: "amqp:internal-error", description: reason });
  }
  sender.link.close();
  receiver.link.detach();
  await client.settle();
}

async function subscribe(name: string): Promise<void> {
  (await client.receiver(KEPT, { name })).link.detach();
}

describe("The dead letters of a daemon", () => {
  it("are one list: those of listeners, of subscriptions and of queues", async () => {
    const { letters: dead } = letters({ id: "0a", document: phone("busy") });
    await fail(KEPT, [phone("free")], "invoices");
    await fail(KEPT, [phone("gone")], "other");
    await fail(JOBS, ["{}"], "worker");
    const list = await dead.list();
    expect(list).toMatchObject([
      {
        ...{ id: "listener-0a", kind: "listener", subscription: "l1", eventId: "m-0a", eventType: "PhoneStatus" },
        ...{ reason: "attempts", error: "status 503", attempts: 1, at: 2000, redrives: 0 },
        bytes: phone("busy").length,
      },
      { kind: "subscription", subscription: "org.clacks invoices", eventType: "PhoneStatus", reason: "rejected" },
      { kind: "subscription", subscription: "org.clacks xqbus-invoices/other", subject: "org.clacks.PhoneStatus" },
      {
        ...{ kind: "queue", subscription: "jobs", eventType: undefined, eventId: "m 2", bytes: 2, attempts: 0 },
        error: "amqp:internal-error: no customer 17",
      },
    ]);
    expect(new Set(list.map(({ id }) => id)).size).toBe(4);
  });

  it.each([
    [
      { after: "queue-abc" },
      "xqbus:illegal-argument",
      /^after must be the id of a dead letter, listener-… with 24 hexadecimal digits, or queue-… with digits, got "queue-abc"$/,
    ],
    [{ eventType: "PhoneStats" }, "xqbus:unknown-name", /PhoneStats.*PhoneStatus/],
    [{ eventType: "PhoneStats", subscription: "l1" }, "xqbus:unknown-name", /PhoneStats.*PhoneStatus/],
  ])("are not looked for by mistake: %j", async (query, code, message) => {
    const { letters: dead } = letters({ id: "1", document: phone("busy") });
    for (const ask of [() => dead.list(query), () => dead.groups(query), () => dead.delete(query)]) {
      const error: unknown = await ask().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(XqbusError);
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) as unknown });
    }
    expect(await dead.list()).toHaveLength(1);
  });

  it("are found in the broker by the event", async () => {
    const { letters: dead } = letters();
    await fail(JOBS, ["{}", "[1]"], "worker");
    expect(await dead.list({ eventId: "m 3" })).toMatchObject([{ eventId: "m 3", bytes: 3 }]);
  });

  it("are told to have no room before anything is redriven", async () => {
    const busy = phone("busy");
    const { letters: dead, listeners } = letters(
      { id: "1", document: busy },
      { id: "2", document: busy },
      { id: "3", document: busy, listener: "l2" },
      { id: "4", document: busy },
      { id: "5", document: "<Event/>" },
    );
    listeners.room.set("l1", 2);
    const full = { code: "xqbus:limit-exceeded", message: "2 deliveries of the listener wait already; try later" };
    expect(await dead.redrive({}, { dryRun: true })).toMatchObject({ matched: 5, changed: 3 });
    expect((await dead.redrive({}, { dryRun: true })).refused).toEqual(
      expect.arrayContaining([expect.objectContaining(full), expect.objectContaining({ id: "listener-5" })]),
    );
    expect(listeners.retried).toEqual([]);
  });

  it("are given page by page", async () => {
    const deliveries = ["1", "2", "3"].map((id) => ({ id, document: phone("busy") }));
    const { letters: dead } = letters(...deliveries);
    await fail(JOBS, ["a", "b"], "worker");
    const all = await dead.list();
    expect(all).toHaveLength(5);
    const paged: unknown[] = [];
    for (let after: string | undefined; ;) {
      const page = await dead.list({ limit: 2, ...(after === undefined ? {} : { after }) });
      if (page.length === 0) break;
      paged.push(...page);
      after = page.at(-1)?.id;
    }
    expect(paged).toEqual(all);
  });

  it.each([
    ["by id", { ids: ["listener-2", "listener-9", "queue-1"] }, ["2"]],
    ["by listener", { subscription: "l2" }, ["3"]],
    ["by reason", { reason: "permanent" }, ["2"]],
    ["by event", { eventId: "m-3" }, ["3"]],
    ["by a type that the catalog does not have any more", { eventType: "Gone" }, ["7"]],
    ["by a type of which there is none", { eventType: "ClientPoll" }, []],
    ["by event type", { eventType: "UserSession" }, ["4"]],
    ["by XQuery", { xquery: '/e:Event/e:PhoneStatus[e:Status = "free"]' }, ["2", "3"]],
    ["by a variable of the message", { xquery: '$msg:id = "m-1"' }, ["1"]],
    ["by a filter that fails on some", { xquery: "xs:integer(//e:Status) = 7" }, ["5"]],
    ["by several conditions", { xquery: '//e:Status = "free"', subscription: "l1" }, ["2"]],
  ])("are found %s", async (_how, query, expected) => {
    const { letters: dead } = letters(
      { id: "1", document: phone("busy") },
      { id: "2", document: phone("free"), reason: "permanent" },
      { id: "3", document: phone("free"), listener: "l2" },
      { id: "4", document: phone("x"), eventType: "UserSession" },
      { id: "5", document: phone("7") },
      { id: "6", document: phone("free"), state: "delivered" },
      { id: "7", document: phone("x"), eventType: "Gone" },
    );
    expect((await dead.list(query)).map(({ id }) => id)).toEqual(expected.map((id) => `listener-${id}`));
  });

  it("of a subscription are found by its whole or mere name", async () => {
    await fail(KEPT, [phone("free")], "invoices");
    await fail(JOBS, ["{}"], "worker");
    const { letters: dead } = letters();
    for (const subscription of ["invoices", "org.clacks invoices"]) {
      expect(await dead.list({ subscription })).toMatchObject([{ kind: "subscription" }]);
    }
    expect(await dead.list({ subscription: "jobs" })).toMatchObject([{ kind: "queue" }]);
  });

  it("of a listener are found by its id or name", async () => {
    const document = phone("busy");
    const { letters: dead } = letters({ id: "1", listener: "l1", document }, { id: "2", listener: "l2", document });
    for (const subscription of ["l2", "name of l2"]) {
      expect(await dead.list({ subscription })).toMatchObject([{ id: "listener-2" }]);
      expect(await dead.redrive({ ids: ["listener-1"], subscription }, { dryRun: true })).toMatchObject({ matched: 0 });
    }
    expect(await dead.list({ subscription: "name of l3" })).toEqual([]);
  });

  it.each([
    [{ xquery: "/e:Event/e:PhoneStatus[e:Stauts = 1]" }, "xqbus:filter-unknown-step", /Status/],
    [{ xquery: "//(" }, "XPST0003", /./],
    [{ after: "7" }, "xqbus:illegal-argument", /^after must be the id of a dead letter, .*, got "7"$/],
    [{ limit: 1001 }, "xqbus:illegal-argument", /^limit must be a whole number from 1 to 1000, got 1001$/],
  ])("are refused for %j", async (query, code, message) => {
    await expect(letters().letters.list(query)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it("are grouped by what they have in common", async () => {
    const document = phone("busy");
    const { letters: dead } = letters(
      { id: "1", document, error: "host 10.0.0.1: status 503 for 79be77a8-1a20-11e2-aeb9-1803731e94c4" },
      { id: "2", document, error: "host 10.0.0.2: status 502 for 4d62bba9-1a20-11e2-aeb9-1803731e94c4" },
      { id: "3", document, error: "no such repository 5081a42ce19a00ea4300000e" },
    );
    expect(await dead.groups()).toEqual([
      {
        ...{ subscription: "l1", reason: "attempts", eventType: "PhoneStatus", count: 2, oldest: 2000, latest: 2000 },
        error: "host <n>.<n>.<n>.<n>: status <n> for <id>",
        example: "listener-1",
      },
      expect.objectContaining({ error: "no such repository <id>", count: 1, example: "listener-3" }),
    ]);
  });

  it("with errors that are all different do not make groups without end", async () => {
    const word = (at: number): string => [...String(at)].map((digit) => "ghijklmnop"[Number(digit)]).join("");
    const deliveries = Array.from({ length: 1100 }, (_each, at) => ({
      ...{ id: String(at).padStart(4, "0"), document: phone("busy"), error: word(at) },
    }));
    const groups = await letters(...deliveries).letters.groups();
    expect(groups).toHaveLength(1001);
    expect(groups[0]).toMatchObject({ count: 100, error: undefined });
  });

  it("are shown with their documents", async () => {
    await fail(JOBS, ["{}"], "worker");
    const { letters: dead } = letters({ id: "1", document: phone("busy") });
    for (const { id, bytes } of await dead.list()) {
      const { document, ...letter } = await dead.show(id);
      expect(letter).toMatchObject({ id, bytes });
      expect(Buffer.from(document).toString()).toBe(id === "listener-1" ? phone("busy") : "{}");
    }
    for (const id of ["listener-7", "queue-7", "7", ""]) {
      await expect(dead.show(id)).rejects.toMatchObject({
        code: "xqbus:unknown-name",
        message: `there is no dead letter ${JSON.stringify(id)}`,
      });
    }
  });
});

describe("Redriving dead letters", () => {
  it("delivers to the one that failed what is still valid, and tells what is not", async () => {
    const { letters: dead, listeners } = letters(
      { id: "1", document: phone("busy") },
      { id: "2", document: phone("x"), refusal: new XqbusError("xqbus:invalid-event", "the event is not valid") },
    );
    await subscribe("archive");
    await fail(KEPT, [phone("free"), "<Event xmlns='http://www.gonicus.de/Events'><Gone/></Event>"], "invoices");
    await fail(JOBS, ["{}"], "worker");
    const change = await dead.redrive({});
    expect(change).toMatchObject({
      ...{ matched: 5, changed: 3 },
      refused: [
        { id: "listener-2", code: "xqbus:invalid-event", message: "the event is not valid" },
        {
          id: expect.stringMatching(/^queue-\d+$/) as string,
          code: "xqbus:invalid-event",
          message: expect.stringContaining("Gone") as string,
        },
      ],
    });
    expect(listeners.retried).toEqual(["1"]);
    expect(broker.management.queues().map(({ address, messages }) => [address, messages])).toEqual([
      ["org.clacks.dead-letter", 1],
      ["jobs", 1],
    ]);
    const waiting = broker.management.subscriptions().map(({ name, messages }) => [name.split('"')[1], messages]);
    expect(waiting).toEqual([
      ["archive", 2],
      ["invoices", 1],
    ]);
  });

  it("counts only, when that is asked for", async () => {
    const { letters: dead, listeners } = letters(
      { id: "1", document: phone("busy") },
      { id: "2", document: "<Event xmlns='http://www.gonicus.de/Events'><Gone/></Event>" },
    );
    await fail(JOBS, ["{}"], "worker");
    expect(await dead.redrive({}, { dryRun: true })).toMatchObject({
      ...{ matched: 3, changed: 2 },
      refused: [{ id: "listener-2", code: "xqbus:invalid-event" }],
    });
    expect(await dead.delete({}, { dryRun: true })).toEqual({ matched: 3, changed: 3, refused: [] });
    expect(listeners.retried).toEqual([]);
    expect(await dead.list()).toHaveLength(3);
  });

  it("takes each letter once, although it may fail again meanwhile, and counts how often", async () => {
    const receiver = await client.receiver(JOBS);
    receiver.link.on("message", ({ delivery }: { delivery: { reject(): void } }) => {
      delivery.reject();
      receiver.credit(1);
    });
    receiver.credit(1);
    const sender = await client.sender(JOBS);
    for (let i = 0; i < 200; i++) await sender.send(`${i}`);
    const { letters: dead } = letters();
    await expect.poll(() => dead.list({ limit: 1000 }), { timeout: 20_000 }).toHaveLength(200);
    expect(await dead.redrive({})).toEqual({ matched: 200, changed: 200, refused: [] });
    await expect
      .poll(async () => (await dead.list({ limit: 1000 })).map(({ redrives }) => redrives), { timeout: 20_000 })
      .toEqual(Array.from({ length: 200 }, () => 1));
  });

  it("and deleting concern the given ids, and tell of those that are none", async () => {
    const document = phone("busy");
    const { letters: dead, listeners } = letters(...["1", "2", "3"].map((id) => ({ id, document })));
    await fail(JOBS, ["a", "b"], "worker");
    const queued = (await dead.list()).filter(({ kind }) => kind === "queue").map(({ id }) => id);
    expect(await dead.delete({ ids: ["listener-1", queued[0] ?? "", "listener-7", "queue-7", "x"] })).toEqual({
      ...{ matched: 2, changed: 2 },
      refused: ["listener-7", "queue-7", "x"].map((id) => ({
        ...{ id, code: "xqbus:unknown-name", message: `there is no dead letter "${id}"` },
      })),
    });
    expect(listeners.stateOf("1")).toBe("deleted");
    expect(await dead.redrive({ ids: [queued[1] ?? "", "listener-1"] })).toMatchObject({ matched: 1, changed: 1 });
    expect((await dead.list()).map(({ id }) => id)).toEqual(["listener-2", "listener-3"]);
  });

  it("tells of a hundred that are refused, and counts all", async () => {
    const refusal = new XqbusError("xqbus:invalid-event", "no");
    const deliveries = Array.from({ length: 450 }, (_each, at) => ({
      ...{ id: String(at).padStart(3, "0"), document: phone("busy"), refusal },
    }));
    const { letters: dead, listeners } = letters(...deliveries);
    const { matched, changed, refused } = await dead.redrive({});
    expect([matched, changed, refused.length]).toEqual([450, 0, 100]);
    expect(Math.max(...listeners.pages)).toBeLessThanOrEqual(200);
  });

  it("keeps what cannot go back, and says why", async () => {
    await fail(KEPT, [phone("free")], "invoices");
    const receiver = await client.receiver(KEPT, { name: "invoices" });
    receiver.link.close();
    await client.settle();
    const { letters: dead } = letters();
    for (const dryRun of [true, false]) {
      expect(await dead.redrive({ subscription: "invoices" }, { dryRun })).toMatchObject({
        ...{ matched: 1, changed: 0 },
        refused: [
          {
            code: "amqp:not-found",
            message: 'there is no subscription "invoices" of container "xqbus-invoices" any more',
          },
        ],
      });
    }
    expect(await dead.list()).toHaveLength(1);
  });

  it("works without an embedded broker", async () => {
    const listeners = new FakeDeliveries({ id: "1", document: phone("busy") });
    const dead = new DaemonDeadLetters({ catalog, listeners, broker: undefined });
    expect(await dead.redrive({})).toEqual({ matched: 1, changed: 1, refused: [] });
  });
});
