import { afterEach, describe, expect, it, vi } from "vitest";
import { AMQPEventConsumer } from "../../src/amqp/index.ts";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import {
  EventClient,
  getEventClient,
  listenMicroserviceEvents,
  serveResource,
  type MicroserviceListenOptions,
  type ServeResourceOptions,
} from "../../src/service/index.ts";
import { ResourceCache } from "../../src/service/microservice/resource-cache.ts";

const PATIENCE = { timeout: 20_000, interval: 10 };
const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function broker(): Promise<Broker> {
  const started = await startBroker({ users: { admin: "secret" } });
  cleanUps.push(() => started.close());
  return started;
}

function clientOf(url: string, options: object = {}): EventClient {
  const client = new EventClient({ url, service: "orders", staging: "test", ...options });
  cleanUps.push(() => client.close());
  return client;
}

async function listen(url: string, options: MicroserviceListenOptions): Promise<readonly string[]> {
  const lines: string[] = [];
  const consumer = await listenMicroserviceEvents({
    url,
    staging: "test",
    logger: { info: (line) => lines.push(line) },
    onError: () => undefined,
    ...options,
  });
  cleanUps.push(() => consumer.close());
  return lines;
}

async function serveOrders(
  url: string,
  handler: Parameters<typeof serveResource>[1],
  options: ServeResourceOptions = {},
): Promise<void> {
  const service = await serveResource("Order", handler, {
    url,
    service: "orders",
    staging: "test",
    onError: () => undefined,
    ...options,
  });
  cleanUps.push(() => service.close({ timeoutMs: 50 }));
}

const FIELDS = { task_id: "7f1c", resource_type: "Order", resource_id: "23131024", user_id: 42 };

describe("the settings of a microservice", () => {
  it.each([
    ["production", "microservice-events"],
    ["development", "microservice-events-development"],
  ])("name the address on stage %s: %s", (staging, address) => {
    const { settings } = new EventClient({ url: "amqp://guest:guest@rabbitmq:5672/%2F", service: "orders", staging });
    expect(settings).toEqual({
      service: "orders",
      address,
      queue: "orders-events",
      urls: [`amqp://guest:guest@rabbitmq:5672/${address}`],
      vhost: "/",
    });
  });

  it("come from the environment", () => {
    vi.stubEnv("SERVICE_NAME", "billing");
    vi.stubEnv("STAGING_NAME", "qa");
    vi.stubEnv("XQBUS_URL", "");
    vi.stubEnv("BROKER_URL", "amqp://a/x,amqp://b/x");
    expect(new EventClient().settings).toMatchObject({
      service: "billing",
      queue: "billing-events",
      urls: ["amqp://a/microservice-events-qa", "amqp://b/microservice-events-qa"],
      vhost: undefined,
    });
  });

  it.each([
    [{ SERVICE_NAME: "a" }, "the setting STAGING_NAME (option staging) is missing"],
    [{ STAGING_NAME: "qa" }, "the setting SERVICE_NAME (option service) is missing"],
    [{ SERVICE_NAME: "a/b", STAGING_NAME: "qa" }, 'the setting SERVICE_NAME (option service) is "a/b"'],
    [{ SERVICE_NAME: "a", STAGING_NAME: "" }, 'the setting STAGING_NAME (option staging) is ""'],
  ])("are all there: %j", (env, problem) => {
    expect(() => new EventClient({ env, url: "amqp://localhost" })).toThrow(
      expect.objectContaining({
        code: "xqbus:illegal-argument",
        message: `${problem}; expected letters, digits, "_" and "-"`,
      }),
    );
  });

  it("name a broker", () => {
    const env = { SERVICE_NAME: "a", STAGING_NAME: "qa" };
    expect(() => new EventClient({ env })).toThrow(expect.objectContaining({ code: "xqbus:invalid-url" }));
    expect(() => new EventClient({ env: { ...env, BROKER_URL: "amqp://guest:guest@rabbitmq:5672//" } })).toThrow(
      expect.objectContaining({ code: "xqbus:invalid-url", message: expect.stringContaining("/%2F") as string }),
    );
  });
});

