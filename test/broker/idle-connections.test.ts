import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it, vi } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import { AMQP_HEADER, login, OPEN } from "./raw-client.ts";
import { RheaClient } from "./rhea-client.ts";

const CONNECTIONS = 5000;
/** What the broker keeps for a connection without links, sockets of Node included. */
const MAX_BYTES_PER_CONNECTION = 16 * 1024;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function memory(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

it(`${CONNECTIONS} idle connections are all kept, cost little, and one more pair works`, async () => {
  await using broker = await startBroker({
    maxConnections: CONNECTIONS + 10,
    idleTimeoutMs: 3_600_000,
    closeTimeoutMs: 500,
  });
  // Whatever is loaded and compiled with the first connections is not counted.
  await (await RheaClient.connect(broker.url())).close();
  await vi.waitFor(() => expect(broker.counts.connections).toBe(0));
  const before = memory();
  const bytes = Buffer.concat([login(broker), AMQP_HEADER, OPEN]).toString("base64");
  // A process of its own, for the number of files that one may have open.
  const script = join(import.meta.dirname, "idle-clients.mjs");
  const clients = spawn(process.execPath, [script, String(broker.port), String(CONNECTIONS), bytes], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = (await once(createInterface(clients.stdout), "line")) as [string];
    expect(line).toBe(`open ${CONNECTIONS}`);
    expect(broker.counts).toMatchObject({ connections: CONNECTIONS, faults: 0 });
    expect((memory() - before) / CONNECTIONS).toBeLessThan(MAX_BYTES_PER_CONNECTION);

    const client = await RheaClient.connect(broker.url());
    const receiver = await client.receiver("org.clacks");
    receiver.credit(100);
    const sender = await client.sender("org.clacks");
    for (let i = 0; i < 100; i++) expect(await sender.send(i)).toEqual({ outcome: "accepted" });
    expect((await receiver.take(100)).map(({ body }) => body)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    await client.close();
    await vi.waitFor(() => expect(broker.counts.connections).toBe(CONNECTIONS));
  } finally {
    clients.kill("SIGKILL");
  }
  await vi.waitFor(() => expect(broker.counts).toMatchObject({ connections: 0, links: 0 }), 30_000);
});
