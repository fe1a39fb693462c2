import type { Client } from "pg";
import { XqbusError } from "../../errors.ts";
import { LocalSignals, type Hear } from "../local-signals.ts";
import { postgresError } from "./postgres-error.ts";

/** From one attempt to connect to the next, in ms. */
const CONNECT_AGAIN_MS = 1000;

/** What the signals of a database need. */
export interface PostgresSignalsOptions {
  readonly name: string;
  /** From one look at whether the connection is alive to the next, in ms. */
  readonly checkMs: number;
  /** A client that is not connected, and waits for no answer for longer than a while. */
  readonly newClient: () => Client;
  /** The connection is lost; it is opened again. */
  readonly onError: (error: XqbusError) => void;
}

/** LISTEN of PostgreSQL over a connection of its own, which is there while somebody hears, and comes again when it is lost. */
export class PostgresSignals {
  readonly #options: PostgresSignalsOptions;
  readonly #local = new LocalSignals();
  #client: Client | undefined;
  #opening: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #check: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: PostgresSignalsOptions) {
    this.#options = options;
  }

  /** @throws XqbusError `xqbus:database-unavailable`, `xqbus:database-failed`; nobody hears then */
  async hear(channel: string, hear: Hear): Promise<() => Promise<void>> {
    if (this.#isClosed)
      throw new XqbusError("xqbus:already-closed", `${this.#options.name} was closed before the call`);
    const end = this.#local.hear(channel, hear);
    try {
      await this.#open();
      await this.#client?.query(`LISTEN ${quoted(channel)}`);
    } catch (error) {
      end();
      throw postgresError(error, this.#options.name);
    }
    return async () => {
      if (!end()) return;
      if (this.#local.channels.length === 0) return this.#disconnect();
      await this.#client?.query(`UNLISTEN ${quoted(channel)}`).catch(() => undefined);
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#opening?.catch(() => undefined);
    await this.#disconnect();
  }

  async #open(): Promise<void> {
    if (this.#client !== undefined) return;
    this.#opening ??= this.#connect().finally(() => (this.#opening = undefined));
    await this.#opening;
  }

  async #connect(): Promise<void> {
    const client = this.#options.newClient();
    client.on("error", (error) => this.#lost(client, error));
    client.on("end", () => this.#lost(client, new Error("the server ended the connection")));
    client.on("notification", ({ channel, payload }) => this.#local.signal(channel, payload ?? ""));
    await client.connect();
    this.#client = client;
    try {
      for (const channel of this.#local.channels) await client.query(`LISTEN ${quoted(channel)}`);
    } catch (error) {
      this.#client = undefined;
      void client.end();
      throw error;
    }
    this.#checkLater(client);
  }

  /** Who only listens does not notice that the other side is gone without a word. */
  #checkLater(client: Client): void {
    clearTimeout(this.#check);
    this.#check = setTimeout(() => {
      client.query("SELECT 1").then(
        () => {
          if (this.#client === client) this.#checkLater(client);
        },
        (error: Error) => {
          this.#lost(client, error);
          void client.end();
        },
      );
    }, this.#options.checkMs);
    this.#check.unref();
  }

  #lost(client: Client, error: Error): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#options.onError(postgresError(error, this.#options.name));
    this.#connectLater();
  }

  #connectLater(): void {
    if (this.#isClosed || this.#local.channels.length === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#open().then(
        () => this.#local.signalAll(),
        () => this.#connectLater(),
      );
    }, CONNECT_AGAIN_MS);
    // Whoever hears has something else that keeps the process alive.
    this.#timer.unref();
  }

  async #disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    clearTimeout(this.#check);
    await client?.end().catch(() => undefined);
  }
}

function quoted(channel: string): string {
  return `"${channel.replaceAll('"', '""')}"`;
}