describe("an event of a microservice", () => {
  it.each([undefined, null, "order_created"])("is not listened to with %s for handlers", async (handlers) => {
    const options = { service: "a", staging: "qa", url: "amqp://localhost:1", handlers: handlers as never };
    await expect(listenMicroserviceEvents(options)).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
      message: "option handlers must be an object of functions by event type",
    });
  });

  it("is handled by the handler of its name, and logged as zc_events logs it", async () => {
    const url = (await broker()).url("admin");
    const handled: unknown[] = [];
    const lines = await listen(url, {
      service: "billing",
      handlers: { order_created: (fields) => handled.push(fields) },
    });
    const client = clientOf(url);
    await client.emit("order_created", {
      ...FIELDS,
      amount: 12.5,
      note: "ä<&>",
      paid: false,
      items: [{ id: 1 }],
      none: undefined,
    });
    await client.emit("order_deleted", FIELDS);
    await client.emit("constructor");
    await client.emit("toString", { resource_id: "1\nMICROSERVICE_EVENT::PROCESSED" });
    await vi.waitFor(() => expect(lines).toHaveLength(4), PATIENCE);
    expect(lines).toEqual([
      "MICROSERVICE_EVENT::PROCESSED: Received [order_created:7f1c] event for object (Order:23131024) and user 42",
      "MICROSERVICE_EVENT::IGNORED: Received [order_deleted:7f1c] event for object (Order:23131024) and user 42",
      "MICROSERVICE_EVENT::IGNORED: Received [constructor:None] event for object (None:None) and user None",
      "MICROSERVICE_EVENT::IGNORED: Received [toString:None] event for object (None:1\\u000aMICROSERVICE_EVENT::PROCESSED) and user None",
    ]);
    expect(handled).toEqual([
      { ...FIELDS, user_id: "42", amount: 12.5, note: "ä<&>", paid: false, items: [{ id: 1 }] },
    ]);
  });

  it("goes to every service once, and waits for one that is away", async () => {
    const url = (await broker()).url("admin");
    const got: string[] = [];
    const handlersOf = (name: string): MicroserviceListenOptions["handlers"] => ({
      ping: ({ task_id }) => void got.push(`${name} ${task_id}`),
    });
    await listen(url, { service: "billing", handlers: handlersOf("billing") });
    await listen(url, { service: "billing", handlers: handlersOf("billing") });
    const away = await listenMicroserviceEvents({
      url,
      staging: "test",
      service: "mail",
      handlers: handlersOf("mail"),
    });
    await away.close();
    const client = clientOf(url);
    for (let n = 0; n < 4; n++) await client.emit("ping", { task_id: n });
    await vi.waitFor(() => expect(got).toHaveLength(4), PATIENCE);
    await listen(url, { service: "mail", handlers: handlersOf("mail") });
    await vi.waitFor(() => expect(got).toHaveLength(8), PATIENCE);
    const expected = ["billing", "mail"].flatMap((name) => [0, 1, 2, 3].map((n) => `${name} ${n}`));
    expect(got.toSorted()).toEqual(expected);
  });

  it("comes again when its handler throws", async () => {
    const url = (await broker()).url("admin");
    let calls = 0;
    const lines = await listen(url, {
      service: "billing",
      handlers: {
        ping: () => {
          if (++calls === 1) throw new Error("not now");
        },
      },
    });
    await clientOf(url).emit("ping");
    await vi.waitFor(() => expect(calls).toBe(2), PATIENCE);
    expect(lines).toHaveLength(2);
  });

  it("is XML that a filter of another program understands", async () => {
    const url = (await broker()).url("admin").replace(/[^/]*$/u, "microservice-events-test");
    await using consumer = await AMQPEventConsumer.open(url, {
      xquery: `declare namespace e = "http://www.gonicus.de/Events";
        /e:Event/e:MicroserviceEvent[e:ResourceType = "Order" and e:Argument[@name = "amount"] > 10]`,
    });
    const client = clientOf(url);
    await client.emit("order_created", { ...FIELDS, amount: 9 });
    await client.emit("order_created", { ...FIELDS, amount: 11 });
    for await (const { event, properties } of consumer) {
      expect(event.get("Argument")).toBe("11");
      expect(properties).toMatchObject({
        subject: "microservice-events-test.microservice.event",
        groupId: "Order 23131024",
        applicationProperties: {
          cloudEvents_type: "microservice.event",
          cloudEvents_source: "/orders",
          EventType: "order_created",
          ResourceType: "Order",
        },
      });
      break;
    }
  });

  it.each<[string, string, object, string]>([
    ["no type", "", {}, "xqbus:illegal-argument"],
    ["an endless type", "x".repeat(201), {}, "xqbus:invalid-event"],
    ["an id that is an object", "ping", { user_id: {} }, "xqbus:illegal-argument"],
    ["a function", "ping", { call: () => 1 }, "xqbus:illegal-argument"],
    ["a cycle", "ping", { self: globalThis }, "xqbus:illegal-argument"],
    ["a character that XML does not have", "ping", { note: "\u0000" }, "xqbus:illegal-character"],
  ])("is refused with %s", async (_, type, fields, code) => {
    const url = (await broker()).url("admin");
    await expect(clientOf(url).emit(type, fields as never)).rejects.toMatchObject({ code });
  });
});

