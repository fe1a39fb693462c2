import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Receiver, Sender } from "rhea";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AMQPEventConsumer, type ConsumerOptions } from "../../../src/amqp/index.ts";
import { startBroker } from "../../../src/broker/index.ts";
import { loadCatalog } from "../../../src/schema/index.ts";
import { ScriptedBroker, type Script } from "../scripted-broker.ts";

const BUSY = '/e:Event/e:PhoneStatus[e:Status = "busy"]';
const PHONE = (status: string): string =>
  '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><CallerId>1</CallerId><ReceiverId>2</ReceiverId>' +
  `<Status>${status}</Status></PhoneStatus></Event>`;
const PATIENCE = { timeout: 10_000, interval: 10 };

describe("where the filter of a consumer runs", () => {
  const cleanUps: (() => unknown)[] = [];

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  async function scripted(script: Script): Promise<ScriptedBroker> {
    const broker = await ScriptedBroker.start(script);
    cleanUps.push(() => broker.close());
    return broker;
  }

  async function consumerOf(
    url: string,
    options: ConsumerOptions = {},
  ): Promise<{
    readonly consumer: AMQPEventConsumer;
    readonly received: string[];
  }> {
    const received: string[] = [];
    const consumer = await AMQPEventConsumer.open(url, {
      xquery: BUSY,
      callback: (event) => void received.push(event.get("Status") ?? ""),
      onError: () => undefined,
      ...options,
    });
    cleanUps.push(() => consumer.close());
    return { consumer, received };
  }

  /** What receivers asked for, by link. */
  const filterOf = (link: Sender | Receiver): Readonly<Record<string, unknown>> =>
    (link.source.filter ?? {}) as Readonly<Record<string, unknown>>;

  it("is not known before there was a connection", async () => {
    const consumer = new AMQPEventConsumer("amqp://127.0.0.1:9/org.clacks", { onError: () => undefined });
    cleanUps.push(() => consumer.close());
    expect(consumer.placement).toBeUndefined();
    await expect(consumer.ready).rejects.toThrow();
  });

  it("is the consumer when a broker of ours does not answer with the filter", async () => {
    const broker = await scripted({ product: "xqbus" });
    const { consumer, received } = await consumerOf(broker.url());
    expect(consumer.placement).toMatchObject({ dialect: "embedded", product: "xqbus", applied: [], runsHere: true });
    expect(consumer.placement?.asked.map(({ kind }) => kind)).toEqual(["xquery"]);
    expect(consumer.placement?.reasons[0]).toBe("the broker does not apply the xquery: its answer does not have it");
    for (const status of ["free", "busy"]) broker.publish({ body: PHONE(status) });
    await vi.waitFor(() => expect(received).toEqual(["busy"]), PATIENCE);
    expect(consumer.counts).toMatchObject({ received: 2, filteredOut: 1 });
  });

  it("is the consumer when an unknown broker answers with filters that it may not apply", async () => {
    const catalog = await loadCatalog();
    cleanUps.push(() => catalog[Symbol.dispose]());
    const broker = await scripted({ product: "something else", echoesFilters: true });
    const { consumer, received } = await consumerOf(broker.url(), { catalog });
    expect(consumer.placement).toMatchObject({ dialect: "generic", applied: [], runsHere: true });
    expect(consumer.placement?.asked.map(({ kind }) => kind)).toEqual(["xquery", "selector"]);
    expect(consumer.placement?.reasons).toContain(
      "the broker says that it applies the selector; whether it does is not known",
    );
    for (const status of ["free", "busy"]) broker.publish({ body: PHONE(status) });
    await vi.waitFor(() => expect(received).toEqual(["busy"]), PATIENCE);
  });

  it("is the consumer when the broker refuses the link because of the filter, and the reason says so", async () => {
    const broker = await scripted({
      onAttach: (link) => {
        if (!link.is_sender() || Object.keys(filterOf(link)).length === 0) return false;
        link.close({ condition: "amqp:invalid-field", description: "no such filters here" });
        return true;
      },
    });
    const { consumer, received } = await consumerOf(broker.url());
    expect(broker.addresses).toEqual(["org.clacks", "org.clacks"]);
    expect(broker.connections).toHaveLength(1);
    expect(consumer.placement).toMatchObject({ asked: [], applied: [], runsHere: true });
    expect(consumer.placement?.reasons).toEqual([
      "the broker refused the link with its filters: no such filters here (amqp:invalid-field)",
      "the filter runs here: only the filter itself is exact",
    ]);
    broker.publish({ body: PHONE("busy") });
    await vi.waitFor(() => expect(received).toEqual(["busy"]), PATIENCE);
  });

  it("is told as before when the broker refuses the link with and without filter", async () => {
    const broker = await scripted({
      onAttach: (link) => {
        link.close({ condition: "amqp:not-found", description: "no such node" });
        return true;
      },
    });
    await expect(consumerOf(broker.url())).rejects.toMatchObject({ code: "amqp:not-found" });
  });

  it("is the embedded broker for a plain subscription, and both for one that is kept", async () => {
    const broker = await startBroker({ users: { admin: "secret" } });
    cleanUps.push(() => broker.close());
    const { consumer } = await consumerOf(broker.url("admin"));
    const kept = await consumerOf(broker.url("admin"), { durable: "a" });
    expect([consumer.placement?.runsHere, kept.consumer.placement?.runsHere]).toEqual([false, true]);
    expect(kept.consumer.placement?.applied.map(({ kind }) => kind)).toEqual(["xquery"]);
  });

  it("changes with the catalog: the broker is asked for the new selector", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-placement-"));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const schema = readFileSync(join(import.meta.dirname, "../../../schemas/events/PhoneStatus.xsd"), "utf8");
    writeFileSync(join(folder, "PhoneStatus.xsd"), schema);
    const catalog = await loadCatalog({ directories: [folder] });
    cleanUps.push(() => catalog[Symbol.dispose]());
    const broker = await scripted({ product: "apache-activemq-artemis" });
    const { consumer } = await consumerOf(broker.url(), { catalog, reconnect: { minDelayMs: 1 } });
    const selector = (): string | undefined => consumer.placement?.asked[0]?.text;
    expect(selector()).toContain("Status = 'busy' OR Status IS NULL");
    const watcher = catalog.watch();
    cleanUps.push(() => watcher.close());
    writeFileSync(join(folder, "PhoneStatus.xsd"), schema.replace("Status CallerId", "CallerId"));
    await vi.waitFor(() => expect(broker.connections).toHaveLength(2), PATIENCE);
    await vi.waitFor(() => expect(selector()).toBeUndefined(), PATIENCE);
  });

  it.each([["strict"], [5]])("is no place called %j", async (placement) => {
    const options = { placement } as unknown as ConsumerOptions;
    expect(() => new AMQPEventConsumer("amqp://127.0.0.1:9/org.clacks", options)).toThrow(
      `option placement must be one of open, labelled, here, got "${placement}"`,
    );
  });
});
