import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher } from "../../src/amqp/index.ts";
import { startBroker, type AccessRule } from "../../src/broker/index.ts";
import { openRouterDatabase, Router, serveRouter } from "../../src/router/index.ts";
import { loadCatalog } from "../../src/schema/index.ts";
import { leave } from "../helpers/leave.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";

const WAIT = { timeout: 60_000, interval: 20 };
const ALL: AccessRule = { effect: "allow", user: "*", action: "*" };
const NOT_READ: AccessRule = { effect: "deny", user: "daemon", action: "consume", address: "org.clacks.sub.#" };
const seven = { xquery: "/e:Event/e:NodeLeave/e:Id = '7'" };
const eight = { xquery: "/e:Event/e:NodeLeave/e:Id = '8'" };

describeWith([SQLITE], "the queue of a route that ends, which the router may not read", () => {
  it("keeps its events, and the next route of the name does not pass them off as its own", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-kept-"));
    await using broker = await startBroker({ port: 0, users: { daemon: "d", ada: "a" }, rules: [NOT_READ, ALL] });
    const url = broker.url("daemon");
    const catalog = await loadCatalog({});
    await using database = await openRouterDatabase(`sqlite:${join(folder, "router.db")}`);
    const problems: string[] = [];
    const onProblem = ({ message }: Error): void => void problems.push(message);
    const router = new Router({ url, catalog, database, onProblem });
    await router.start();
    const service = await serveRouter(router, url);
    const publisher = await EventPublisher.open(broker.url("ada"), { catalog });
    const send = (id: string): Promise<void> => publisher.sendEvent(leave(id), { messageId: id });
    try {
      await router.put("mine", seven);
      await send("7");
      await vi.waitFor(() => expect(router.counts.copied).toBe(1), WAIT);
      expect(await router.delete("mine")).toMatchObject({ inQueue: undefined, inBacklog: 0 });
      expect(problems).toEqual([
        expect.stringMatching(
          /^the queue org\.clacks\.sub\.mine has no route any more and could not be emptied: .*; "xqbus route delete mine" tries it again$/,
        ),
      ]);
      expect(await router.delete("mine")).toMatchObject({ inQueue: undefined });

      const ids: string[] = [];
      const consumer = await AMQPEventConsumer.open(broker.url("ada"), {
        ...{ dialect: "generic", durable: "mine", router: "required", ...eight },
        callback: (_, { properties }) => void ids.push(properties.messageId ?? ""),
      });
      expect(await router.get("mine")).toMatchObject({ revision: 2 });
      await send("8");
      await vi.waitFor(() => expect(ids).toEqual(["8"]), WAIT);
      await vi.waitFor(() => expect(consumer.counts).toMatchObject({ received: 2, filteredOut: 1 }), WAIT);
      await consumer.close();

      broker.reloadRules([ALL]);
      await vi.waitFor(async () => expect(await router.delete("mine")).toMatchObject({ inQueue: 0 }), WAIT);
      expect(await router.put("mine", eight)).toMatchObject({ change: "created", route: { revision: 1 } });
    } finally {
      await publisher.close();
      await service.close();
      await router.stop();
      catalog.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);
});
