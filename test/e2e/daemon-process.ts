import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "./command.ts";

/** What distinguishes daemons that share a broker and a database from those by themselves. */
export interface SharedDaemonOptions {
  /** For the configuration file and what the daemon writes. */
  readonly folder: string;
  /** URL of the broker. */
  readonly broker: string;
  /** URL of the database. */
  readonly database: string;
  /** More of the configuration. */
  readonly toml?: string;
}

/** `xqbus serve`, one of several with the same broker and database: a process that can be killed and started again. */
export class DaemonProcess {
  http = "";
  readonly #config: string;
  #command: Command | undefined;

  constructor({ folder, broker, database, toml = "" }: SharedDaemonOptions) {
    this.#config = join(folder, "xqbus.toml");
    writeFileSync(
      this.#config,
      `[broker]\nurl = "${broker}"\n` +
        `[http]\nport = 0\nauth = "none"\nrate_limit = "100000/min"\n` +
        `[storage]\nfolder = "./data"\nurl = "${database}"\n` +
        `[listener]\nallow_networks = ["127.0.0.1/32"]\n[agent]\nenabled = false\n${toml}`,
    );
  }

  /** Starts it, and resolves when its API answers. */
  async start(): Promise<this> {
    const command = new Command(["serve", "--json", "--config", this.#config]);
    this.#command = command;
    await command.prints("stdout", "\n");
    this.http = (JSON.parse(command.stdout) as { readonly http: string }).http;
    return this;
  }

  /** @returns the exit code; null: a signal has ended it */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null | undefined> {
    this.#command?.signal(signal);
    return (await this.#command?.ended)?.code;
  }

  /** What it has written to its log since its last start. */
  get log(): string {
    return this.#command?.stderr ?? "";
  }

  /** Asks the API: GET, or with a body POST. */
  async ask<T>(path: string, body?: object, method: string = body === undefined ? "GET" : "POST"): Promise<T> {
    const init = { method, headers: { "content-type": "application/json" } };
    const answer = await fetch(`${this.http}${path}`, { ...init, ...(body && { body: JSON.stringify(body) }) });
    // What is not ready says so with 503.
    if (!answer.ok && path !== "/readyz") throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** What `/readyz` says. */
  async checks(): Promise<readonly ReadyCheck[]> {
    return (await this.ask<{ readonly checks: readonly ReadyCheck[] }>("/readyz")).checks;
  }

  /** What it says under a name. */
  async check(name: string): Promise<ReadyCheck | undefined> {
    return (await this.checks()).find((check: ReadyCheck) => check.name === name);
  }
}

/** One line of `/readyz`. */
export interface ReadyCheck {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
}
