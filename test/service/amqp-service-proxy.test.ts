import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { AMQPEventConsumer } from "../../src/amqp/index.ts";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import { EventMaker, type Event } from "../../src/event/index.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { AMQPServiceProxy } from "../../src/service/index.ts";

let catalog: Catalog;
const cleanUps: (() => Promise<void>)[] = [];

beforeAll(async () => {
  catalog = await loadCatalog();
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function broker(): Promise<Broker> {
  const started = await startBroker({ users: { admin: "secret" } });
  cleanUps.push(() => started.close());
  return started;
}

function proxyOf(url: string): AMQPServiceProxy {
  const proxy = new AMQPServiceProxy(url, { catalog });
  cleanUps.push(() => proxy.close());
  return proxy;
}

function phoneStatus(): Event {
  const e = EventMaker(catalog);
  return e.Event(e.PhoneStatus(e.CallerId("012345"), e.ReceiverId("12343424"), e.Status("busy")));
}

describe("the service proxy", () => {
  it("sends an event, its text and its bytes, with and without XML declaration", async () => {
    const started = await broker();
    const received: string[] = [];
    const consumer = await AMQPEventConsumer.open(started.url("admin"));
    cleanUps.push(() => consumer.close());
    const proxy = proxyOf(started.url("admin"));
    const text = phoneStatus().toString({ pretty: true });
    const declared = `<?xml version="1.0" encoding="UTF-8"?>\n${text}`;
    for (const event of [phoneStatus(), text, declared, Buffer.from(declared)]) await proxy.sendEvent(event);
    for await (const { event } of consumer) if (received.push(event.toString()) === 4) break;
    expect(received).toEqual([phoneStatus().toString(), text, declared, declared]);
  });

  it("takes its catalog from the default directories, as the seed's program does", async () => {
    const started = await broker();
    await using proxy = new AMQPServiceProxy(started.url("admin"));
    await expect(proxy.sendEvent(phoneStatus().toString({ pretty: true }))).resolves.toBeUndefined();
    await expect(proxy.sendEvent("<Event/>")).rejects.toMatchObject({ code: "xqbus:invalid-event" });
  });

  it("connects when the first event is sent, so that an invalid one is refused without a broker", async () => {
    const started = await broker();
    const url = started.url("admin");
    await started.close();
    const proxy = proxyOf(url);
    await expect(proxy.sendEvent("<Event/>")).rejects.toMatchObject({ code: "xqbus:invalid-event" });
    await expect(proxy.sendEvent(phoneStatus())).rejects.toMatchObject({
      code: "xqbus:not-connected",
      message: `nobody listens at 127.0.0.1:${started.port}; is the broker running? (xqbus serve starts one)`,
    });
  });

  it("takes limits for one call", async () => {
    const proxy = proxyOf((await broker()).url("admin"));
    await expect(proxy.sendEvent(phoneStatus(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "xqbus:aborted",
    });
  });

  it("refuses a URL that is none when it is made", () => {
    expect(() => new AMQPServiceProxy("localhost")).toThrow(
      expect.objectContaining({ code: "xqbus:invalid-url" }) as Error,
    );
  });

  it("waits at its close no longer than it is told to", async () => {
    const started = await broker();
    const proxy = proxyOf(started.url("admin"));
    await proxy.sendEvent(phoneStatus());
    await started.close();
    const sending = proxy.sendEvent(phoneStatus()).catch((error: unknown) => error);
    await proxy.close({ drain: false });
    expect(await sending).toMatchObject({ code: "xqbus:already-closed" });
  });

  it("sends nothing after close", async () => {
    const proxy = proxyOf((await broker()).url("admin"));
    await proxy.sendEvent(phoneStatus());
    await proxy.close();
    await expect(proxy.sendEvent(phoneStatus())).rejects.toMatchObject({ code: "xqbus:already-closed" });
  });
});
