import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MessageStore } from "../../src/broker/store/message-store.ts";
import { openStore } from "./compiled-store.ts";
import { addMessage } from "./queue-of-messages.ts";

/** Messages under way while a store is filled. */
const FILL_BATCH = 4000;

/** Fills a store with so many messages and starts a broker with it, in a process of its own. */
export async function startWithBacklog(messages: number): Promise<BacklogStart> {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-bench-"));
  const store = await openStore({ folder });
  await store.recover();
  await fill(store, messages);
  await store.close();
  // Without the loader of this process, which takes memory of its own.
  const entry = new URL("../../dist/index.js", import.meta.url).href;
  const script = `
    const { startBroker } = await import(${JSON.stringify(entry)});
    const start = performance.now();
    const broker = await startBroker({ store: { folder: ${JSON.stringify(folder)} } });
    const seconds = (performance.now() - start) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { messages } = broker.management.queues()[0];
    const [rssMb, peakMb] = [process.memoryUsage().rss / 1e6, process.resourceUsage().maxRSS * 1024 / 1e6];
    process.send({ seconds, messages, rssMb, peakMb }, () => broker.close().then(() => process.exit()));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", 2, 2, "ipc"] });
  const ended = once(child, "exit");
  const [start] = (await once(child, "message")) as [BacklogStart];
  await ended;
  rmSync(folder, { recursive: true });
  return start;
}

/** What a broker tells that has started with a backlog. */
export interface BacklogStart {
  readonly seconds: number;
  readonly rssMb: number;
  readonly peakMb: number;
  readonly messages: number;
}

async function fill(store: MessageStore, count: number): Promise<void> {
  const queue = store.newQueue({ kind: "queue", name: "backlog", settings: "{}" });
  for (let done = 0; done < count; done += FILL_BATCH) {
    const length = Math.min(FILL_BATCH, count - done);
    await Promise.all(
      Array.from({ length }, () => new Promise<void>((resolve) => addMessage({ store, queue }, resolve))),
    );
  }
}
