import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EventPublisher } from "../../../src/amqp/index.ts";
import { startBroker, type Broker } from "../../../src/broker/index.ts";
import { openRouterDatabase, Router, type RouterDatabase } from "../../../src/router/index.ts";
import { loadCatalog, type Catalog } from "../../../src/schema/index.ts";
import { run } from "../../cli/harness.ts";
import { leave } from "../../helpers/leave.ts";
import { describeWith, SQLITE } from "../../helpers/requirements.ts";
import { QueueReader } from "../../router/queue-reader.ts";
import { apis, type RunningApi } from "./harness.ts";

const WAIT = { timeout: 60_000, interval: 20 };

describeWith([SQLITE], "routes of a daemon, over HTTP", () => {
  const { start } = apis();
  let folder: string;
  let broker: Broker;
  let url: string;
  let catalog: Catalog;
  let database: RouterDatabase;
  let router: Router;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-http-router-"));
    broker = await startBroker({ port: 0, queuePolicies: [{ address: "org.clacks.sub.small", maxBytes: 4000 }] });
    catalog = await loadCatalog({});
    database = await openRouterDatabase(`sqlite:${join(folder, "router.db")}`);
    url = broker.url(undefined, "org.clacks");
    router = new Router({ url, catalog, database, attempts: 1, onProblem: () => undefined });
    await router.start();
  });
  afterEach(async () => {
    await router.stop();
    await database.close();
    await broker.close();
    catalog.close();
    rmSync(folder, { recursive: true });
  });

  const cliOf =
    ({ firstKey, url: http }: RunningApi) =>
    (...args: readonly string[]) => {
      const { id = "", secret = "" } = firstKey ?? {};
      return run(["route", ...args, "--http", http], { env: { XQBUS_API_KEY: id, XQBUS_API_SECRET: secret } });
    };

  it("are made, looked at and ended; a dry run changes nothing; metrics and commands show them", async () => {
    const api = await start({}, { router });
    const { routes } = api.client;
    expect(await routes.put("busy", { routingKey: "#" }, { dryRun: true })).toMatchObject({ change: "created" });
    expect(await routes.list()).toEqual([]);
    expect(await routes.put("busy", { orderBy: { xpath: "//e:CallerId" } })).toMatchObject({ change: "created" });
    expect(await routes.get("busy")).toMatchObject({ name: "busy", queue: "org.clacks.sub.busy", revision: 1 });
    await expect(routes.put("busy", { xquery: "((" })).rejects.toMatchObject({ code: "XPST0003" });
    await expect(routes.get("none")).rejects.toMatchObject({ code: "xqbus:unknown-name", status: 404 });
    const metrics = await (await api.call("/metrics")).text();
    expect(metrics).toContain("xqbus_router_routes 1\n");
    const cli = cliOf(api);
    expect((await cli("create", "all", "--routing-key", "#")).stdout).toBe(
      "the route all is created; its queue: org.clacks.sub.all\n",
    );
    expect((await cli("list")).stdout).toMatch(/all +org\.clacks\.sub\.all +#/);
    expect((await cli("show", "busy")).stdout).toContain("//e:CallerId");
    expect((await cli("delete", "busy", "--dry-run")).stdout).toBe(
      "would delete the route busy, what waits in its queue and 0 events of its backlog\n",
    );
    expect((await cli("delete", "busy")).stdout).toBe(
      "deleted the route busy, 0 events of its queue and 0 events of its backlog\n",
    );
    expect(await routes.delete("all")).toEqual({ name: "all", queue: "org.clacks.sub.all", inQueue: 0, inBacklog: 0 });
  });

  it("have what was done to them in another way in the audit log, too", async () => {
    const api = await start({}, { router });
    await api.audit({ who: "bus:ada", action: "route.delete", target: "calls", outcome: "done", details: {} });
    expect(await api.client.audit({ target: "calls" })).toMatchObject([{ who: "bus:ada", action: "route.delete" }]);
  });

  it("are rid of one event that their queue never takes, and those behind it go on in their order", async () => {
    const api = await start({}, { router });
    const { routes } = api.client;
    await routes.put("small", { orderBy: "group-id" });
    await using publisher = await EventPublisher.open(url, { catalog });
    await using queue = await QueueReader.open(url, "org.clacks.sub.small");
    const came = (): readonly string[] => queue.messages.map(({ properties }) => properties.messageId);
    const send = (messageId: string, groupId: string, id = "1") =>
      publisher.sendEvent(leave(id), { messageId, groupId });
    await send("large", "g", "x".repeat(10_000));
    for (const messageId of ["one", "two", "three"]) await send(messageId, "g");
    await expect.poll(async () => (await routes.waiting("small")).items.length, WAIT).toBe(4);
    await send("other", "h");
    await expect.poll(came, WAIT).toEqual(["other"]);

    const first = await routes.waiting("small", { limit: 1 });
    expect(first.items).toMatchObject([
      { messageId: "large", subject: "org.clacks.event.NodeLeave", isUndecided: false },
    ]);
    expect(await routes.waiting("small", { after: first.next })).toMatchObject({
      items: [{ messageId: "one" }, { messageId: "two" }, { messageId: "three" }],
    });
    await expect(routes.waiting("none")).rejects.toMatchObject({ code: "xqbus:unknown-name", status: 404 });
    expect((await api.call("/routes/small/waiting?limit=1001")).status).toBe(400);
    const [{ id = 0, bytes = 0 } = {}] = first.items;
    const cli = cliOf(api);
    const listed = await cli("waiting", "small", "--limit", "2");
    expect(listed.stdout).toMatch(/^ID +SINCE +EVENT +ROUTING KEY +BYTES +REASON\n\d+ .* large +org\S+ +\d+ +\S/);
    expect(listed.stderr).toMatch(/there are more: --after \d+/);
    expect(JSON.parse((await cli("waiting", "small", "--json")).stdout)).toHaveLength(4);

    const what = `the event large of the route small (${bytes} bytes)`;
    expect((await cli("discard", "small", `${id}`, "--dry-run")).stdout).toBe(`would discard ${what}\n`);
    await expect(routes.discard("other", id)).rejects.toMatchObject({ code: "xqbus:unknown-name", status: 404 });
    expect((await routes.waiting("small")).items).toHaveLength(4);
    expect((await cli("discard", "small", `${id}`)).stdout).toBe(`discarded ${what}\n`);
    await expect.poll(came, WAIT).toEqual(["other", "one", "two", "three"]);
    expect((await cli("discard", "small", `${id}`)).code).toBe(1);
    expect((await cli("discard", "small", "x")).code).toBe(2);
    expect(await api.client.audit({ action: "route.discard" })).toMatchObject([
      { target: "small", outcome: "xqbus:unknown-name", details: { event: id } },
      { target: "small", outcome: "done", details: { event: id, messageId: "large" } },
      { target: "other", outcome: "xqbus:unknown-name" },
    ]);
  });

  it("are not there without a router, which is told", async () => {
    const api = await start();
    await expect(api.client.routes.list()).rejects.toMatchObject({ status: 404, code: "xqbus:resource-not-found" });
  });
});
