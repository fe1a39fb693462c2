import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { AMQPEventConsumer, readJournal } from "../../src/amqp/index.ts";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import { SQLITE, describeWith } from "../helpers/requirements.ts";
import { TcpProxy } from "../helpers/tcp-proxy.ts";

const LOOPS = process.env["XQBUS_FULL"] === "1" ? 30 : 3;
/** Events that are taken on before a kill, at least. */
const EVENTS = 100;
const PATIENCE = { timeout: 120_000, interval: 5 };

let folder: string;
let broker: Broker;
let proxy: TcpProxy;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-journal-e2e-"));
  broker = await startBroker({ users: { admin: "secret" } });
  proxy = await TcpProxy.start(broker.port);
});

afterAll(async () => {
  await proxy.close();
  await broker.close();
  rmSync(folder, { recursive: true });
});

/** What a producer was told to be in its journal: number → message id. */
const enqueued = new Map<number, string>();

function produce(file: string, what: string): ChildProcess {
  const child = fork(join(import.meta.dirname, "journal-producer.ts"), [url(), file, what], {
    execArgv: ["--import", "tsx"],
  });
  child.on("message", ({ number, id }: { readonly number: number; readonly id: string }) => enqueued.set(number, id));
  return child;
}

const url = (): string => proxy.through(`amqp://admin:secret@127.0.0.1:${broker.port}/org.clacks`);

async function taken(events: number): Promise<void> {
  const target = enqueued.size + events;
  await vi.waitFor(() => expect(enqueued.size).toBeGreaterThan(target), PATIENCE);
}

describeWith([SQLITE], "a producer with a journal", () => {
  it(`that is killed ${LOOPS} times loses nothing that it had taken on, and repeats with the same message id`, async () => {
    const file = join(folder, "sends.db");
    const received = new Map<number, string[]>();
    await using consumer = await AMQPEventConsumer.open(`amqp://admin:secret@127.0.0.1:${broker.port}/org.clacks`, {
      callback: (event, { properties }) => {
        const number = Number(/<Ping>(\d+)</.exec(event.toString())?.[1]);
        received.set(number, [...(received.get(number) ?? []), properties.messageId ?? ""]);
      },
    });
    let left = 0;
    for (let loop = 0; loop < LOOPS; loop++) {
      const producer = produce(file, String((loop + 1) * 1_000_000));
      await taken(EVENTS);
      await sleep(Math.random() * 100);
      // Every second time the broker cannot be reached at the end, so that the journal has something to keep.
      if (loop % 2 === 0) {
        proxy.freeze();
        await taken(EVENTS);
      }
      const ended = once(producer, "exit");
      producer.kill("SIGKILL");
      await ended;
      proxy.cut();
      left += readJournal(file, 1).waiting;
    }
    const [code] = (await once(produce(file, "drain"), "exit")) as [number];
    expect(code).toBe(0);
    await vi.waitFor(
      () => expect([...enqueued.keys()].filter((number) => !received.has(number))).toEqual([]),
      PATIENCE,
    );
    expect(left).toBeGreaterThan(EVENTS);
    const wrong = [...received].filter(([number, ids]) => new Set([...ids, enqueued.get(number) ?? ids[0]]).size !== 1);
    expect(wrong).toEqual([]);
    const copies = [...received.values()].reduce((sum, { length }) => sum + length, 0) - received.size;
    process.stdout.write(
      `${LOOPS} kills: ${enqueued.size} events taken on, ${left} left in the journal, ${received.size} received, ${copies} twice\n`,
    );
    expect(consumer.status).toBe("connected");
  }, 1_200_000);
});
