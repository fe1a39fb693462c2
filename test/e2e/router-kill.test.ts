import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { EventPublisher } from "../../src/amqp/index.ts";
import { startBroker, type Broker, type PublishVerdict } from "../../src/broker/index.ts";
import { openRouterDatabase, Router, type RouteInput, type RouterCounts } from "../../src/router/index.ts";
import { loadCatalog } from "../../src/schema/index.ts";
import { SQLITE, describeWith } from "../helpers/requirements.ts";
import { QueueReader } from "../router/queue-reader.ts";

const PATIENCE = { timeout: 60_000, interval: 20 };
const IDS = Array.from({ length: 10 }, (_, at) => `event ${at}`);
const HELD = "org.clacks.sub.held";
/** Events that only a third queue gets, which holds nothing back. */
const ONLY_OTHER = "starts-with(/e:Event/e:NodeLeave/e:Id, 'other')";

let folder: string;
let broker: Broker;
let children: ChildProcess[];
/** Copies for the queue that holds back, until they are told what becomes of them. */
let held: ((verdict: PublishVerdict) => void)[];
let isHolding: boolean;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-router-e2e-"));
  children = [];
  held = [];
  isHolding = true;
  broker = await startBroker({
    port: 0,
    onPublish: ({ address }) =>
      isHolding && address === HELD ? new Promise((resolve) => held.push(resolve)) : undefined,
  });
});

afterEach(async () => {
  for (const child of children) await kill(child);
  await broker.close();
  rmSync(folder, { recursive: true });
});

const url = (): string => broker.url(undefined, "org.clacks");
const database = (): string => `sqlite:${join(folder, "router.db")}`;

async function makeRoutes(routes: Readonly<Record<string, RouteInput>>): Promise<void> {
  await using file = await openRouterDatabase(database());
  const router = new Router({ url: url(), catalog: await loadCatalog(), database: file, onProblem: () => undefined });
  await router.start();
  for (const [name, input] of Object.entries(routes)) await router.put(name, input);
  await router.stop();
}

async function run(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "router-runner.ts"), [url(), database()], {
    execArgv: ["--import", "tsx"],
  });
  children.push(child);
  await once(child, "message");
  return child;
}

async function countsOf(child: ChildProcess): Promise<RouterCounts> {
  const answer = once(child, "message") as Promise<[RouterCounts]>;
  child.send("counts");
  const [counts] = await answer;
  return counts;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Events that the bus still has for routers. */
function upstream(isOrdered: boolean): number | undefined {
  const ofRouters = broker.management.subscriptions();
  return ofRouters.find(({ name }) => name.includes("router.ordered") === isOrdered)?.messages;
}

function waitingIn(queue: string): number | undefined {
  return broker.management.queues().find(({ address }) => address === `org.clacks.sub.${queue}`)?.messages;
}

describeWith([SQLITE], "a router that is killed between two copies of an event", () => {
  for (const [what, order, isOrdered] of [
    ["routes", {}, false],
    ["routes with order", { orderBy: "group-id" }, true],
  ] as const) {
    it(`has not settled it: another one gives it to all of its ${what}, under the same id`, async () => {
      await makeRoutes({
        quick: { ...order, xquery: `not(${ONLY_OTHER})` },
        held: { ...order, xquery: `not(${ONLY_OTHER})` },
        other: { ...order, xquery: ONLY_OTHER },
      });
      await using publisher = await EventPublisher.open(url());
      const send = (id: string): Promise<void> =>
        publisher.sendEvent(
          `<Event xmlns="http://www.gonicus.de/Events"><NodeLeave><Id>${id}</Id></NodeLeave></Event>`,
          { messageId: id, groupId: id },
        );
      const first = await run();
      await Promise.all(IDS.map(send));
      await vi.waitFor(() => expect([waitingIn("quick"), held.length]).toEqual([IDS.length, IDS.length]), PATIENCE);
      // Settled behind all that could have been settled too early.
      for (const id of ["other 1", "other 2"]) {
        const before = waitingIn("other") ?? 0;
        await send(id);
        await vi.waitFor(() => expect(waitingIn("other")).toBe(before + 1), PATIENCE);
      }
      await vi.waitFor(() => expect(upstream(isOrdered)).toBeLessThanOrEqual(IDS.length), PATIENCE);
      expect(upstream(isOrdered)).toBe(IDS.length);
      expect(await countsOf(first)).toMatchObject({ setAside: 0 });

      await kill(first);
      await vi.waitFor(() => expect(broker.management.connections()).toHaveLength(1), PATIENCE);
      expect(upstream(isOrdered)).toBe(IDS.length);
      isHolding = false;
      for (const refuse of held) refuse({ condition: "amqp:internal-error", description: "nobody waits for it" });
      await run();
      await vi.waitFor(() => expect(upstream(isOrdered)).toBe(0), PATIENCE);
      for (const name of ["quick", "held"]) {
        await using queue = await QueueReader.open(url(), `org.clacks.sub.${name}`);
        const came = (): readonly string[] => queue.messages.map(({ properties }) => properties.messageId);
        await vi.waitFor(() => expect(came().length).toBeGreaterThanOrEqual(IDS.length), PATIENCE);
        expect([...new Set(came())].toSorted()).toEqual(IDS);
        if (name === "held") expect(came()).toHaveLength(IDS.length);
      }
    }, 150_000);
  }
});
