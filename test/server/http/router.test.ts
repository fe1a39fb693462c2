import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startBroker, type Broker } from "../../../src/broker/index.ts";
import { openRouterDatabase, Router, type RouterDatabase } from "../../../src/router/index.ts";
import { loadCatalog, type Catalog } from "../../../src/schema/index.ts";
import { run } from "../../cli/harness.ts";
import { describeWith, SQLITE } from "../../helpers/requirements.ts";
import { apis } from "./harness.ts";

describeWith([SQLITE], "routes of a daemon, over HTTP", () => {
  const { start } = apis();
  let folder: string;
  let broker: Broker;
  let catalog: Catalog;
  let database: RouterDatabase;
  let router: Router;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-http-router-"));
    broker = await startBroker({ port: 0 });
    catalog = await loadCatalog({});
    database = await openRouterDatabase(`sqlite:${join(folder, "router.db")}`);
    router = new Router({ url: broker.url(undefined, "org.clacks"), catalog, database, onProblem: () => undefined });
    await router.start();
  });
  afterEach(async () => {
    await router.stop();
    await database.close();
    await broker.close();
    catalog.close();
    rmSync(folder, { recursive: true });
  });

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
    const { id = "", secret = "" } = api.firstKey ?? {};
    const cli = (...args: readonly string[]) =>
      run(["route", ...args, "--http", api.url], {
        env: { XQBUS_API_KEY: id, XQBUS_API_SECRET: secret },
      });
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

  it("are not there without a router, which is told", async () => {
    const api = await start();
    await expect(api.client.routes.list()).rejects.toMatchObject({ status: 404, code: "xqbus:resource-not-found" });
  });
});
