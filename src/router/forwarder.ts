import { setMaxListeners } from "node:events";
import { MessageSource, type ConnectOptions, type IncomingDelivery } from "../amqp/index.ts";
import type { XqbusError } from "../errors.ts";
import type { Copies } from "./copies.ts";
import type { RouteIndex } from "./route-index.ts";
import type { RouteReader } from "./route-reader.ts";
import { takeMessage, type TakeParts } from "./take-message.ts";

/** What a forwarder works with. */
export interface ForwarderParts extends TakeParts {
  readonly url: string | readonly string[];
  readonly connect: ConnectOptions;
  readonly subscription: string;
  readonly concurrency: number;
  readonly maxMessageBytes: number;
  readonly reader: RouteReader;
  /** Of the routes without order. */
  readonly index: RouteIndex;
  readonly copies: Copies;
}

/** What became of events since the start. */
export interface ForwardCounts {
  readonly received: number;
  /** Events that are where they belong: accepted upstream. */
  readonly forwarded: number;
  /** Messages that were no events. */
  readonly invalid: number;
}

/** Takes this process's share of the events, and puts each on the queues of the routes that it matches. */
export class Forwarder {
  readonly #parts: ForwarderParts;
  readonly #end: AbortController = new AbortController();
  readonly #running: Set<Promise<void>> = new Set();
  readonly #counts = { received: 0, forwarded: 0, invalid: 0 };
  #source: MessageSource | undefined;

  constructor(parts: ForwarderParts) {
    this.#parts = parts;
    // Node warns about the eleventh listener; all events under way may wait for it.
    setMaxListeners(0, this.#end.signal);
  }

  get counts(): ForwardCounts {
    return { ...this.#counts };
  }

  /** Events that are under way. */
  get waiting(): number {
    return this.#running.size;
  }

  get isReceiving(): boolean {
    return this.#source?.status === "connected";
  }

  /** @throws what `MessageSource.open` does */
  async open(signal: AbortSignal): Promise<void> {
    const { url, connect, subscription, concurrency: prefetch, maxMessageBytes, onProblem } = this.#parts;
    this.#source = await MessageSource.open(
      url,
      { ...connect, signal, subscription, isShared: true, prefetch, maxMessageBytes, onProblem },
      (incoming) => this.#take(incoming),
    );
  }

  /** Takes no more events, and waits for those under way. The rest goes back to the bus. Never rejects. */
  async stop(timeoutMs: number): Promise<void> {
    this.#source?.stop();
    const late = setTimeout(() => this.#end.abort(), timeoutMs);
    await Promise.all(this.#running);
    clearTimeout(late);
    await this.#source?.close();
  }

  #take(incoming: IncomingDelivery): void {
    this.#counts.received++;
    const run = this.#forward(incoming).catch((error: unknown) => {
      incoming.release();
      if (!this.#end.signal.aborted) this.#parts.onProblem(error as XqbusError);
    });
    this.#running.add(run);
    void run.then(() => this.#running.delete(run));
  }

  async #forward(incoming: IncomingDelivery): Promise<void> {
    const { reader, index, copies } = this.#parts;
    const { signal } = this.#end;
    if (!reader.isFresh) await reader.fresh(signal);
    signal.throwIfAborted();
    const message = takeMessage(incoming, this.#parts);
    if (message === undefined) {
      this.#counts.invalid++;
      return;
    }
    const { wanted, undecided } = index.match(message);
    await Promise.all([
      ...wanted.map((name) => copies.give(index.get(name)!, incoming.message, signal)),
      ...undecided.map(([name, reason]) => copies.setAside(name, incoming.message, reason, signal, true)),
    ]);
    incoming.accept();
    this.#counts.forwarded++;
  }
}
