import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import { FrameFuzzer } from "./fuzz-frames.ts";
import { AMQP_HEADER, login, OPEN, RawClient } from "./raw-client.ts";
import { RheaClient } from "./rhea-client.ts";
import type { TestReceiver, TestSender } from "./rhea-client.ts";

const FRAMES = process.env["XQBUS_FULL"] === "1" ? 500_000 : 20_000;
const FRAMES_OF_A_CONNECTION = 100;
/** Clients at the same time. */
const CLIENTS = 8;
/** Whoever fuzzes may leave the compiler's and the allocator's work behind, and nothing of the connections. */
const MAX_GROWTH_BYTES = 24 * 1024 * 1024;

let broker: Broker;
let client: RheaClient;
let sender: TestSender;
let receiver: TestReceiver;

beforeAll(async () => {
  broker = await startBroker({
    maxLinks: 16,
    maxSessions: 4,
    maxTopics: 16,
    maxQueueMessages: 100,
    unrouted: true,
    closeTimeoutMs: 500,
  });
  client = await RheaClient.connect(broker.url());
  receiver = await client.receiver("witness");
  sender = await client.sender("witness");
});

afterAll(async () => {
  await broker.close();
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** What is reachable, in bytes. */
function memory(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function play(seed: number): Promise<void> {
  const fuzzer = new FrameFuzzer(seed);
  const raw = await RawClient.connect(broker);
  raw.write(login(broker), AMQP_HEADER, OPEN);
  const fuzz = Array.from({ length: FRAMES_OF_A_CONNECTION }, () => fuzzer.next());
  // In one piece, or in pieces that end anywhere.
  const bytes = Buffer.concat(fuzz);
  for (let at = 0; at < bytes.length;) {
    const size = fuzzer.int(3) === 0 ? fuzzer.int(100) + 1 : bytes.length;
    raw.write(bytes.subarray(at, at + size));
    at += size;
    if (fuzzer.int(2) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  if (fuzzer.int(4) === 0) raw.socket.destroy();
  else raw.socket.end();
  // A fault of the client has another name; this one would be ours.
  expect((await raw.closed).toString("latin1"), `seed ${seed}`).not.toContain("amqp:internal-error");
}

/** A client that has been there from the start is served. */
async function expectService(): Promise<void> {
  receiver.credit(1);
  expect(await sender.send("still here")).toEqual({ outcome: "accepted" });
  const { body, delivery } = await receiver.next();
  expect(body).toBe("still here");
  delivery.accept();
}

describe("Hostile frames", () => {
  it(`in ${FRAMES} of them disturb nobody else and leave nothing behind`, async () => {
    const connections = FRAMES / FRAMES_OF_A_CONNECTION;
    let seed = 1;
    let before = 0;
    const lane = async (last: number): Promise<void> => {
      while (seed <= last) await play(seed++);
    };
    const lanes = (last: number): Promise<unknown> => Promise.all(Array.from({ length: CLIENTS }, () => lane(last)));
    for (let part = 1; part <= 10; part++) {
      await lanes((connections * part) / 10);
      await expectService();
      if (part === 2) before = memory();
    }
    await vi.waitFor(() => expect(broker.counts).toMatchObject({ connections: 1, links: 2 }));
    // Subscriptions that had a time-out are gone after it; queues have what nobody took.
    await vi.waitFor(() => expect(broker.management.subscriptions()).toHaveLength(1), 10_000);
    for (const { address } of broker.management.queues()) broker.management.delete(address);
    await vi.waitFor(() => expect(broker.counts.queuedBytes).toBe(0));
    expect(memory() - before).toBeLessThan(MAX_GROWTH_BYTES);
    // It went deep enough to matter: messages came through, links and sessions worked.
    const { faults, received, delivered, refused } = broker.counts;
    for (const count of [faults, received, delivered, refused]) expect(count).toBeGreaterThan(connections / 4);
  }, 600_000);
});
