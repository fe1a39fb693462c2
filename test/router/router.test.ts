import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher, MessageSource, readRelayed } from "../../src/amqp/index.ts";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import { Event } from "../../src/event/index.ts";
import { compileFilter } from "../../src/filter/index.ts";
import { Backlog } from "../../src/router/backlog.ts";
import { openRouterDatabase, Router, type RouterDatabase, type RouterOptions } from "../../src/router/index.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { leave } from "../helpers/leave.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../helpers/databases.ts";
import { describeWith } from "../helpers/requirements.ts";
import { TcpProxy } from "../helpers/tcp-proxy.ts";
import { QueueReader } from "./queue-reader.ts";
import { twoProcesses } from "./two-processes.ts";

const WAIT = { timeout: 60_000, interval: 20 };

function idOf(document: string): string {
  return /<Id>([^<]*)</.exec(document)?.[1] ?? "";
}

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `a router on ${product.name}`, () => {
    let running: RunningProduct;
    let broker: Broker;
    let url: string;
    let catalog: Catalog;
    let database: RouterDatabase;
    let publisher: EventPublisher;
    let routers: Router[];
    let problems: XqbusError[];

    beforeAll(async () => {
      running = await product.start();
    });
    afterAll(() => running.stop());
    beforeEach(async () => {
      broker = await startBroker({ port: 0, queuePolicies: [{ address: "org.clacks.sub.ill", maxMessages: 1 }] });
      url = broker.url(undefined, "org.clacks");
      catalog = await loadCatalog({});
      database = await openRouterDatabase(running.newUrl());
      publisher = await EventPublisher.open(url, { catalog });
      routers = [];
      problems = [];
    }, 30_000);
    afterEach(async () => {
      await publisher.close();
      await Promise.all(routers.map((router) => router.stop()));
      await database.close();
      await broker.close();
      catalog.close();
    });

    const start = async (options: Partial<RouterOptions> = {}): Promise<Router> => {
      const router = new Router({
        url,
        catalog,
        database,
        onProblem: (error) => void problems.push(error),
        ...options,
      });
      routers.push(router);
      await router.start();
      return router;
    };

    it("puts each event on the queues of the routes that it matches, as it came", async () => {
      const router = await start();
      await router.put("all", {});
      await router.put("seven", { xquery: "/e:Event/e:NodeLeave/e:Id = '7'" });
      await router.put("never", { xquery: "/e:Event/e:NodeLeave", routingKey: "org.other.#" });
      await using all = await QueueReader.open(url, "org.clacks.sub.all");
      await using seven = await QueueReader.open(url, "org.clacks.sub.seven");
      await using never = await QueueReader.open(url, "org.clacks.sub.never");
      const ids = Array.from({ length: 20 }, (_, at) => `m${at}`);
      await Promise.all(
        ids.map((messageId, at) =>
          publisher.sendEvent(leave(`${at}`), { messageId, groupId: `g${at}`, correlationId: "c" }),
        ),
      );
      await vi.waitFor(() => expect(all.messages).toHaveLength(20), WAIT);
      await vi.waitFor(() => expect(seven.messages).toHaveLength(1), WAIT);
      expect(all.messages.map(({ properties }) => properties.messageId).sort()).toEqual(ids.sort());
      const [{ document, properties } = { document: "", properties: undefined }] = seven.messages;
      expect(document).toBe(leave("7"));
      expect(properties).toMatchObject({
        ...{ messageId: "m7", groupId: "g7", correlationId: "c", subject: "org.clacks.event.NodeLeave" },
        ...{ deliveryCount: 0, contentType: "application/xml" },
      });
      expect(never.messages).toEqual([]);
      expect(router.counts).toMatchObject({ received: 20, forwarded: 20, copied: 21, setAside: 0, routes: 3 });
      expect(await router.health()).toEqual({
        isReceiving: true,
        unreached: undefined,
        failure: undefined,
        problems: [],
        backlog: [],
      });
      expect(problems).toEqual([]);
    });

    it("routes as each filter by itself would decide", async () => {
      const router = await start();
      const texts = fc.sample(
        fc.oneof(
          fc.nat(9).map((n) => `/e:Event/e:NodeLeave/e:Id = '${n}'`),
          fc.nat(9).map((n) => `number(/e:Event/e:NodeLeave/e:Id) > ${n}`),
          fc.nat(9).map((n) => `starts-with(/e:Event/e:NodeLeave/e:Id, '${n}') or /e:Event/e:PhoneStatus`),
          fc.constant("/e:Event/e:NodeLeave/e:Id div 0 = 1"),
          fc.constant("not(/e:Event/e:NodeLeave)"),
        ),
        { numRuns: 30, seed: 10 },
      );
      await Promise.all(texts.map((xquery, at) => router.put(`r${at}`, { xquery })));
      const readers = await Promise.all(texts.map((_, at) => QueueReader.open(url, `org.clacks.sub.r${at}`)));
      const documents = Array.from({ length: 40 }, (_, at) => leave(`${(at * 7) % 13}`));
      for (const document of documents) await publisher.sendEvent(document);
      const matches = (xquery: string, document: string): boolean => {
        try {
          return compileFilter(xquery).matches(Event.parse(document).document);
        } catch {
          return false;
        }
      };
      await vi.waitFor(() => expect(router.counts.forwarded).toBe(40), WAIT);
      for (const [at, xquery] of texts.entries()) {
        const expected = documents.filter((document) => matches(xquery, document)).map(idOf);
        await vi.waitFor(
          () => expect(readers[at]!.messages.map(({ document }) => idOf(document)).sort()).toEqual(expected.sort()),
          WAIT,
        );
      }
      await Promise.all(readers.map((reader) => reader.close()));
    });

    it("keeps what a queue does not take, holds up no other queue, and gives it when the queue takes messages again", async () => {
      const router = await start({ attempts: 2, restMs: 50, sendTimeoutMs: 600_000, creditTimeoutMs: 200 });
      await router.put("ill", {});
      await router.put("well", {});
      await using well = await QueueReader.open(url, "org.clacks.sub.well");
      const ids = Array.from({ length: 10 }, (_, at) => `m${at}`);
      for (const messageId of ids) await publisher.sendEvent(leave(messageId), { messageId });
      await vi.waitFor(() => expect(well.messages).toHaveLength(10), WAIT);
      await vi.waitFor(
        async () => expect((await router.health()).backlog).toMatchObject([{ route: "ill", waiting: 9 }]),
        WAIT,
      );
      const [problem] = problems;
      expect(problem?.message).toMatch(/^the queue of route ill does not take events, which wait in the database: /);
      await using ill = await QueueReader.open(url, "org.clacks.sub.ill");
      const came = (): readonly string[] =>
        ill.messages.map(({ properties }) => properties.messageId).filter((id) => ids.includes(id));
      await vi.waitFor(() => expect([...new Set(came())].sort()).toEqual(ids), WAIT);
      await vi.waitFor(async () => expect((await router.health()).backlog).toEqual([]), WAIT);
    });

    it("loses nothing when it ends between two copies, and repeats with the same id", async () => {
      const first = await start();
      await first.put("a", {});
      await first.put("b", {});
      await first.stop({ timeoutMs: 0 });
      const ids = Array.from({ length: 200 }, (_, at) => `m${at}`);
      const second = await start();
      const sending = Promise.all(ids.map((messageId) => publisher.sendEvent(leave(messageId), { messageId })));
      await vi.waitFor(() => expect(second.counts.copied).toBeGreaterThan(20), WAIT);
      await second.stop({ timeoutMs: 0 });
      await sending;
      await start();
      for (const name of ["a", "b"]) {
        await using queue = await QueueReader.open(url, `org.clacks.sub.${name}`);
        const came = (): readonly string[] => [
          ...new Set(queue.messages.map(({ properties }) => properties.messageId)),
        ];
        await vi.waitFor(() => expect(came().toSorted()).toEqual(ids.toSorted()), WAIT);
      }
    });

    it("shares the events with others on the same database, who know a route when put has resolved", async () => {
      const [one, two] = [await start(), await start()];
      for (let round = 0; round < 5; round++) {
        await one.put(`r${round}`, {});
        await using queue = await QueueReader.open(url, `org.clacks.sub.r${round}`);
        await Promise.all(Array.from({ length: 40 }, () => publisher.sendEvent(leave("x"))));
        await vi.waitFor(() => expect(queue.messages).toHaveLength(40), WAIT);
      }
      expect(one.counts.received + two.counts.received).toBe(200);
      expect(Math.min(one.counts.received, two.counts.received)).toBeGreaterThan(0);
      expect(await two.delete("r0")).toMatchObject({ name: "r0", inQueue: 160, inBacklog: 0 });
      expect((await one.page()).items.map(({ name }) => name)).toEqual(["r1", "r2", "r3", "r4"]);
    });

    it("says what waited when a route ends, and throws it away", async () => {
      const router = await start();
      await router.put("gone", {});
      await Promise.all(Array.from({ length: 12 }, () => publisher.sendEvent(leave("x"))));
      await vi.waitFor(() => expect(router.counts.forwarded).toBe(12), WAIT);
      expect(await router.delete("gone", { dryRun: true })).toEqual({
        ...{ name: "gone", queue: "org.clacks.sub.gone", inQueue: undefined, inBacklog: 0 },
      });
      expect(await router.delete("gone")).toEqual({
        name: "gone",
        queue: "org.clacks.sub.gone",
        inQueue: 12,
        inBacklog: 0,
      });
      await expect(router.get("gone")).rejects.toMatchObject({ code: "xqbus:unknown-name" });
      await expect(router.delete("gone")).rejects.toMatchObject({ code: "xqbus:unknown-name" });
    });

    it("removes what an end that was interrupted has left in the database, and says how much", async () => {
      const backlog = new Backlog(database);
      for (let count = 0; count < 3; count++) await backlog.add("gone", Buffer.from("x"), "then");
      const router = await start();
      await vi.waitFor(async () => expect((await router.health()).backlog).toEqual([]), WAIT);
      expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
        "xqbus:leftover-events removed from the database: 3 events of routes that are gone (gone)",
      ]);
    });

    it("ends a route while events are on their way to its queue, which stays empty from then on", async () => {
      await using proxy = await TcpProxy.start(Number(new URL(url).port));
      const [slow, quick] = [await start({ url: proxy.through(url) }), await start()];
      await quick.put("gone", {});
      proxy.behave({ delayMs: 300 });
      const sent = Array.from({ length: 50 }, (_, at) => publisher.sendEvent(leave(`${at}`)));
      await vi.waitFor(() => expect(slow.counts.waiting).toBeGreaterThan(0), WAIT);
      await quick.delete("gone");
      await Promise.all(sent);
      await vi.waitFor(() => expect(slow.counts.forwarded + quick.counts.forwarded).toBe(50), WAIT);
      const [queue] = broker.management.queues().filter(({ address }) => address === "org.clacks.sub.gone");
      expect(queue).toMatchObject({ messages: 0 });
    });

    it("tells of a route whose filter does not compile here, and gives its events later", async () => {
      const router = await start();
      await router.put("odd", { xquery: "/e:Event/e:NodeLeave/e:Id = '1'" });
      const wrong = JSON.stringify({ xquery: "from-the-future(" });
      const change = (definition: string, revision: number) =>
        database.kysely.transaction().execute(async (transaction) => {
          const { value: generation } = await transaction
            .updateTable("router_state")
            .set((set) => ({ value: set("value", "+", 1) }))
            .where("name", "=", "generation")
            .returning("value")
            .executeTakeFirstOrThrow();
          await transaction.updateTable("route").set({ definition, revision, generation }).execute();
        });
      await change(wrong, 2);
      await database.signal("xqbus_routes");
      await vi.waitFor(async () => expect((await router.health()).problems).toHaveLength(1), WAIT);
      expect((await router.health()).problems[0]).toEqual([
        "odd",
        expect.stringMatching(/^its filter does not compile: /),
      ]);
      await publisher.sendEvent(leave("1"), { messageId: "one" });
      await publisher.sendEvent(leave("2"), { messageId: "two" });
      await vi.waitFor(
        async () => expect((await router.health()).backlog).toMatchObject([{ route: "odd", waiting: 2 }]),
        WAIT,
      );
      await change(JSON.stringify({ xquery: "/e:Event/e:NodeLeave/e:Id = '2'" }), 3);
      await database.signal("xqbus_routes");
      await using queue = await QueueReader.open(url, "org.clacks.sub.odd");
      await vi.waitFor(async () => expect((await router.health()).backlog).toEqual([]), WAIT);
      expect(queue.messages.map(({ properties }) => properties.messageId)).toEqual(["two"]);
    });

    it("says why it does not reach the bus, where the product cannot do it", async () => {
      const router = await start({ connect: { dialect: "rabbitmq" } });
      expect((await router.health()).unreached?.message).toMatch(/durable subscription/);
      expect(problems).toEqual([(await router.health()).unreached]);
    });

    it("makes nothing on a dry run, and refuses what cannot be", async () => {
      const router = await start();
      expect(await router.put("a", {}, { dryRun: true })).toMatchObject({ change: "created" });
      expect((await router.page()).items).toEqual([]);
      expect(await router.put("a", {})).toMatchObject({ change: "created", route: { revision: 1 } });
      expect(await router.put("a", {})).toMatchObject({ change: "unchanged", route: { revision: 1 } });
      expect(await router.put("a", { routingKey: "#" })).toMatchObject({ change: "changed", route: { revision: 2 } });
      for (const [name, input, problem] of [
        ["a b", {}, /^the name of a route must be/],
        ["a", { xquery: "((" }, /./],
        ["a", { filter: "." }, /^the route has no member "filter"/],
        ["a", { orderBy: "group-id" }, /^the route a has no order, and that cannot change/],
        ["b", { orderBy: "key" }, /^orderBy must be/],
      ] as const) {
        await expect(router.put(name, input)).rejects.toThrow(problem);
      }
    });

    it("keeps the order of each key over a takeover by another process", async () => {
      const leases = twoProcesses();
      const first = await start({ leases: leases.of(0) });
      const second = await start({ leases: leases.of(1) });
      await leases.give(0);
      await first.put("ordered", { orderBy: "group-id" });
      await using queue = await QueueReader.open(url, "org.clacks.sub.ordered");
      const sent: Promise<void>[] = [];
      const send = (from: number, to: number): void => {
        for (let at = from; at < to; at++) sent.push(publisher.sendEvent(leave(`${at}`), { groupId: `g${at % 5}` }));
      };
      send(0, 200);
      await vi.waitFor(() => expect(queue.messages.length).toBeGreaterThan(20), WAIT);
      leases.lose(0);
      send(200, 300);
      await leases.give(1);
      send(300, 400);
      await Promise.all(sent);
      const firsts = (): readonly number[] => [
        ...new Set(queue.messages.map(({ document }) => Number(idOf(document)))),
      ];
      await vi.waitFor(() => expect(firsts()).toHaveLength(400), WAIT);
      for (let key = 0; key < 5; key++) {
        const ofKey = firsts().filter((at) => at % 5 === key);
        expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b));
      }
      expect((await second.health()).backlog).toEqual([]);
      await second.delete("ordered");
      const names = (): readonly string[] => broker.management.subscriptions().map(({ name }) => name);
      await vi.waitFor(() => expect(names()).toEqual([expect.stringContaining("org.clacks.xqbus.router|")]), WAIT);
    });

    it("takes over what waits for a queue of a route with order, also when no event comes behind it", async () => {
      const leases = twoProcesses();
      const first = await start({ leases: leases.of(0), attempts: 1 });
      const second = await start({ leases: leases.of(1) });
      await leases.give(0);
      await first.put("ill", { orderBy: "group-id" });
      const ids = Array.from({ length: 5 }, (_, at) => `m${at}`);
      for (const messageId of ids) await publisher.sendEvent(leave("x"), { messageId, groupId: "g" });
      await vi.waitFor(async () => expect((await first.health()).backlog).toMatchObject([{ waiting: 4 }]), WAIT);
      leases.lose(0);
      await first.stop();
      await leases.give(1);
      await using queue = await QueueReader.open(url, "org.clacks.sub.ill");
      const came = (): readonly string[] => queue.messages.map(({ properties }) => properties.messageId);
      await vi.waitFor(() => expect([...new Set(came())]).toEqual(ids), WAIT);
      await vi.waitFor(async () => expect((await second.health()).backlog).toEqual([]), WAIT);
    });

    it("tells of an event that came several times without an outcome, and not of one that was given back", async () => {
      const router = await start();
      await router.put("all", {});
      await router.stop();
      const ids = ["ill", "well"];
      for (const messageId of ids) await publisher.sendEvent(leave(messageId), { messageId });
      const came: string[] = [];
      const source = await MessageSource.open(
        url,
        {
          ...{ subscription: "org.clacks.xqbus.router", isShared: true, prefetch: 2, maxMessageBytes: 100_000 },
          onProblem: (error) => void problems.push(error),
        },
        (incoming) => {
          const { messageId = "" } = readRelayed(incoming.message).properties;
          came.push(messageId);
          const count = came.filter((id) => id === messageId).length;
          if (count > 4) return;
          if (messageId === "ill") incoming.retry();
          else incoming.release();
        },
      );
      await vi.waitFor(() => expect(came).toHaveLength(10), WAIT);
      // The fifth one of each has no outcome, and goes back in order.
      await source.close();
      const again = await start();
      await vi.waitFor(() => expect(again.counts.forwarded).toBe(2), WAIT);
      expect((await again.health()).repeated).toEqual({ messageId: "ill", failures: 4 });
      expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
        expect.stringMatching(/^xqbus:repeated-delivery the event ill was delivered 4 times before, /),
      ]);
    });

    it("delivers to a consumer of its queue", async () => {
      const router = await start();
      await router.put("c", {});
      await using consumer = await AMQPEventConsumer.open(url, { durable: "other" });
      await publisher.sendEvent(leave("1"));
      expect((await consumer[Symbol.asyncIterator]().next()).value?.event.name).toBe("NodeLeave");
    });
  });
}
