import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  EventPublisher,
  MessageSource,
  QueueSender,
  RefusedError,
  type MessageProperties,
} from "../../src/amqp/index.ts";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import { Event } from "../../src/event/index.ts";
import { openRouterDatabase, Router, type RouterDatabase } from "../../src/router/index.ts";
import { OrderedForwarder } from "../../src/router/ordered-forwarder.ts";
import { RouteIndex } from "../../src/router/route-index.ts";
import { RouteKeys } from "../../src/router/route-keys.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { leave } from "../helpers/leave.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";
import { QueueReader } from "./queue-reader.ts";

const WAIT = { timeout: 60_000, interval: 20 };
/** Fails on an Id that is no number. */
const BY_NUMBER = { xpath: "xs:integer(//e:Id)" };
/** Events that the process which keeps order has at a time. */
const CONCURRENCY = 10;
const ORDERED = "org.clacks.xqbus.router.ordered";

describe("the key of a route with order", () => {
  it("is none where it cannot be read, which is told once a minute for each route", () => {
    let now = 0;
    const problems: XqbusError[] = [];
    const keys = new RouteKeys(
      (problem) => void problems.push(problem),
      () => now,
    );
    const of = (name: string, orderBy = BY_NUMBER) =>
      keys.of({ name, orderBy, queue: name, revision: 1, createdAt: 0, updatedAt: 0 });
    const message = (id: string) => ({
      event: Event.parse(leave(id)),
      properties: { messageId: `m-${id}` } as MessageProperties,
    });
    expect(of("a")(message("7"))).toBe("7");
    expect(of("a")(message("x"))).toBeUndefined();
    expect(of("a")(message("y"))).toBeUndefined();
    expect(of("b", { xpath: "from-the-future(" })(message("7"))).toBeUndefined();
    now = 60_001;
    expect(of("a")(message("z"))).toBeUndefined();
    expect(problems.map(({ code, message: text }) => `${code} ${text}`)).toEqual([
      expect.stringMatching(
        /^xqbus:unreadable-key orderBy of the route a gives no key for the event m-x, which goes without order: FORG0001/,
      ),
      expect.stringMatching(/^xqbus:unreadable-key orderBy of the route b .* the event m-7, .*XPST0003/),
      expect.stringMatching(/^xqbus:unreadable-key orderBy of the route a .* the event m-z, /),
    ]);
  });
});

