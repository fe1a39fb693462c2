import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { EventContext } from "rhea";
import { startBroker } from "../../../src/broker/index.ts";
import type { Broker } from "../../../src/broker/index.ts";
import { SQLITE, STRACE, describeWith } from "../../helpers/requirements.ts";
import { RheaClient } from "../rhea-client.ts";
import { BrokerProcess } from "./broker-process.ts";
import { HeldThread } from "./held-thread.ts";

const TOPIC = "org.clacks";
const JOBS = { address: "jobs", capabilities: ["queue"] };
const KEPT = { address: TOPIC, durable: 2, expiry_policy: "never" };

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "xqbus-flush-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describeWith([SQLITE], "An accepted message", () => {
  let thread: HeldThread;
  let broker: Broker;
  let client: RheaClient;

  beforeEach(async () => {
    const start = (setup: ConstructorParameters<typeof HeldThread>[0]): HeldThread => (thread = new HeldThread(setup));
    broker = await startBroker({ store: { folder, start } });
    client = await RheaClient.connect(broker.url());
  });
  afterEach(async () => {
    thread.releaseAll();
    await broker.close();
  });

  /** What has happened by the time that everything which the broker sent so far has arrived. */
  async function seen(log: readonly string[]): Promise<readonly string[]> {
    await client.settle();
    return [...log];
  }

  it.each([
    ["a queue", JOBS],
    ["a kept subscription", TOPIC],
  ])("of %s leaves the broker after the flush of its batch, and no consumer has it before", async (_, target) => {
    const log: string[] = [];
    const receiver = await client.receiver(target === JOBS ? JOBS : KEPT, { name: "consumer" });
    receiver.link.on("message", ({ message }: EventContext) => log.push(`received ${String(message?.body)}`));
    receiver.credit(10);
    const sender = await client.sender(target);
    thread.holds = true;
    const send = async (body: string): Promise<void> => void log.push(`${(await sender.send(body)).outcome} ${body}`);
    const first = send("1");
    await thread.flushed();
    const others = [send("2"), send("3")];
    expect(await seen(log)).toEqual([]);
    thread.release();
    await first;
    await thread.flushed();
    expect(await seen(log)).toEqual(expect.arrayContaining(["accepted 1", "received 1"]));
    expect(log).toHaveLength(2);
    thread.release();
    await Promise.all(others);
    expect(await seen(log)).toHaveLength(6);
  });

  it("shares its transaction with everything that is asked meanwhile", async () => {
    const sender = await client.sender(JOBS);
    await sender.send("warm-up");
    thread.holds = true;
    thread.asked.length = 0;
    const first = sender.send("1");
    await thread.flushed();
    const others = Array.from({ length: 100 }, (_, i) => sender.send(String(i)));
    await client.settle();
    thread.holds = false;
    thread.release();
    await Promise.all([first, ...others]);
    expect(thread.asked).toHaveLength(2);
  });

  it("of a subscription that is kept counts once the subscription is on disk", async () => {
    thread.holds = true;
    let attached = false;
    const receiver = client.receiver(KEPT, { name: "consumer" }).then(() => (attached = true));
    await thread.flushed();
    await client.settle();
    expect(attached).toBe(false);
    thread.release();
    await receiver;
  });
});

describeWith([SQLITE, STRACE], "The disk", () => {
  it("is flushed between two messages that wait for one another, by the system's account", async () => {
    const trace = join(folder, "trace");
    const strace = ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", trace];
    const broker = await BrokerProcess.start(join(folder, "store"), {}, strace);
    const client = await RheaClient.connect(broker.url);
    const sender = await client.sender(JOBS);
    const flushes = (): number => readFileSync(trace, "utf8").match(/(fsync|fdatasync)[^\n]* = 0/g)?.length ?? 0;
    const counts: number[] = [];
    for (let i = 0; i < 5; i++) {
      await sender.send(String(i));
      counts.push(flushes());
    }
    await client.close();
    await broker.close();
    const missing = counts.filter((count, at) => at > 0 && count <= (counts[at - 1] ?? 0));
    expect({ counts, missing }).toEqual({ counts, missing: [] });
  });
});