describe("the event client", () => {
  it("is one in a process, until it is closed", async () => {
    const url = (await broker()).url("admin");
    const client = getEventClient({ url, service: "orders", staging: "test" });
    expect(getEventClient()).toBe(client);
    expect(() => getEventClient({ url })).toThrow(expect.objectContaining({ code: "xqbus:illegal-argument" }));
    await client.emit("ping");
    await client.close();
    await expect(client.emit("ping")).rejects.toMatchObject({ code: "xqbus:already-closed" });
    const next = getEventClient({ url, service: "orders", staging: "test" });
    expect(next).not.toBe(client);
    await next.close();
  });
});

describe("a remote resource", () => {
  it("has its fields as properties", async () => {
    const url = (await broker()).url("admin");
    await serveOrders(url, (id, { method }) => ({ id, name: `Order ${id}`, method, lines: [{ sku: "a" }] }));
    const order = await clientOf(url).getRemoteResource<{ name: string; lines: readonly object[] }>("Order", 23131024);
    expect(order.name).toBe("Order 23131024");
    expect(order).toEqual({ id: "23131024", name: "Order 23131024", method: "get", lines: [{ sku: "a" }] });
    expect([Object.isFrozen(order), Object.isFrozen(order.lines[0])]).toEqual([true, true]);
  });

  it.each([undefined, null])("is missing when its service gives %s", async (nothing) => {
    const url = (await broker()).url("admin");
    await serveOrders(url, () => nothing);
    await expect(clientOf(url).getRemoteResource("Order", "1")).rejects.toMatchObject({
      name: "ResourceNotFoundError",
      code: "xqbus:resource-not-found",
      status: 404,
      message: 'there is no Order with the id "1"',
    });
  });

  it("fails as its service does, or when that gives no object", async () => {
    const url = (await broker()).url("admin");
    await serveOrders(url, (id) => {
      if (id === "text") return "text";
      throw new Error("the database is away");
    });
    const client = clientOf(url);
    await expect(client.getRemoteResource("Order", "1")).rejects.toMatchObject({
      code: "xqbus:service-failed",
      message: "resource.Order.get: the database is away",
    });
    await expect(client.getRemoteResource("Order", "text")).rejects.toMatchObject({ code: "xqbus:service-failed" });
    await expect(client.getRemoteResource("no type", "1")).rejects.toMatchObject({ code: "xqbus:illegal-argument" });
  });

  it("is not waited for longer than somebody wants, or when nobody has it", async () => {
    const url = (await broker()).url("admin");
    const client = clientOf(url, { resourceTimeoutMs: 20_000, closeTimeoutMs: 10 });
    await expect(client.getRemoteResource("Order", "1", { timeoutMs: 50 })).rejects.toMatchObject({
      code: "xqbus:timeout",
      message: 'asking for Order "1" did not end within 50 ms (option timeoutMs)',
    });
    const abort = new AbortController();
    const asked = client.getRemoteResource("Order", "2", { signal: abort.signal });
    abort.abort();
    await expect(asked).rejects.toMatchObject({ code: "xqbus:aborted" });
  });

  it("is asked for once by many, and again later", async () => {
    const url = (await broker()).url("admin");
    let asked = 0;
    await serveOrders(url, (id) => ({ id, asked: ++asked }));
    const client = clientOf(url, { cacheMs: 60_000 });
    const many = await Promise.all([1, 2, 3].map(() => client.getRemoteResource("Order", "1")));
    expect(many).toEqual([1, 2, 3].map(() => ({ id: "1", asked: 1 })));
    expect(await client.getRemoteResource("Order", "1")).toBe(many[0]);
    expect(await client.getRemoteResource("Order", "2")).toMatchObject({ asked: 2 });
    const fresh = clientOf(url, { cacheMs: 0 });
    await fresh.getRemoteResource("Order", "1");
    expect(await fresh.getRemoteResource("Order", "1")).toMatchObject({ asked: 4 });
  });
});

describe("the cache of resources", () => {
  it("forgets after its time, forgets the oldest, and keeps no failure", async () => {
    let time = 0;
    let fetched = 0;
    const cache = new ResourceCache<number>({ keepMs: 10, maxValues: 2, now: () => time });
    const fetch = (): Promise<number> => Promise.resolve(++fetched);
    expect([await cache.get("a", fetch), await cache.get("a", fetch)]).toEqual([1, 1]);
    time = 10;
    expect(await cache.get("a", fetch)).toBe(2);
    await cache.get("b", fetch);
    await cache.get("c", fetch);
    expect([await cache.get("c", fetch), await cache.get("b", fetch), await cache.get("a", fetch)]).toEqual([4, 3, 5]);
    await expect(cache.get("d", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await cache.get("d", fetch)).toBe(6);
  });
});
