import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher } from "../../src/amqp/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import { openRouterDatabase, Router, serveRouter, type RouterDatabase } from "../../src/router/index.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { run, Running } from "../cli/harness.ts";
import { leave } from "../helpers/leave.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";
import { PRODUCTS, PRODUCT_NEEDS } from "./products.ts";
import { twoProcesses } from "../router/two-processes.ts";
import type { RunningBroker } from "./running-broker.ts";

const WAIT = { timeout: 60_000, interval: 50 };
const CONNECT = { reconnect: { minDelayMs: 20, maxDelayMs: 500 }, timeoutMs: 30_000 };

for (const product of ["artemis", "qpid-broker-j"] as const) {
  describeWith([...PRODUCT_NEEDS[product], SQLITE], `two routers on ${product}`, () => {
    let broker: RunningBroker;
    let folder: string;
    let catalog: Catalog;
    let database: RouterDatabase;
    const problems: XqbusError[] = [];

    beforeAll(async () => {
      broker = await PRODUCTS[product]();
      folder = mkdtempSync(join(tmpdir(), "xqbus-router-"));
      catalog = await loadCatalog({});
      database = await openRouterDatabase(`sqlite:${join(folder, "router.db")}`);
    }, 600_000);
    afterAll(async () => {
      await database.close();
      catalog.close();
      rmSync(folder, { recursive: true, force: true });
      await broker.stop();
    });

    it("share the events, give each consumer its own, and lose none when one of them ends", async () => {
      const { url } = broker;
      const leases = twoProcesses();
      const onProblem = (error: XqbusError): void => void problems.push(error);
      const routers = [0, 1].map(
        (process) =>
          new Router({
            url,
            connect: CONNECT,
            catalog,
            database,
            leases: leases.of(process),
            concurrency: 10,
            onProblem,
          }),
      );
      for (const router of routers) await router.start();
      await leases.give(0);
      const [one, two] = routers;
      await using service = await serveRouter(one!, url, CONNECT);
      expect(service.status).toBe("connected");
      const got: string[][] = [[], [], []];
      const open = (at: number): Promise<AMQPEventConsumer> =>
        AMQPEventConsumer.open(url, {
          ...CONNECT,
          ...{ durable: `consumer-${at}`, xquery: `/e:Event/e:NodeLeave/e:Id mod 3 = ${at}`, routerTimeoutMs: 20_000 },
          callback: (_, { properties }) => void got[at]!.push(properties.messageId ?? ""),
        });
      const consumers = [await open(0), await open(1), await open(2)];
      for (const { placement } of consumers) {
        expect(placement).toMatchObject({ runsHere: false, reasons: ["the daemon's router filters"] });
      }
      await two!.put("ordered", { xquery: "/e:Event/e:NodeLeave/e:Id >= 1000", orderBy: "group-id" });
      const publisher = await EventPublisher.open(url, { ...CONNECT, catalog });
      const send = (from: number, to: number): Promise<unknown> =>
        Promise.all(
          Array.from({ length: to - from }, (_, at) =>
            publisher.sendEvent(leave(`${from + at}`), { messageId: `${from + at}` }),
          ),
        );
      let sent = 0;
      const sendMore = async (count: number): Promise<void> => {
        sent += count;
        await send(sent - count, sent);
      };
      // How competing consumers share is up to the broker: it may fill the first one's credit as long as that one keeps up.
      await sendMore(150);
      while ((one!.counts.received === 0 || two!.counts.received === 0) && sent < 900) await sendMore(150);
      expect(one!.counts.received).toBeGreaterThan(0);
      expect(two!.counts.received).toBeGreaterThan(0);
      const ending = two!.stop({ timeoutMs: 0 });
      await sendMore(150);
      await ending;
      for (const at of [0, 1, 2]) {
        const expected = Array.from({ length: sent / 3 }, (_, index) => `${3 * index + at}`);
        await vi.waitFor(() => expect([...new Set(got[at])].toSorted()).toEqual(expected.toSorted()), WAIT);
      }
      await consumers[1]!.close();
      await sendMore(3);
      await vi.waitFor(() => expect(got[2]).toContain(`${sent - 1}`), WAIT);
      const again = await open(1);
      await vi.waitFor(() => expect(got[1]).toContain(`${sent - 2}`), WAIT);
      expect(await again.unsubscribe()).toEqual({ waiting: 0 });
      // The commands do the same, and say so.
      const command = ["--url", url, "--timeout", "30"];
      const listening = new Running(["listen", "--durable", "by-command", "--xquery", "//e:NodeLeave", ...command]);
      await listening.prints("stderr", "a daemon filters, and fills the queue org.clacks.sub.by-command\n");
      listening.interrupt();
      expect((await listening.ended).stderr).toMatch(/"xqbus subscription delete by-command" ends it\n$/);
      const { stdout } = await run(["subscription", "delete", "by-command", ...command, "--json"]);
      expect(JSON.parse(stdout)).toMatchObject({ subscriptions: 1, routes: 1, waiting: 0 });
      const plain = await run(["subscription", "delete", "no-route", ...command, "--json"]);
      expect(JSON.parse(plain.stdout)).toMatchObject({ subscriptions: 1, routes: 0 });
      await expect(one!.get("by-command")).rejects.toMatchObject({ code: "xqbus:unknown-name" });
      await publisher.close();
      for (const consumer of [consumers[0]!, consumers[2]!])
        expect(await consumer.unsubscribe()).toEqual({ waiting: 0 });
      await one!.delete("ordered");
      await one!.stop();
      expect(problems.map(({ message }) => message)).toEqual([]);
    }, 300_000);

    it("are not needed to end a subscription: the command says that none answered", async () => {
      const ended = await run(["subscription", "delete", "nobody", "--url", broker.url, "--timeout", "30"]);
      expect(ended.code).toBe(0);
      expect(ended.stdout).toMatch(/^ended 1 subscription, "nobody" of /);
      expect(ended.stderr).toMatch(/^no daemon answered \(.*\); .*: xqbus route delete nobody\n$/);
    }, 300_000);

    it("make a route again that was ended under its consumer", async () => {
      const { url } = broker;
      const router = new Router({ url, connect: CONNECT, catalog, database, onProblem: () => undefined });
      await router.start();
      const service = await serveRouter(router, url, CONNECT);
      const [got, told]: [string[], string[]] = [[], []];
      const consumer = await AMQPEventConsumer.open(url, {
        ...{ ...CONNECT, durable: "ended", xquery: "//e:NodeLeave", router: "required", routerCheckMs: 500 },
        onError: ({ code }) => void told.push(code),
        callback: (_, { properties }) => void got.push(properties.messageId ?? ""),
      });
      await router.delete("ended");
      await vi.waitFor(() => expect(told).toContain("xqbus:route-deleted"), WAIT);
      await vi.waitFor(async () => expect((await router.page()).items).toMatchObject([{ name: "ended" }]), WAIT);
      await vi.waitFor(() => expect(consumer.status).toBe("connected"), WAIT);
      await using publisher = await EventPublisher.open(url, { ...CONNECT, catalog });
      await publisher.sendEvent(leave("1"), { messageId: "m1" });
      await vi.waitFor(() => expect(got).toEqual(["m1"]), WAIT);
      await consumer.unsubscribe();
      await service.close();
      await router.stop();
    }, 300_000);

    it("notice each other where each has a database of its own", async () => {
      const { url } = broker;
      await using other = await openRouterDatabase(`sqlite:${join(folder, "other.db")}`);
      const onProblem = (error: XqbusError): void => void problems.push(error);
      const routers = [database, other].map(
        (each) => new Router({ url, connect: CONNECT, catalog, database: each, groupIntervalMs: 1000, onProblem }),
      );
      for (const router of routers) await router.start();
      const services = [];
      for (const router of routers) services.push(await serveRouter(router, url, CONNECT));
      for (const router of routers) {
        await vi.waitFor(async () => expect((await router.health()).sharedDomain).toBeDefined(), WAIT);
      }
      for (const service of services) await service.close();
      for (const router of routers) await router.stop();
      expect(problems.map(({ code }) => code)).toEqual(["xqbus:shared-domain", "xqbus:shared-domain"]);
    }, 300_000);
  });
}
