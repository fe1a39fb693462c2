import rhea from "rhea";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher, type ConsumerOptions } from "../../src/amqp/index.ts";
import { EventMaker, type Event } from "../../src/event/index.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { ScriptedBroker, type Script } from "./scripted-broker.ts";
import { expectSilence } from "./silence.ts";

const cleanUps: (() => unknown)[] = [];
let catalog: Catalog;

beforeAll(async () => {
  catalog = await loadCatalog({ maxInlineBytes: 1_000 });
});

expectSilence();

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function broker(script?: Script): Promise<ScriptedBroker> {
  const started = await ScriptedBroker.start(script);
  cleanUps.push(() => started.close());
  return started;
}

async function consumer(of: ScriptedBroker, options: ConsumerOptions): Promise<AMQPEventConsumer> {
  const opened = await AMQPEventConsumer.open(of.url(), { catalog, closeTimeoutMs: 50, ...options });
  cleanUps.push(() => opened.close());
  return opened;
}

/** An event whose status has so many characters beside its name. */
function phoneStatus(name: string, size = 0): Event {
  const e = EventMaker(catalog);
  return e.Event(e.PhoneStatus(e.CallerId(name), e.ReceiverId("1"), e.Status("x".repeat(size))));
}

function small(name: string): string {
  return phoneStatus(name).toString();
}

function large(name: string): string {
  return phoneStatus(name, 200_000).toString();
}

function largeAndInvalid(name: string): string {
  return large(name).replaceAll("Status>", "Statsu>").replaceAll("PhoneStatsu>", "PhoneStatus>");
}

function messageOf(text: string): Buffer {
  return rhea.message.encode({ body: rhea.message.data_section(Buffer.from(text)) as unknown });
}

function nameOf(text: string): string | undefined {
  return /<CallerId>(.*)<\/CallerId>/.exec(text)?.[1];
}

describe("a publisher with large events", () => {
  it("sends events in the order of the calls, whatever their size, and refuses those that are not valid", async () => {
    const sent: (string | undefined)[] = [];
    const started = await broker({
      onPublish: (delivery, message) => {
        sent.push(nameOf((message.body as { content: Buffer }).content.toString()));
        delivery.accept();
      },
    });
    await using publisher = await EventPublisher.open(started.url(), { catalog });
    const events = [small("a"), large("b"), small("c"), largeAndInvalid("d"), small("e"), large("f"), small("g")];
    const results = await Promise.allSettled(events.map((event) => publisher.sendEvent(event)));
    expect(results.map(({ status }) => status)).toEqual([
      ...["fulfilled", "fulfilled", "fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"],
    ]);
    expect(results[3]).toMatchObject({ reason: { code: "xqbus:invalid-event", name: "InvalidEventError" } });
    expect(sent).toEqual(["a", "b", "c", "e", "f", "g"]);
    await publisher.sendEvent(small("h"));
    expect(sent.at(-1)).toBe("h");
  });

  it("gives a large event up when its time is over or the caller says so", async () => {
    const started = await broker();
    const own = await loadCatalog({ maxInlineBytes: 1_000 });
    await using publisher = await EventPublisher.open(started.url(), { catalog: own });
    await expect(publisher.sendEvent(large("a"), { timeoutMs: 1 })).rejects.toMatchObject({
      name: "TimeoutError",
      code: "xqbus:timeout",
    });
    const controller = new AbortController();
    const sending = publisher.sendEvent(large("b"), { signal: controller.signal });
    setTimeout(() => controller.abort(), 1);
    await expect(sending).rejects.toMatchObject({ name: "AbortedError", code: "xqbus:aborted" });
    await publisher.sendEvent(small("c"));
    own.close();
  });
});

describe("a consumer with large events", () => {
  const EVENTS = [small("a"), large("b"), small("c"), largeAndInvalid("d"), small("e"), large("f"), small("g")];
  const VALID = ["a", "b", "c", "e", "f", "g"];

  it("gives events to the callback in the order in which they came", async () => {
    const started = await broker();
    const received: (string | undefined)[] = [];
    const errors: string[] = [];
    const opened = await consumer(started, {
      callback: (event) => void received.push(event.get("CallerId")),
      onError: (error) => void errors.push(error.code),
    });
    for (const event of EVENTS) started.publish(messageOf(event));
    await vi.waitFor(() => expect(started.outcomes).toHaveLength(EVENTS.length), { timeout: 20_000 });
    expect(received).toEqual(VALID);
    expect(errors).toEqual(["xqbus:invalid-event"]);
    expect(started.outcomes.toSorted()).toEqual([...VALID.map(() => "accepted"), "rejected"]);
    expect(opened.counts).toMatchObject({ received: 7, matched: 6, invalid: 1 });
  });

  it("gives them to a loop in that order", async () => {
    const started = await broker();
    const opened = await consumer(started, { onError: () => undefined });
    for (const event of EVENTS) started.publish(messageOf(event));
    const received: (string | undefined)[] = [];
    for await (const { event } of opened) {
      received.push(event.get("CallerId"));
      if (received.length === VALID.length) break;
    }
    expect(received).toEqual(VALID);
  });

  it("gives a large event back that is being validated when it is closed", async () => {
    const started = await broker();
    const received: Event[] = [];
    const validateAsync = vi.fn(() => new Promise<never>(() => undefined));
    const onChange = (): (() => void) => () => undefined;
    const stalled: Partial<Catalog> = { maxInlineBytes: 1_000, validateAsync, onChange };
    const callback = (event: Event): void => void received.push(event);
    const opened = await consumer(started, { catalog: stalled as Catalog, callback });
    started.publish(messageOf(large("a")));
    await vi.waitFor(() => expect(validateAsync).toHaveBeenCalled(), { timeout: 20_000 });
    await opened.close();
    expect(received).toEqual([]);
    expect(started.outcomes).toEqual(["released"]);
  });
});
