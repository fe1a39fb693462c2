import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher } from "../../src/amqp/index.ts";
import type { ConsumerOptions } from "../../src/amqp/index.ts";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import { XqbusError } from "../../src/errors.ts";
import {
  openRouterDatabase,
  Router,
  serveRouter,
  type RouterDatabase,
  type RouterOptions,
} from "../../src/router/index.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { serveMethods, type MethodService } from "../../src/service/index.ts";
import { leave } from "../helpers/leave.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";

const WAIT = { timeout: 60_000, interval: 20 };
/** A broker that nobody knows: its word for XQuery is not taken. */
const FOREIGN = { dialect: "generic", reconnect: { minDelayMs: 20 } } as const;
const SEVEN = "/e:Event/e:NodeLeave/e:Id = '7'";

describeWith([SQLITE], "a durable consumer on a broker without XQuery", () => {
  let folder: string;
  let broker: Broker;
  let url: string;
  let catalog: Catalog;
  let database: RouterDatabase;
  let publisher: EventPublisher;
  let daemon: { readonly router: Router; readonly service: MethodService } | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-routed-"));
    broker = await startBroker({ port: 0 });
    url = broker.url(undefined, "org.clacks");
    catalog = await loadCatalog({});
    database = await openRouterDatabase(`sqlite:${join(folder, "router.db")}`);
    publisher = await EventPublisher.open(url, { catalog });
  }, 30_000);
  afterEach(async () => {
    await stopDaemon();
    await publisher.close();
    await database.close();
    await broker.close();
    catalog.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const startDaemon = async (options: Partial<RouterOptions> = {}): Promise<Router> => {
    const router = new Router({ url, connect: FOREIGN, catalog, database, onProblem: () => undefined, ...options });
    await router.start();
    daemon = { router, service: await serveRouter(router, url, FOREIGN) };
    return router;
  };
  const stopDaemon = async (): Promise<void> => {
    await daemon?.service.close();
    await daemon?.router.stop();
    daemon = undefined;
  };
  const consume = async (ids: string[], options: ConsumerOptions = {}): Promise<AMQPEventConsumer> =>
    AMQPEventConsumer.open(url, {
      ...FOREIGN,
      ...{ durable: "mine", xquery: SEVEN, callback: (_, { properties }) => void ids.push(properties.messageId ?? "") },
      ...options,
    });
  const send = (...ids: readonly string[]): Promise<unknown> =>
    Promise.all(ids.map((id) => publisher.sendEvent(leave(id.slice(0, 1)), { messageId: id })));

  it("has a queue of its own where a daemon is, and the daemon filters", async () => {
    const router = await startDaemon();
    const ids: string[] = [];
    await using consumer = await consume(ids);
    await send("7a", "8a", "7b");
    await vi.waitFor(() => expect(ids.sort()).toEqual(["7a", "7b"]), WAIT);
    expect(consumer.placement).toMatchObject({
      ...{ runsHere: false, asked: [], reasons: ["the daemon's router filters"] },
      routedQueue: "org.clacks.sub.mine",
    });
    expect(consumer.counts).toMatchObject({ received: 2, matched: 2, filteredOut: 0 });
    expect((await router.page()).items).toMatchObject([{ name: "mine", xquery: SEVEN, queue: "org.clacks.sub.mine" }]);
    await consumer.close();
    await send("7c");
    await vi.waitFor(() => expect(router.counts.forwarded).toBe(4), WAIT);
    const again = await consume(ids);
    await vi.waitFor(() => expect(ids).toContain("7c"), WAIT);
    await again.close();
    await send("7d", "7e", "9a");
    await vi.waitFor(() => expect(router.counts.forwarded).toBe(7), WAIT);
    const last = await consume(ids, { prefetch: 1, callback: () => new Promise(() => undefined), closeTimeoutMs: 1 });
    expect(await last.unsubscribe()).toEqual({ waiting: 2 });
    expect((await router.page()).items).toEqual([]);
  });

  it("waits for a daemon that is there and has not reached the bus, or says that it is so", async () => {
    const router = new Router({ url, connect: FOREIGN, catalog, database, onProblem: () => undefined });
    daemon = { router, service: await serveRouter(router, url, FOREIGN) };
    await expect(consume([], { router: "required" })).rejects.toMatchObject({
      code: "xqbus:not-connected",
      message: expect.stringMatching(
        /the daemon's router cannot do it now: the router has not reached the bus yet/,
      ) as string,
    });
    const ids: string[] = [];
    const opening = consume(ids, { router: "required", reconnect: { minDelayMs: 20, first: true } });
    await router.start();
    await using consumer = await opening;
    await send("7a", "8a");
    await vi.waitFor(() => expect(ids).toEqual(["7a"]), WAIT);
    expect(consumer.placement).toMatchObject({ runsHere: false });
  });

  it("filters by itself where none is, with the same events", async () => {
    const ids: string[] = [];
    await using consumer = await consume(ids, { routerTimeoutMs: 5000 });
    await send("7a", "8a", "7b");
    await vi.waitFor(() => expect(ids.sort()).toEqual(["7a", "7b"]), WAIT);
    expect(consumer.placement?.runsHere).toBe(true);
    expect(consumer.placement?.reasons).toContainEqual(expect.stringMatching(/^no router answers: /));
    expect(consumer.counts).toMatchObject({ received: 3, filteredOut: 1 });
    expect(await consumer.unsubscribe()).toEqual({ waiting: undefined });
  });

  it("does not ask with never, and wants nothing else with required", async () => {
    await expect(consume([], { router: "required", timeoutMs: 300 })).rejects.toThrow(
      /no router answers|did not end within/,
    );
    const router = await startDaemon();
    await using consumer = await consume([], { router: "never" });
    expect(consumer.placement?.runsHere).toBe(true);
    expect((await router.page()).items).toEqual([]);
    await expect(consume([], { router: "required", durable: "a b" })).rejects.toThrow(
      /has no router: a route cannot have the name/,
    );
    await expect(consume([], { router: "required", orderBy: () => "k" })).rejects.toThrow(/orderBy is a function/);
    await expect(AMQPEventConsumer.open(url, { router: "required" })).rejects.toThrow(/only durable/);
  });

  it("changes the route with its filter, and then sees to what waited under the one before", async () => {
    const router = await startDaemon();
    await (await consume([])).close();
    await send("7a", "8a");
    await vi.waitFor(() => expect(router.counts.forwarded).toBe(2), WAIT);
    const ids: string[] = [];
    await using consumer = await consume(ids, { xquery: "/e:Event/e:NodeLeave/e:Id = '8'" });
    await send("8b");
    await vi.waitFor(() => expect(ids).toEqual(["8b"]), WAIT);
    await vi.waitFor(() => expect(consumer.counts).toMatchObject({ received: 2, filteredOut: 1 }), WAIT);
    expect(consumer.placement?.reasons).toContainEqual(expect.stringMatching(/the filter of the route was changed/));
  });

  it.each([
    ["auto", { routerTimeoutMs: 5000 }],
    ["required", { router: "required", routerTimeoutMs: 500 }],
  ] as const)("keeps its queue when the daemon is away, and gets from it what comes later: %s", async (_, options) => {
    const router = await startDaemon();
    const ids: string[] = [];
    await using consumer = await consume(ids, options);
    await stopDaemon();
    const again = new Promise<unknown>((resolve) => consumer.on("connected", resolve));
    for (const { id } of broker.management.connections()) {
      if (id !== undefined) broker.management.closeConnection(id);
    }
    await again;
    await send("7a");
    expect(router.counts.forwarded).toBe(0);
    await startDaemon();
    await vi.waitFor(() => expect(ids).toEqual(["7a"]), WAIT);
    expect(consumer.placement?.runsHere).toBe(false);
  });

  it("takes what waits in its queue also where no daemon answers any more", async () => {
    const router = await startDaemon();
    await (await consume([])).close();
    await send("7a", "8a");
    await vi.waitFor(() => expect(router.counts.forwarded).toBe(2), WAIT);
    await stopDaemon();
    const ids: string[] = [];
    await using consumer = await consume(ids, { routerTimeoutMs: 50 });
    await vi.waitFor(() => expect(ids).toEqual(["7a"]), WAIT);
    expect(consumer.placement?.reasons).toContainEqual(
      expect.stringMatching(/no router answers: .*; what a router has put on its queue before/),
    );
    await startDaemon();
    await send("7b");
    await vi.waitFor(() => expect(ids).toEqual(["7a", "7b"]), WAIT);
    await using other = await consume([], { routerTimeoutMs: 5000 });
    expect(other.placement?.reasons).toEqual(["the daemon's router filters"]);
  });

  it("keeps its queue when the daemon cannot reach its database", async () => {
    const router = await startDaemon();
    const ids: string[] = [];
    await using consumer = await consume(ids);
    const put = vi.spyOn(router, "put").mockRejectedValue(new XqbusError("xqbus:database-unavailable", "it is away"));
    for (const { id } of broker.management.connections()) {
      if (id !== undefined) broker.management.closeConnection(id);
    }
    await vi.waitFor(() => expect(put).toHaveBeenCalled(), WAIT);
    await send("7a");
    await vi.waitFor(() => expect(ids).toEqual(["7a"]), WAIT);
    expect(consumer.placement?.runsHere).toBe(false);
    await expect(consume([], { durable: "other" })).rejects.toMatchObject({ code: "xqbus:not-connected" });
  });

  describe("whose first broker takes connections and says nothing", () => {
    let silent: Server;
    let urls: readonly string[];
    beforeEach(async () => {
      silent = createServer(() => undefined).listen(0, "127.0.0.1");
      await once(silent, "listening");
      urls = [`amqp://127.0.0.1:${(silent.address() as AddressInfo).port}/org.clacks`, url];
    });
    afterEach(() => {
      silent.close();
    });
    const options = { ...FOREIGN, durable: "mine", xquery: SEVEN, timeoutMs: 10_000 } as const;

    it("asks the daemon by the other one", async () => {
      await startDaemon();
      await using consumer = await AMQPEventConsumer.open(urls, { ...options, router: "required" });
      expect(consumer.placement?.routedQueue).toBe("org.clacks.sub.mine");
    }, 60_000);

    it("filters by itself where no daemon answers", async () => {
      await using consumer = await AMQPEventConsumer.open(urls, { ...options, routerTimeoutMs: 500 });
      expect(consumer.placement).toMatchObject({ routedQueue: undefined, runsHere: true });
    }, 60_000);
  });

  it("ends a route that somebody else has ended meanwhile", async () => {
    const router = await startDaemon();
    const consumer = await consume([]);
    await router.delete("mine");
    expect(await consumer.unsubscribe()).toEqual({ waiting: undefined });
  });

  describe("whose route somebody else ends", () => {
    const CHECK = { routerCheckMs: 50, routerTimeoutMs: 10_000 };

    it("says so, makes it again, and gets what is sent from then on", async () => {
      const router = await startDaemon();
      const [ids, told, lost]: [string[], string[], string[]] = [[], [], []];
      const onError = ({ code }: XqbusError): void => void told.push(code);
      await using consumer = await consume(ids, { ...CHECK, onError });
      consumer.on("disconnected", ({ error }) => lost.push(error.message));
      await router.delete("mine");
      await vi.waitFor(() => expect(told).toEqual(["xqbus:route-deleted"]), WAIT);
      await vi.waitFor(
        async () => expect((await router.page()).items).toMatchObject([{ name: "mine", xquery: SEVEN }]),
        WAIT,
      );
      await vi.waitFor(() => expect(consumer.status).toBe("connected"), WAIT);
      expect(lost).toEqual([expect.stringMatching(/^somebody has ended the route "mine" \(unsubscribe, xqbus route/)]);
      await send("7a", "8a");
      await vi.waitFor(() => expect(ids).toEqual(["7a"]), WAIT);
      expect(consumer.placement).toMatchObject({ runsHere: false, reasons: ["the daemon's router filters"] });
      expect(told).toHaveLength(1);
    });

    it("is one of two that share it: it is made again once, with their filter, and both stay", async () => {
      const router = await startDaemon();
      const [ids, told]: [string[], string[]] = [[], []];
      const options = { ...CHECK, onError: ({ code }: XqbusError) => void told.push(code) };
      await using one = await consume(ids, options);
      await using two = await consume(ids, options);
      const has = vi.spyOn(router, "has");
      await router.delete("mine");
      await vi.waitFor(
        async () => expect((await router.page()).items).toMatchObject([{ xquery: SEVEN, revision: 1 }]),
        WAIT,
      );
      const [{ createdAt } = { createdAt: 0 }] = (await router.page()).items;
      const calls = has.mock.calls.length;
      await vi.waitFor(() => expect(has.mock.calls.length).toBeGreaterThan(calls + 5), WAIT);
      expect((await router.page()).items).toMatchObject([{ xquery: SEVEN, revision: 1, createdAt }]);
      expect(told.length).toBeGreaterThan(0);
      expect(told.length).toBeLessThan(3);
      await vi.waitFor(() => expect([one.status, two.status]).toEqual(["connected", "connected"]), WAIT);
      await send("7a", "7b");
      await vi.waitFor(() => expect(ids.toSorted()).toEqual(["7a", "7b"]), WAIT);
    });

    it("ends with the reason where it must not connect again", async () => {
      const router = await startDaemon();
      const told: string[] = [];
      const onError = ({ code }: XqbusError): void => void told.push(code);
      await using consumer = await consume([], { ...CHECK, reconnect: false, onError });
      const joined = consumer.join();
      await router.delete("mine");
      await expect(joined).rejects.toMatchObject({ code: "xqbus:route-deleted" });
      expect(told).toEqual([]);
      expect((await router.page()).items).toEqual([]);
    });

    it("takes no word of daemons of another group for it, and that group's when its own is gone", async () => {
      const router = await startDaemon({ groupIntervalMs: 3_600_000 });
      const [ids, told]: [string[], string[]] = [[], []];
      const onError = ({ code }: XqbusError): void => void told.push(code);
      await using consumer = await consume(ids, { ...CHECK, onError });
      await using elsewhere = await openRouterDatabase(`sqlite:${join(folder, "other.db")}`);
      const other = new Router({ url, connect: FOREIGN, catalog, database: elsewhere, onProblem: () => undefined });
      await other.start();
      await other.meet(await router.meet(undefined));
      const service = await serveRouter(other, url, FOREIGN);
      await daemon?.service.close();
      const [has, put] = [vi.spyOn(other, "has"), vi.spyOn(other, "put")];
      await vi.waitFor(() => expect(has.mock.settledResults.length).toBeGreaterThan(4), WAIT);
      expect(has.mock.settledResults.map(({ value }) => value as unknown)).not.toContain(false);
      expect([told, put.mock.calls.length, consumer.status]).toEqual([[], 0, "connected"]);
      await send("7a");
      await vi.waitFor(() => expect(ids).toEqual(["7a"]), WAIT);
      await elsewhere.kysely.deleteFrom("router_group").where("is_own", "=", 0).execute();
      await vi.waitFor(() => expect(told).toEqual(["xqbus:route-deleted"]), WAIT);
      await vi.waitFor(async () => expect((await other.page()).items).toMatchObject([{ name: "mine" }]), WAIT);
      await consumer.close();
      await service.close();
      await other.stop();
    });

    it("leaves a route alone that is there, or of which nobody says", async () => {
      const router = await startDaemon();
      const [ids, told]: [string[], string[]] = [[], []];
      const onError = ({ code }: XqbusError): void => void told.push(code);
      await using consumer = await consume(ids, { ...CHECK, onError });
      const [has, put] = [vi.spyOn(router, "has"), vi.spyOn(router, "put")];
      await vi.waitFor(() => expect(has.mock.calls.length).toBeGreaterThan(2), WAIT);
      has.mockRejectedValue(new XqbusError("xqbus:database-unavailable", "it is away"));
      const calls = has.mock.calls.length;
      await vi.waitFor(() => expect(has.mock.calls.length).toBeGreaterThan(calls + 2), WAIT);
      await stopDaemon();
      await using older = await serveMethods(url, "xqbus", {}, FOREIGN);
      await vi.waitFor(() => expect(older.counts.failed).toBeGreaterThan(2), WAIT);
      expect([told, put.mock.calls.length, consumer.status]).toEqual([[], 0, "connected"]);
    });
  });
});
