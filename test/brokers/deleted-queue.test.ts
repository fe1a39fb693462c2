import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import rhea, { type EventContext } from "rhea";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher, parseBusUrl } from "../../src/amqp/index.ts";
import { openRouterDatabase, Router, serveRouter } from "../../src/router/index.ts";
import { loadCatalog } from "../../src/schema/index.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";
import { PRODUCTS, PRODUCT_NEEDS } from "./products.ts";
import type { RunningBroker } from "./running-broker.ts";

const WAIT = { timeout: 60_000, interval: 50 };
const CONNECT = { reconnect: { minDelayMs: 20, maxDelayMs: 500 }, timeoutMs: 30_000 };

/** Deletes a queue of Artemis with its consumers, as somebody at its console would. @returns what the broker answers */
async function deleteByHand(url: string, queue: string): Promise<unknown> {
  const { host, port, user: username = "", password = "" } = parseBusUrl(url);
  const connection = rhea.create_container().connect({ host, port, username, password, reconnect: false });
  const answers = connection.open_receiver({ source: { address: "", dynamic: true } });
  await once(answers, "receiver_open");
  const sender = connection.open_sender("activemq.management");
  await once(sender, "sendable");
  const [answer] = await new Promise<readonly EventContext[]>((resolve) => {
    answers.once("message", (context: EventContext) => resolve([context]));
    sender.send({
      reply_to: (answers.source as { readonly address: string }).address,
      application_properties: { _AMQ_ResourceName: "broker", _AMQ_OperationName: "destroyQueue" },
      body: JSON.stringify([queue, true]),
    });
  });
  connection.close();
  await once(connection, "connection_close");
  return answer?.message?.application_properties?.["_AMQ_OperationSucceeded"];
}

describeWith([...PRODUCT_NEEDS.artemis, SQLITE], "a queue that is deleted by hand", () => {
  let broker: RunningBroker;
  let folder: string;
  beforeAll(async () => {
    broker = await PRODUCTS.artemis();
    folder = mkdtempSync(join(tmpdir(), "xqbus-deleted-"));
  }, 600_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await broker.stop();
  });

  it("is made again, and its consumer has every event that is sent behind it", async () => {
    const { url } = broker;
    const catalog = await loadCatalog({});
    await using database = await openRouterDatabase(`sqlite:${join(folder, "router.db")}`);
    const router = new Router({ url, connect: CONNECT, catalog, database, onProblem: () => undefined });
    await router.start();
    const service = await serveRouter(router, url, CONNECT);
    const got: string[] = [];
    const consumer = await AMQPEventConsumer.open(url, {
      ...{ ...CONNECT, durable: "c", xquery: "//e:NodeLeave", router: "required", routerTimeoutMs: 20_000 },
      onError: () => undefined,
      callback: (_, { properties }) => void got.push(properties.messageId ?? ""),
    });
    const publisher = await EventPublisher.open(url, { ...CONNECT, catalog });
    const ids = Array.from({ length: 40 }, (_, at) => `m${at}`);
    const send = async (from: number, until: number): Promise<void> => {
      for (const messageId of ids.slice(from, until)) {
        const event = `<Event xmlns="http://www.gonicus.de/Events"><NodeLeave><Id>${messageId}</Id></NodeLeave></Event>`;
        await publisher.sendEvent(event, { messageId });
      }
    };
    await send(0, 20);
    await vi.waitFor(() => expect(new Set(got).size).toBe(20), WAIT);
    expect(await deleteByHand(url, "org.clacks.sub.c")).toBe(true);
    await send(20, 40);
    await vi.waitFor(() => expect([...new Set(got)].sort()).toEqual(ids.toSorted()), WAIT);
    await vi.waitFor(async () => expect((await router.health()).backlog).toEqual([]), WAIT);
    await publisher.close();
    await consumer.close();
    await service.close();
    await router.stop();
    catalog.close();
  }, 300_000);
});
