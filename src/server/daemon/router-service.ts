import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectOptions } from "../../amqp/index.ts";
import type { XqbusError } from "../../errors.ts";
import { serveRouter, type Router, type ServeRouterOptions } from "../../router/index.ts";
import type { MethodService } from "../../service/index.ts";

/** What the service of a router needs. */
export interface RouterServiceParts extends ServeRouterOptions {
  readonly router: Pick<Router, "put" | "delete" | "has" | "group" | "meet">;
  readonly url: string | readonly string[];
  readonly connect: ConnectOptions;
  /** Hears why it cannot be offered, once for each reason. */
  readonly onProblem: (error: XqbusError) => void;
  /** Hears that it is offered again. */
  readonly onBack: () => void;
  /** A connection that is away for less than this is no trouble, in ms. Default 5,000. */
  readonly momentMs?: number;
}

const AGAIN_MS = 2000;
const MOMENT_MS = 5000;

/** Offers subscriptions as soon as the bus is there, and again when the service has ended. */
export class RouterService {
  readonly #parts: RouterServiceParts;
  readonly #momentMs: number;
  readonly #end: AbortController = new AbortController();
  #service: MethodService | undefined;
  #working: Promise<void> | undefined;
  #reason = "it has not reached the bus yet";
  #awaySince = performance.now();
  #told: string | undefined;

  constructor(parts: RouterServiceParts) {
    this.#parts = parts;
    this.#momentMs = parts.momentMs ?? MOMENT_MS;
  }

  /** Why consumers cannot ask for queues; undefined: they can, or could a moment ago. */
  get problem(): string | undefined {
    if (this.#working === undefined || this.#service?.status === "connected") return undefined;
    if (performance.now() - this.#awaySince < this.#momentMs) return undefined;
    return `consumers cannot ask for queues: ${this.#reason}`;
  }

  /** Begins to offer it. */
  start(): void {
    this.#away(this.#reason);
    this.#working ??= this.#work();
  }

  /** Answers those that have asked. Never rejects. Idempotent. */
  async close(timeoutMs: number): Promise<void> {
    this.#end.abort();
    await this.#service?.close({ timeoutMs });
    await this.#working;
  }

  async #work(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        await this.#serve(signal);
      } catch (error) {
        if (!signal.aborted) this.#tell(error as XqbusError);
      }
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Resolves when it was closed. @throws why it cannot be offered, or not any more */
  async #serve(signal: AbortSignal): Promise<void> {
    const { router, url, connect, onBack, ...parts } = this.#parts;
    const service = await serveRouter(router, url, { ...connect, signal }, parts);
    try {
      this.#service = service;
      service.on("disconnected", ({ error }) => this.#away(error.message));
      if (signal.aborted) return;
      if (this.#told !== undefined) onBack();
      this.#told = undefined;
      await service.join();
    } finally {
      await service.close();
    }
  }

  #away(reason: string): void {
    this.#reason = reason;
    this.#awaySince = performance.now();
  }

  #tell(error: XqbusError): void {
    this.#reason = error.message;
    if (this.#told === error.message) return;
    this.#told = error.message;
    this.#parts.onProblem(error);
  }
}
