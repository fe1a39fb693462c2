import { AMQPEventConsumer } from "../../amqp/index.ts";
import type { ConnectOptions } from "../../amqp/index.ts";
import type { Event } from "../../event/index.ts";
import { toObject } from "../../event/index.ts";
import type { Catalog } from "../../schema/index.ts";

/** Where clients make themselves known. */
export interface KnownClientsOptions {
  readonly url: string;
  readonly connect: Pick<ConnectOptions, "tls">;
  readonly catalog: Catalog;
  /** Ms after which clients that said nothing since are not known any more: they answer the next ClientPoll when they are there. */
  readonly forgetAfterMs: number;
}

const FILTER = "/*:Event/(*:ClientAnnounce | *:ClientLeave)";
/** More are not counted: one is enough not to be alone. */
const MAX_CLIENTS = 10_000;

/** The clients that have announced themselves on a bus whose broker does not tell who is connected. */
export class KnownClients {
  readonly #forgetAfterMs: number;
  readonly #ids = new Set<string>();
  #heardAt = performance.now();
  #consumer: AMQPEventConsumer | undefined;

  private constructor(forgetAfterMs: number) {
    this.#forgetAfterMs = forgetAfterMs;
  }

  /** @throws what `AMQPEventConsumer.open` throws */
  static async open({ url, connect, catalog, forgetAfterMs }: KnownClientsOptions): Promise<KnownClients> {
    const clients = new KnownClients(forgetAfterMs);
    clients.#consumer = await AMQPEventConsumer.open(url, {
      ...connect,
      catalog,
      xquery: FILTER,
      callback: (event) => clients.#hear(event),
    });
    return clients;
  }

  /** Whether none is known. */
  get isEmpty(): boolean {
    if (performance.now() - this.#heardAt > this.#forgetAfterMs) this.#ids.clear();
    return this.#ids.size === 0;
  }

  async close(): Promise<void> {
    await this.#consumer?.close();
  }

  #hear(event: Event): void {
    this.#heardAt = performance.now();
    const { Id } = toObject(event) as { readonly Id?: unknown };
    if (typeof Id !== "string") return;
    if (event.name === "ClientLeave") this.#ids.delete(Id);
    else if (this.#ids.size < MAX_CLIENTS) this.#ids.add(Id);
  }
}
