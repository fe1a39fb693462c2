import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { EventPublisher } from "../../src/amqp/index.ts";
import { startBroker, type Broker, type PublishVerdict } from "../../src/broker/index.ts";
import { openRouterDatabase, Router, type RouteInput, type RouterDatabase } from "../../src/router/index.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { leave } from "../helpers/leave.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../helpers/databases.ts";
import { describeWith } from "../helpers/requirements.ts";
import { QueueReader } from "./queue-reader.ts";

const WAIT = { timeout: 60_000, interval: 20 };
const QUEUE = "org.clacks.sub.calls";
const REFUSAL: PublishVerdict = { condition: "amqp:resource-limit-exceeded", description: "not now" };
/** A copy that is held back is waited for, however slow the machine is. */
const SEND_TIMEOUT_MS = 3_600_000;

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `a route with order that changes while events wait, on ${product.name}`, () => {
    let running: RunningProduct;
    let broker: Broker;
    let url: string;
    let catalog: Catalog;
    let database: RouterDatabase;
    let publisher: EventPublisher;
    let router: Router;
    /** What the queue says to copies. */
    let answer: () => PublishVerdict | Promise<PublishVerdict>;
    /** Copies that the queue has got and not answered. */
    let held: ((verdict: PublishVerdict) => void)[];

    beforeAll(async () => {
      running = await product.start();
    });
    afterAll(() => running.stop());
    beforeEach(async () => {
      held = [];
      answer = () => undefined;
      broker = await startBroker({ port: 0, onPublish: ({ address }) => (address === QUEUE ? answer() : undefined) });
      url = broker.url(undefined, "org.clacks");
      catalog = await loadCatalog({});
      database = await openRouterDatabase(running.newUrl());
      publisher = await EventPublisher.open(url, { catalog });
      router = new Router({
        ...{ url, catalog, database, attempts: 1, sendTimeoutMs: SEND_TIMEOUT_MS, onProblem: () => undefined },
      });
      await router.start();
    }, 30_000);
    afterEach(async () => {
      letGo();
      await publisher.close();
      await router.stop();
      await database.close();
      await broker.close();
      catalog.close();
    });

    const hold = (): Promise<PublishVerdict> => new Promise((resolve) => held.push(resolve));
    const letGo = (): void => {
      answer = () => undefined;
      for (const go of held.splice(0)) go(undefined);
    };
    const send = (messageId: string, groupId: string): Promise<void> =>
      publisher.sendEvent(leave("same"), {
        messageId,
        groupId,
      });
    const waiting = async (): Promise<number> => (await router.health()).backlog[0]?.waiting ?? 0;
    /** Everything that comes to the queue until its last one is there and nothing waits. */
    const all = async (last: string): Promise<readonly string[]> => {
      await using queue = await QueueReader.open(url, QUEUE);
      const came = (): readonly string[] => queue.messages.map(({ properties }) => properties.messageId);
      await vi.waitFor(() => expect(came()).toContain(last), WAIT);
      await vi.waitFor(async () => expect(await waiting()).toBe(0), WAIT);
      await vi.waitFor(() => {
        const left = broker.management.queues().find(({ address }) => address === QUEUE);
        expect(left?.messages).toBe(0);
      }, WAIT);
      return came();
    };

    it("has one drain, which repeats nothing and keeps the places", async () => {
      await router.put("calls", { orderBy: "group-id" });
      answer = () => REFUSAL;
      const ids = Array.from({ length: 30 }, (_, at) => `m${at}`);
      for (const id of ids) await send(id, "g");
      await vi.waitFor(async () => expect(await waiting()).toBe(ids.length), WAIT);
      answer = hold;
      await vi.waitFor(() => expect(held).toHaveLength(1), WAIT);
      for (const [at, routingKey] of ["#", "*.#", "org.#"].entries()) {
        await router.put("calls", { orderBy: "group-id", routingKey });
        ids.push(`after ${at}`);
        await send(`after ${at}`, "g");
        await vi.waitFor(async () => expect(await waiting()).toBe(ids.length), WAIT);
      }
      letGo();
      expect(await all("after 2")).toEqual(ids);
    });

    it("lets events that are under way by the keys of then go first", async () => {
      const by = (orderBy: RouteInput["orderBy"]): RouteInput => ({
        ...{ orderBy: orderBy!, defaultElementNamespace: "http://www.gonicus.de/Events" },
      });
      await router.put("calls", by("group-id"));
      answer = hold;
      for (const id of ["a", "b"]) await send(id, id);
      await vi.waitFor(() => expect(held).toHaveLength(2), WAIT);
      await router.put("calls", by({ xpath: "/Event/NodeLeave/Id" }));
      answer = () => undefined;
      await send("c", "c");
      const ordered = (): number | undefined =>
        broker.management.subscriptions().find(({ name }) => name.includes("router.ordered"))?.unsettled;
      await vi.waitFor(() => expect(ordered()).toBe(3), WAIT);
      // The first two are refused, and wait in the database: whoever is ahead of them overtakes.
      for (const refuse of held.splice(0)) refuse(REFUSAL);
      const came = await all("c");
      expect(came.toSorted()).toEqual(["a", "b", "c"]);
      expect(came.at(-1)).toBe("c");
    });
  });
}
