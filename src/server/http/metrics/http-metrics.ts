import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { SECONDS } from "./buckets.ts";

/** Names of event types that are labels; others are `other`, since a catalog may have any number. */
const MAX_EVENT_TYPES = 500;

/** Counts what the API does, and keeps the registry that `/metrics` shows. */
export class HttpMetrics {
  readonly registry: Registry = new Registry();
  readonly #publishing: Histogram<"type" | "outcome">;
  readonly #requests: Histogram<"method" | "route" | "status">;
  readonly #types = new Set<string>();

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#requests = new Histogram({
      name: "xqbus_http_request_duration_seconds",
      help: "Requests of the HTTP API, by route and status",
      labelNames: ["method", "route", "status"],
      buckets: [...SECONDS],
      registers,
    });
    this.#publishing = new Histogram({
      name: "xqbus_publish_duration_seconds",
      help: "Events published over the HTTP API, until the bus has accepted or refused them",
      labelNames: ["type", "outcome"],
      buckets: [...SECONDS],
      registers,
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** Measures every answer of the app. */
  watch(app: FastifyInstance): void {
    app.addHook("onResponse", async ({ method, routeOptions }, reply) => {
      // Paths come from callers: only those that are declared are labels.
      const route = routeOptions.url ?? "unknown";
      if (route === "/events/stream" && reply.statusCode === 200) return;
      this.#requests.observe({ method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    });
  }

  /** An event is being published; the answer is to be called with what became of it. */
  publishing(eventType: string): (outcome: string) => void {
    if (this.#types.size < MAX_EVENT_TYPES) this.#types.add(eventType);
    const type = this.#types.has(eventType) ? eventType : "other";
    const end = this.#publishing.startTimer({ type });
    return (outcome) => void end({ outcome });
  }

  /** Shows how many live tails there are. */
  countStreams(count: () => number): void {
    this.gauge("xqbus_http_streams", "Live tails that are open", (gauge) => gauge.set(count()));
  }

  /** A gauge whose values are looked up when somebody asks. */
  gauge<L extends string>(
    name: string,
    help: string,
    collect: (gauge: Gauge<L>) => void | Promise<void>,
    labelNames: readonly L[] = [],
  ): void {
    new Gauge<L>({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      async collect() {
        this.reset();
        await collect(this);
      },
    });
  }

  /** A counter whose values are kept elsewhere, and looked up when somebody asks. */
  counter<L extends string>(
    name: string,
    help: string,
    collect: (counter: Counter<L>) => void,
    labelNames: readonly L[] = [],
  ): void {
    new Counter<L>({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      collect() {
        this.reset();
        collect(this);
      },
    });
  }
}
