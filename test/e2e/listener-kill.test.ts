import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { EventPublisher } from "../../src/amqp/index.ts";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import { StorageReader } from "../../src/storage/index.ts";
import { SQLITE, describeWith } from "../helpers/requirements.ts";

const LOOPS = process.env["XQBUS_FULL"] === "1" ? 30 : 3;
/** Events that are sent for each kill. */
const EVENTS = 200;
const LISTENERS = 2;
const PATIENCE = { timeout: 120_000, interval: 20 };

interface Told {
  readonly listener: string;
  readonly delivery: string;
  readonly id: string;
  readonly attempt: number;
}

let folder: string;
let broker: Broker;
const told: Told[] = [];
let isIdle = false;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-listeners-e2e-"));
  broker = await startBroker({ users: { admin: "secret" } });
});

afterAll(async () => {
  await broker.close();
  rmSync(folder, { recursive: true });
});

const url = (): string => `amqp://admin:secret@127.0.0.1:${broker.port}/org.clacks`;

async function run(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "listener-runner.ts"), [url(), folder], {
    execArgv: ["--import", "tsx"],
  });
  const ready = new Promise<void>((resolve) => {
    child.on("message", (message: Told | "ready" | "idle") => {
      if (message === "ready") resolve();
      else if (message === "idle") isIdle = true;
      else {
        isIdle = false;
        told.push(message);
      }
    });
  });
  await ready;
  return child;
}

describeWith([SQLITE], "listeners", () => {
  it(`that are killed ${LOOPS} times lose nothing, and tell of an event again with the same ids`, async () => {
    const publisher = await EventPublisher.open(url());
    const sent: string[] = [];
    let child = await run();
    for (let loop = 0; loop < LOOPS; loop++) {
      const before = told.length;
      const ids = Array.from({ length: EVENTS }, (_, n) => `event ${loop} ${n}`);
      const sending = Promise.all(
        ids.map((messageId) =>
          publisher.sendEvent(
            `<Event xmlns="http://www.gonicus.de/Events"><NodeLeave><Id>${messageId}</Id></NodeLeave></Event>`,
            { messageId },
          ),
        ),
      );
      sent.push(...ids);
      await vi.waitFor(() => expect(told.length).toBeGreaterThan(before), PATIENCE);
      await sleep(Math.random() * 60);
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      await sending;
      child = await run();
    }
    await publisher.close();
    const missing = (): number => LISTENERS * sent.length - new Set(told.map(({ delivery }) => delivery)).size;
    await vi.waitFor(() => expect(missing()).toBe(0), PATIENCE);
    isIdle = false;
    await vi.waitFor(() => expect(isIdle).toBe(true), PATIENCE);
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;

    const idsOf = new Map<string, Set<string>>();
    for (const { listener, id, delivery } of told) {
      const key = `${listener} ${id}`;
      idsOf.set(key, (idsOf.get(key) ?? new Set()).add(delivery));
    }
    expect(idsOf.size).toBe(LISTENERS * sent.length);
    expect([...idsOf.values()].filter(({ size }) => size !== 1)).toEqual([]);
    expect(states()).toEqual([{ state: 1, count: LISTENERS * sent.length }]);
    process.stdout.write(
      `${LOOPS} kills: ${sent.length} events, ${told.length} notifications for ${idsOf.size} deliveries\n`,
    );
  }, 240_000);
});

/** How many deliveries the file has in each state, after the last kill. */
function states(): readonly unknown[] {
  const reader = new StorageReader({ path: join(folder, "listeners.db"), applicationId: 0x7871_6c73 });
  try {
    return reader.all("SELECT state, count(*) AS count FROM delivery GROUP BY state").map((row) => ({ ...row }));
  } finally {
    reader.close();
  }
}
