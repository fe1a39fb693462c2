import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { hostname } from "node:os";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import rhea from "rhea";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import {
  openRouterDatabase,
  Router,
  routerState,
  serveRouter,
  type RouterDatabase,
  type RouterOptions,
} from "../../src/router/index.ts";
import { readGroup, shownHost } from "../../src/router/group.ts";
import { GroupStore } from "../../src/router/group-store.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { serveMethods } from "../../src/service/index.ts";
import { RheaClient } from "../broker/rhea-client.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../helpers/databases.ts";
import { describeWith } from "../helpers/requirements.ts";

const WAIT = { timeout: 60_000, interval: 20 };
const GROUP_INTERVAL_MS = 100;
const OTHER = "00000000-0000-4000-8000-000000000001";
const ROUTER = "org.clacks.xqbus.router";
/** What a daemon of another group says, which takes events by the same subscription. */
const OTHERS = { id: OTHER, host: "elsewhere", subscriptions: [ROUTER] };

it("name hosts as others take them, whatever the machine is called", () => {
  for (const name of ["pc-1.example", "Büro Nord", "", "x".repeat(1000), "a\nb"]) {
    expect(readGroup({ ...OTHERS, host: shownHost(name) })).toBeDefined();
  }
  expect(shownHost("pc-1.example")).toBe("pc-1.example");
});

