import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TimeoutError } from "../../src/amqp/index.ts";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import {
  openRouterDatabase,
  Router,
  serveRouter,
  type AskedChange,
  type RouterDatabase,
} from "../../src/router/index.ts";
import { RouteReader } from "../../src/router/route-reader.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { AMQPServiceProxy, type MethodService } from "../../src/service/index.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";

describeWith([SQLITE], "what is asked of a router over the bus", () => {
  let folder: string;
  let broker: Broker;
  let catalog: Catalog;
  let database: RouterDatabase;
  let router: Router;
  let service: MethodService;
  let changes: AskedChange[];
  let proxy: AMQPServiceProxy;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-router-methods-"));
    broker = await startBroker({ port: 0, users: { daemon: "d", ada: "a" } });
    catalog = await loadCatalog({});
    database = await openRouterDatabase(`sqlite:${join(folder, "router.db")}`);
    router = new Router({ url: broker.url("daemon"), catalog, database, onProblem: () => undefined });
    await router.start();
    changes = [];
    service = await serveRouter(
      router,
      broker.url("daemon"),
      {},
      { onChange: async (change) => void changes.push(change) },
    );
    proxy = new AMQPServiceProxy(broker.url("ada"), { service: "xqbus" });
  }, 30_000);
  afterEach(async () => {
    vi.restoreAllMocks();
    await proxy.close();
    await service.close();
    await router.stop();
    await database.close();
    await broker.close();
    catalog.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (method: string, wish: object): Promise<unknown> => proxy.call(method, [wish]);

  it("is told when it changes a route, with who has asked, and not when nothing changes or it is refused", async () => {
    await ask("openSubscription", { name: "a", xquery: "//e:NodeLeave" });
    await ask("openSubscription", { name: "a", xquery: "//e:NodeLeave" });
    await ask("openSubscription", { name: "a", xquery: "//e:NodeAnnounce" });
    await expect(ask("openSubscription", { name: "a", xquery: "((" })).rejects.toThrow();
    await expect(ask("closeSubscription", { name: "none" })).rejects.toThrow(/there is no route "none"/);
    await ask("closeSubscription", { name: "a" });
    expect(changes).toEqual([
      { route: "a", change: "created", user: "ada", wish: { xquery: "//e:NodeLeave" } },
      { route: "a", change: "changed", user: "ada", wish: { xquery: "//e:NodeAnnounce" } },
      { route: "a", change: "ended", user: "ada" },
    ]);
  });

  it("ends no route for a consumer whose route is one of another group of daemons", async () => {
    await ask("openSubscription", { name: "a" });
    const group = "00000000-0000-4000-8000-000000000000";
    await router.meet({ id: group, host: "elsewhere", subscriptions: ["org.clacks.xqbus.router"] });
    await expect(ask("closeSubscription", { name: "a", group })).rejects.toThrow(/with another database answers/);
    expect(await router.has("a")).toBe(true);
    await ask("closeSubscription", { name: "a", group: await router.group() });
    expect(await router.has("a")).toBe(false);
  });

  it("is told of what is stored, also where other processes are too slow to take it", async () => {
    const everywhere = vi.spyOn(RouteReader.prototype, "everywhere").mockRejectedValue(new TimeoutError("too slow"));
    await expect(ask("openSubscription", { name: "a" })).rejects.toThrow(/too slow/);
    everywhere.mockRestore();
    await ask("openSubscription", { name: "a" });
    expect(changes).toEqual([{ route: "a", change: "created", user: "ada", wish: {} }]);
  });
});
