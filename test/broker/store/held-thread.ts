import { EventEmitter } from "node:events";
import { startWorker } from "../../../src/storage/start-worker.ts";
import type { StorageSetup, StorageThread } from "../../../src/storage/index.ts";
import type { StorageAnswer, StorageRequest } from "../../../src/storage/worker-messages.ts";

/** A storage thread whose answers to writes can be held back: what is on disk is not known to be until then. */
export class HeldThread extends EventEmitter implements StorageThread {
  /** Whether answers to writes wait for {@link release}. */
  holds = false;
  /** SQL of each write that was asked for. */
  readonly asked: (readonly string[])[] = [];
  readonly #thread: StorageThread;
  readonly #writes = new Set<number>();
  readonly #held: StorageAnswer[] = [];
  #heldOne: () => void = () => undefined;

  constructor(setup: StorageSetup) {
    super();
    this.#thread = startWorker(setup);
    this.#thread.on("message", (answer) => {
      if (this.holds && this.#writes.has(answer.id)) {
        this.#held.push(answer);
        this.#heldOne();
      } else this.emit("message", answer);
    });
    this.#thread.on("error", (error) => this.emit("error", error));
    this.#thread.on("exit", (code) => this.emit("exit", code));
  }

  postMessage(request: StorageRequest): void {
    if (request.kind === "packed-write") {
      this.#writes.add(request.id);
      this.asked.push(request.packed.statements.map(({ sql }) => sql));
    }
    this.#thread.postMessage(request);
  }

  /** Resolves when an answer is being held back. */
  async flushed(): Promise<void> {
    while (this.#held.length === 0) await new Promise<void>((resolve) => (this.#heldOne = resolve));
  }

  /** Lets the answer go that was held back first. */
  release(): void {
    this.emit("message", this.#held.shift());
  }

  /** Holds nothing back any more. */
  releaseAll(): void {
    this.holds = false;
    while (this.#held.length > 0) this.release();
  }

  terminate(): unknown {
    return this.#thread.terminate();
  }
}