it("read some names of subscriptions, however many somebody sends", () => {
  const subscriptions = [7, null, ROUTER, ...Array.from({ length: 100_000 }, () => "x")];
  expect(readGroup({ ...OTHERS, subscriptions })?.subscriptions).toEqual([
    ROUTER,
    ...Array.from({ length: 7 }, () => "x"),
  ]);
});

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `groups of daemons on ${product.name}`, () => {
    let running: RunningProduct;
    let broker: Broker;
    let catalog: Catalog;
    let closers: (() => Promise<void>)[];

    beforeAll(async () => {
      running = await product.start();
    });
    afterAll(() => running.stop());
    beforeEach(async () => {
      broker = await startBroker({ port: 0 });
      catalog = await loadCatalog({});
      closers = [];
    }, 30_000);
    afterEach(async () => {
      for (const close of closers.reverse()) await close();
      await broker.close();
      catalog.close();
    });

    const open = async (databaseUrl: string): Promise<RouterDatabase> => {
      const database = await openRouterDatabase(databaseUrl);
      closers.push(() => database.close());
      return database;
    };

    /** A daemon; what it tells is in `told`. */
    const start = async (databaseUrl: string, options: Partial<RouterOptions> = {}) => {
      const told: string[] = [];
      const router = new Router({
        ...{ url: broker.url(), catalog, database: await open(databaseUrl), groupIntervalMs: GROUP_INTERVAL_MS },
        onProblem: ({ code, message }: XqbusError) => void told.push(`${code} ${message}`),
        onAlone: () => void told.push("alone"),
        ...options,
      });
      const meet = vi.spyOn(router, "meet");
      await router.start();
      const service = await serveRouter(router, broker.url());
      const stop = async (): Promise<void> => {
        await service.close();
        await router.stop();
      };
      closers.push(stop);
      const shared = async (): Promise<string | undefined> => (await router.health()).sharedDomain?.message;
      return { router, told, meet, stop, shared };
    };

    it("that have a database each and serve one domain notice each other, say it once, and say when it is over", async () => {
      const urls = [running.newUrl(), running.newUrl()];
      const [one, two] = [await start(urls[0]!), await start(urls[1]!)];
      const text = new RegExp(
        `^other daemons serve the domain org\\.clacks with another database \\(heard of: ${hostname()} \\d+ s ago\\): events of the ` +
          `subscription org\\.clacks\\.xqbus\\.router are divided among both groups, .*: give all daemons of the domain one \\[storage\\] url, or each group a domain of its own$`,
      );
      for (const daemon of [one, two]) {
        await vi.waitFor(async () => expect(await daemon.shared()).toMatch(text), WAIT);
      }
      const calls = one.meet.mock.calls.length;
      await vi.waitFor(() => expect(one.meet.mock.calls.length).toBeGreaterThan(calls + 5), WAIT);
      for (const { told } of [one, two]) expect(told[0]).toMatch(/^xqbus:shared-domain other /);
      expect(await routerState(urls[0]!, {})).toMatchObject({ others: [{ host: hostname() }] });
      await two.stop();
      await vi.waitFor(async () => expect(await one.shared()).toBeUndefined(), WAIT);
      // A machine that stands still for a while lets them forget each other.
      for (const [at, text] of one.told.entries()) expect(text === "alone").toBe(at % 2 === 1);
    });

    it("that have one database are one group, and say nothing however often they ask", async () => {
      const url = running.newUrl();
      const [one, two] = [await start(url), await start(url)];
      for (const { meet } of [one, two])
        await vi.waitFor(() => expect(meet.mock.calls.length).toBeGreaterThan(5), WAIT);
      expect([one.told, two.told, await one.shared(), await two.shared()]).toEqual([[], [], undefined, undefined]);
      expect(await routerState(url, {})).toMatchObject({ others: [] });
    });

    it("have one id each, whoever makes the tables", async () => {
      const url = running.newUrl();
      const databases = await Promise.all(Array.from({ length: product.name === "SQLite" ? 1 : 4 }, () => open(url)));
      const ids = await Promise.all(databases.map((database) => new GroupStore(database).own()));
      expect(new Set(ids).size).toBe(1);
      expect(await new GroupStore(await open(url)).own()).toBe(ids[0]);
      expect(await new GroupStore(await open(running.newUrl())).own()).not.toBe(ids[0]);
    });

    it("know what another process of theirs has heard, and forget it after a time", async () => {
      const url = running.newUrl();
      const [one, two] = [await start(url), await start(url)];
      await one.router.meet(OTHERS);
      expect(await one.shared()).toMatch(/heard of: elsewhere \d+ s ago/);
      await vi.waitFor(async () => expect(await two.shared()).toMatch(/heard of: elsewhere/), WAIT);
      for (const { told } of [one, two])
        await vi.waitFor(() => expect(told).toEqual([expect.anything(), "alone"]), WAIT);
      const database = await open(url);
      const rows = async () => database.kysely.selectFrom("router_group").select("is_own").execute();
      await vi.waitFor(async () => expect(await rows()).toEqual([{ is_own: 1 }]), WAIT);
    });

    it("are found by their answers alone", async () => {
      const { told, shared } = await start(running.newUrl());
      const getGroup = (): unknown => OTHERS;
      const foreign = await serveMethods(broker.url(), "xqbus", { getGroup });
      await vi.waitFor(async () => expect(await shared()).toMatch(/heard of: elsewhere/), WAIT);
      expect(told[0]).toMatch(/^xqbus:shared-domain /);
      await foreign.close();
    });

    it("are not found in what others put on the queue of their service, nor in what others answer there", async () => {
      const url = running.newUrl();
      const { router, told, meet, shared } = await start(url);
      const garbage = [
        ...[undefined, null, 7, "x", [], {}, { id: OTHER }, { ...OTHERS, id: 7 }, { ...OTHERS, id: "x".repeat(1e5) }],
        ...["x\ny", "x".repeat(1e5), ""].map((host) => ({ ...OTHERS, host })),
        ...[undefined, null, ROUTER, { length: 1 }].map((subscriptions) => ({ ...OTHERS, subscriptions })),
      ];
      for (const given of garbage) expect(await router.meet(given)).toMatchObject({ host: hostname() });
      const answers = [...garbage, { ...OTHERS, id: "\u0000", host: "\u0000" }];
      const getGroup = (): unknown => {
        const answer = answers.shift();
        if (answer === undefined) throw new Error("no more");
        return answer;
      };
      const foreign = await serveMethods(broker.url(), "xqbus", { getGroup }, { onError: () => undefined });
      const older = await serveMethods(broker.url(), "xqbus", {});
      const client = await RheaClient.connect(broker.url());
      const sender = await client.sender("org.clacks.command.xqbus");
      for (const body of ["", "{", "[]", "x".repeat(100_000), '{"jsonrpc":"2.0","method":"getGroup","params":[{}]}']) {
        await sender.send(rhea.message.data_section(Buffer.from(body)), {});
      }
      await vi.waitFor(() => expect(older.counts.received).toBeGreaterThan(5), WAIT);
      await vi.waitFor(() => expect(answers).toEqual([]), WAIT);
      const calls = meet.mock.calls.length;
      await vi.waitFor(() => expect(meet.mock.calls.length).toBeGreaterThan(calls + 3), WAIT);
      expect([told, await shared()]).toEqual([[], undefined]);
      await client.close();
      await foreign.close();
      await older.close();
    });

    it("that somebody makes up by the hundred are neither all kept nor all named", async () => {
      const url = running.newUrl();
      const { router, told, shared } = await start(url, { groupIntervalMs: 3_600_000 });
      for (let at = 0; at < 100; at++) {
        const id = `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
        await router.meet({ ...OTHERS, id, host: `host${at}` });
      }
      expect((await routerState(url, {}))?.others).toHaveLength(20);
      expect(await shared()).toMatch(/\(heard of: (?:host\d+ \d+ s ago, ){5}and 15 more\)/);
      expect(told).toHaveLength(1);
    });

    it("that have subscriptions of their own divide no events, and say what they divide", async () => {
      const own = { subscription: "mine", otherSubscriptions: ["listeners", "archive"], groupIntervalMs: 3_600_000 };
      const url = running.newUrl();
      const { router, told, shared } = await start(url, own);
      await router.meet({ ...OTHERS, subscriptions: [ROUTER, "archive\n", ""] });
      expect(await shared()).toMatch(
        /\(heard of: elsewhere \d+ s ago\): each group has subscriptions of its own and gets every event, but .*\[router\] enabled = false/,
      );
      expect(told).toEqual([expect.stringMatching(/^xqbus:shared-service /)]);
      expect(await routerState(url, {})).toMatchObject({ others: [{ host: "elsewhere", shared: [] }] });
      const second = OTHER.replace(/1$/, "2");
      await router.meet({ id: second, host: "second", subscriptions: ["archive", ROUTER, "listeners"] });
      expect(await shared()).toMatch(
        /\(heard of: second \d+ s ago\): events of the subscriptions listeners, archive are divided among both groups/,
      );
      expect(told).toEqual([expect.anything(), expect.stringMatching(/^xqbus:shared-domain /)]);
    });

    it("say which subscriptions they have when they ask", async () => {
      const { meet } = await start(running.newUrl(), { otherSubscriptions: ["listeners"] });
      const said = { host: hostname(), subscriptions: [ROUTER, "listeners"] };
      await vi.waitFor(() => expect(meet.mock.calls[0]?.[0]).toMatchObject(said), WAIT);
    });

    it("are one still when their database was made again and only one of them has started anew", async () => {
      const url = running.newUrl();
      const options = { groupIntervalMs: 3_600_000 };
      const older = await start(url, options);
      const before = await older.router.meet(undefined);
      const database = await open(url);
      await database.kysely.updateTable("router_group").set({ id: OTHER }).where("is_own", "=", 1).execute();
      const newer = await start(url, options);
      const said = await older.router.meet(await newer.router.meet(undefined));
      await newer.router.meet(said);
      expect([before.id === OTHER, said.id, await older.router.group()]).toEqual([false, OTHER, OTHER]);
      expect([older.told, newer.told, await older.shared(), await newer.shared()]).toEqual([
        [],
        [],
        undefined,
        undefined,
      ]);
    });

    it("find each other by the second broker where the first one is silent", async () => {
      const sockets = new Set<Socket>();
      const silent = createServer((socket) => void sockets.add(socket.on("error", () => undefined)));
      silent.listen(0, "127.0.0.1");
      await once(silent, "listening");
      closers.push(async () => {
        for (const socket of sockets) socket.destroy();
        silent.close();
      });
      const { port } = silent.address() as AddressInfo;
      const url = [`amqp://127.0.0.1:${port}/org.clacks`, broker.url()];
      const { shared } = await start(running.newUrl(), { url, connect: { timeoutMs: 2000 } });
      const asked = vi.fn(() => OTHERS);
      const foreign = await serveMethods(broker.url(), "xqbus", { getGroup: asked });
      await vi.waitFor(async () => expect(await shared()).toMatch(/heard of: elsewhere/), WAIT);
      expect(asked).toHaveBeenCalled();
      await foreign.close();
    });

    it("that get no answer for long say so once, and ask on", async () => {
      const told: string[] = [];
      const onProblem = ({ code, message }: XqbusError): void => void told.push(`${code} ${message}`);
      const database = await open(running.newUrl());
      const router = new Router({ url: broker.url(), catalog, database, groupIntervalMs: 20, onProblem });
      closers.push(() => router.stop());
      await router.start();
      const silence =
        /^xqbus:unchecked-domain whether daemons with another database serve this domain is not known: asking has failed 18 times: asking daemons/;
      await vi.waitFor(() => expect(told).toEqual([expect.stringMatching(silence)]), WAIT);
      const meet = vi.spyOn(router, "meet");
      const service = await serveRouter(router, broker.url());
      await vi.waitFor(() => expect(meet.mock.calls.length).toBeGreaterThan(3), WAIT);
      await service.close();
      expect(told).toHaveLength(1);
    });

    it("that may not ask say so once, and work all the same", async () => {
      await broker.close();
      broker = await startBroker({
        users: { ada: "secret" },
        rules: [
          { effect: "deny", user: "ada", action: "publish", address: "org.clacks.command.xqbus" },
          { effect: "allow", user: "ada", action: "*" },
        ],
      });
      const { router, told } = await start(running.newUrl());
      const unchecked =
        /^xqbus:unchecked-domain whether daemons with another database serve this domain cannot be asked: /;
      await vi.waitFor(() => expect(told).toEqual([expect.stringMatching(unchecked)]), WAIT);
      expect((await router.put("all", {})).change).toBe("created");
      expect(await router.health()).toMatchObject({ isReceiving: true, failure: undefined });
    });
  });
}