describeWith([SQLITE], "routes with order", () => {
  let folder: string;
  let broker: Broker;
  let url: string;
  let catalog: Catalog;
  let database: RouterDatabase;
  let publisher: EventPublisher;
  let router: Router;
  let problems: XqbusError[];
  /** What keeps order, in this process. */
  let keepers: OrderedForwarder[];

  beforeEach(async () => {
    keepers = [];
    const begin = Object.getOwnPropertyDescriptor(OrderedForwarder.prototype, "start")?.value as () => void;
    vi.spyOn(OrderedForwarder.prototype, "start").mockImplementation(function (this: OrderedForwarder) {
      keepers.push(this);
      begin.call(this);
    });
    folder = mkdtempSync(join(tmpdir(), "xqbus-ordered-"));
    problems = [];
    broker = await startBroker({ port: 0, queuePolicies: [{ address: "org.clacks.sub.full", maxMessages: 1 }] });
    url = broker.url(undefined, "org.clacks");
    catalog = await loadCatalog({});
    database = await openRouterDatabase(`sqlite:${join(folder, "router.db")}`);
    publisher = await EventPublisher.open(url, { catalog });
    router = new Router({
      ...{ url, catalog, database, concurrency: CONCURRENCY, attempts: 1 },
      onProblem: (problem) => void problems.push(problem),
    });
    await router.start();
  }, 30_000);
  afterEach(async () => {
    vi.restoreAllMocks();
    await publisher.close();
    await router.stop();
    await database.close();
    await broker.close();
    catalog.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const send = async (...ids: readonly string[]): Promise<void> => {
    for (const id of ids) await publisher.sendEvent(leave(id), { messageId: id });
  };
  const unsettled = (): number | undefined =>
    broker.management.subscriptions().find(({ name }) => name.includes(ORDERED))?.unsettled;

  it("go on with events of which they cannot read the key, however many there are", async () => {
    await router.put("calls", { orderBy: BY_NUMBER });
    const ids = Array.from({ length: 3 * CONCURRENCY }, (_, at) => (at % 2 === 0 ? `x${at}` : `${at}`));
    await using queue = await QueueReader.open(url, "org.clacks.sub.calls");
    await send(...ids);
    const came = (): readonly string[] => queue.messages.map(({ properties }) => properties.messageId);
    await vi.waitFor(() => expect(came().toSorted()).toEqual(ids.toSorted()), WAIT);
    await vi.waitFor(() => expect(unsettled()).toBe(0), WAIT);
    expect(problems.map(({ code }) => code)).toEqual(["xqbus:unreadable-key"]);
  });

  it("give an event that nothing can be done with another try, and go on with others meanwhile", async () => {
    await router.put("calls", { orderBy: "group-id" });
    const match = Object.getOwnPropertyDescriptor(RouteIndex.prototype, "match")?.value as RouteIndex["match"];
    let isIll = true;
    vi.spyOn(RouteIndex.prototype, "match").mockImplementation(function (this: RouteIndex, message) {
      if (!isIll || this.get("calls") === undefined) return match.call(this, message);
      isIll = false;
      throw new Error("no memory");
    });
    await using queue = await QueueReader.open(url, "org.clacks.sub.calls");
    await send("a", "b");
    const came = (): readonly string[] => queue.messages.map(({ properties }) => properties.messageId);
    await vi.waitFor(() => expect(came()).toEqual(["b", "a"]), WAIT);
    expect(problems.map(({ message }) => message)).toEqual(["no memory"]);
  });

  it("keep the places of events that cannot be sent for a reason that nobody knows", async () => {
    await router.put("calls", { orderBy: "group-id" });
    vi.spyOn(QueueSender.prototype, "send").mockRejectedValueOnce(new TypeError("what is that?"));
    await using queue = await QueueReader.open(url, "org.clacks.sub.calls");
    for (const messageId of ["a", "b", "c"]) await publisher.sendEvent(leave("1"), { messageId, groupId: "g" });
    const came = (): readonly string[] => queue.messages.map(({ properties }) => properties.messageId);
    await vi.waitFor(() => expect(came()).toEqual(["a", "b", "c"]), WAIT);
    expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual(["xqbus:internal what is that?"]);
  });

  it("are told by the health when they get no events", async () => {
    const open = MessageSource.open.bind(MessageSource);
    const opening = vi.spyOn(MessageSource, "open").mockImplementation((...parameters) => {
      if (parameters[1].subscription === ORDERED) return Promise.reject(new RefusedError("no rights"));
      return open(...parameters);
    });
    await expect(router.put("calls", { orderBy: "group-id" }, { timeoutMs: 100 })).rejects.toMatchObject({
      code: "xqbus:timeout",
    });
    await vi.waitFor(async () => {
      expect(await router.health()).toMatchObject({
        isReceiving: false,
        failure: { code: "xqbus:refused", message: "routes with order get no events: no rights" },
      });
    }, WAIT);
    opening.mockRestore();
    await vi.waitFor(async () => {
      expect(await router.health()).toMatchObject({ isReceiving: true, failure: undefined });
    }, WAIT);
  });

  it("are no failure while the process that keeps order has only just begun to attach", async () => {
    const open = MessageSource.open.bind(MessageSource);
    let go: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    vi.spyOn(MessageSource, "open").mockImplementation(async (...parameters) => {
      if (parameters[1].subscription === ORDERED) await held;
      return open(...parameters);
    });
    try {
      await expect(router.put("calls", { orderBy: "group-id" }, { timeoutMs: 100 })).rejects.toMatchObject({
        code: "xqbus:timeout",
      });
      expect(await router.health()).toMatchObject({ isReceiving: true, failure: undefined });
      const now = performance.now.bind(performance);
      const later = vi.spyOn(performance, "now").mockImplementation(() => now() + 60_000);
      expect(await router.health()).toMatchObject({
        isReceiving: false,
        failure: { message: "routes with order get no events: their subscription is not attached yet" },
      });
      later.mockRestore();
    } finally {
      go();
    }
    await router.put("calls", { orderBy: "group-id" });
    expect(await router.health()).toMatchObject({ isReceiving: true, failure: undefined });
  });

  it("are forgotten when they are gone, also those whose events waited", async () => {
    const [keeper] = keepers;
    const names = ["a", "b", "full"];
    for (let round = 0; round < 3; round++) {
      for (const name of names) await router.put(name, { orderBy: "group-id" });
      for (const messageId of ["x", "y"]) await publisher.sendEvent(leave("1"), { messageId, groupId: "g" });
      await vi.waitFor(async () => {
        expect((await router.health()).backlog).toMatchObject([{ route: "full" }]);
      }, WAIT);
      expect(keeper?.lanes).toBe(names.length);
      for (const name of names) await router.delete(name);
      await vi.waitFor(() => expect(keeper?.lanes).toBe(0), WAIT);
    }
    expect(keepers).toHaveLength(1);
  });

  it("say why their first event waits, and not why those behind it do", async () => {
    await router.put("full", { orderBy: "group-id" });
    for (const messageId of ["a", "b", "c"]) await publisher.sendEvent(leave("1"), { messageId, groupId: "g" });
    await vi.waitFor(async () => {
      expect((await router.health()).backlog).toMatchObject([
        { route: "full", waiting: 2, reason: expect.stringMatching(/full/) as string },
      ]);
    }, WAIT);
  });
});
