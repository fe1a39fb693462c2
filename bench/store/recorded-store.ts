import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MESSAGE_INSERT } from "../../src/broker/store/tables.ts";
import type { StorageSetup, StorageThread } from "../../src/storage/index.ts";
import { accepts } from "./accepts.ts";
import type { Accepts } from "./accepts.ts";
import { openStore, startWorker } from "./compiled-store.ts";
import { addMessage } from "./queue-of-messages.ts";
import type { StoreQueue } from "./queue-of-messages.ts";

/** A message store with one queue, which tells how many messages each of its transactions had. */
export class RecordedStore implements AsyncDisposable {
  readonly #one: StoreQueue;
  readonly #folder: string;
  readonly #batches: number[];

  private constructor(one: StoreQueue, folder: string, batches: number[]) {
    this.#one = one;
    this.#folder = folder;
    this.#batches = batches;
  }

  static async open(): Promise<RecordedStore> {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-bench-"));
    const batches: number[] = [];
    const store = await openStore({ folder, start: (setup) => recordedThread(setup, batches) });
    await store.recover();
    const queue = store.newQueue({ kind: "queue", name: "q", settings: "{}" });
    return new RecordedStore({ store, queue }, folder, batches);
  }

  /** Each answer asks for the next message, so that as many as that are under way all the time. Gives the transactions as well. */
  async round(count: number, underWay: number): Promise<Accepts & { readonly batches: readonly number[] }> {
    this.#batches.length = 0;
    const result = await accepts(() => this.#fill(count, underWay));
    return { ...result, batches: [...this.#batches] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#one.store.close();
    rmSync(this.#folder, { recursive: true });
  }

  #fill(count: number, underWay: number): Promise<number[]> {
    return new Promise((resolve) => {
      const delays: number[] = [];
      let asked = 0;
      const ask = (): void => {
        if (asked++ >= count) return;
        const at = performance.now();
        addMessage(this.#one, () => {
          delays.push(performance.now() - at);
          if (delays.length === count) resolve(delays);
          else ask();
        });
      };
      for (let i = 0; i < underWay; i++) ask();
    });
  }
}

function recordedThread(setup: StorageSetup, batches: number[]): StorageThread {
  const thread = startWorker(setup);
  const post = thread.postMessage.bind(thread);
  thread.postMessage = (request) => {
    if (request.kind === "packed-write") {
      batches.push(request.packed.statements.find(({ sql }) => sql === MESSAGE_INSERT)?.rows ?? 0);
    }
    post(request);
  };
  return thread;
}
