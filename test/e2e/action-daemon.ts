import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { Command } from "./command.ts";
import type { RunLogPage } from "../../src/action/index.ts";

/** Waits of tests, in ms. */
export const PATIENT = { timeout: 60_000, interval: 50 };
const LEASE_MS = 1500;

/** Writes a line for each attempt; hangs in those that a file forbids to end. */
const MODULE = `
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
const folder = import.meta.dirname;
export async function work(event, { idempotencyKey, attempt, signal }) {
  appendFileSync(join(folder, "lines"), JSON.stringify({ idempotencyKey, attempt, content: event.content }) + "\\n");
  while (existsSync(join(folder, "hold"))) await new Promise((resolve) => setTimeout(resolve, 20));
  return event.content;
}
export const fails = () => { throw Object.assign(new Error("no"), { permanent: true }); };
`;

/** A run as the API shows it. */
export interface ShownRun {
  readonly id: string;
  readonly state: string;
  readonly [member: string]: unknown;
}

/** A daemon with actions in a folder of its own, which may be killed and started again. */
export class ActionDaemon {
  readonly folder: string = mkdtempSync(join(tmpdir(), "xqbus-e2e-actions-"));
  readonly #settings: string;
  #command: Command | undefined;
  http = "";
  /** URL of its database; undefined: files. */
  storage: string | undefined;

  /**
   * @param settings further lines of its configuration; the first ones belong to `[action]`
   * @param module what its actions are in
   */
  constructor(settings: string, module: string = MODULE) {
    this.#settings = settings;
    mkdirSync(join(this.folder, "actions"));
    writeFileSync(join(this.folder, "actions", "m.js"), module);
  }

  get hold(): string {
    return join(this.folder, "actions", "hold");
  }

  async start(): Promise<void> {
    const config = join(this.folder, "xqbus.toml");
    const storage = this.storage === undefined ? "" : `url = "${this.storage}"\n`;
    writeFileSync(
      config,
      `[broker]\nport = 0\n[http]\nport = 0\n[storage]\nfolder = "./data"\n${storage}[agent]\nenabled = false\n` +
        `[action]\nfolder = "./actions"\nlease = "${LEASE_MS}ms"\n${this.#settings}`,
    );
    this.#command = new Command(["serve", "--json", "--config", config]);
    await this.#command.prints("stdout", "\n");
    this.http = (JSON.parse(this.#command.stdout) as { readonly http: string }).http;
  }

  async kill(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<string> {
    this.#command?.signal(signal);
    return (await this.#command?.ended)?.stderr ?? "";
  }

  /** The key that the daemon has made at its first start, and the login of its bus. */
  get login(): {
    readonly http: { readonly key: string; readonly secret: string };
    readonly bus: { readonly password: string };
  } {
    return JSON.parse(readFileSync(join(this.folder, "data", "first-login.json"), "utf8")) as typeof this.login;
  }

  /** A command line of the user, with the first key. */
  async cli(args: readonly string[], stdin?: string): Promise<string> {
    const { key, secret } = this.login.http;
    const env = { XQBUS_HTTP: this.http, XQBUS_API_KEY: key, XQBUS_API_SECRET: secret };
    const { code, stdout, stderr } = await new Command(args, stdin, env).ended;
    expect({ code, stderr }, args.join(" ")).toEqual({ code: 0, stderr: "" });
    return stdout;
  }

  async token(key: string, secret: string): Promise<string> {
    const authorization = `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;
    const answer = await fetch(`${this.http}/auth/token`, { method: "POST", headers: { authorization } });
    return ((await answer.json()) as { readonly access_token: string }).access_token;
  }

  #own: Promise<string> | undefined;
  #ownFor = "";

  /** A request with the first key. @param body a value, or text of JSON */
  async ask<T>(path: string, body?: unknown): Promise<{ readonly status: number; readonly body: T }> {
    if (this.#ownFor !== this.http) {
      this.#own = this.token(this.login.http.key, this.login.http.secret);
      this.#ownFor = this.http;
    }
    const authorization = `Bearer ${await this.#own}`;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const sent = body === undefined ? {} : { method: "POST", body: text };
    const headers = { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const answer = await fetch(`${this.http}${path}`, { ...sent, headers });
    return { status: answer.status, body: (await answer.json()) as T };
  }

  async create(name: string, more: object = {}): Promise<string> {
    const input = { name, module: "m.js", function: name, ...more };
    return (await this.ask<{ readonly id: string }>("/actions", input)).body.id;
  }

  /** What the code of a run wrote. */
  async logs(id: string): Promise<readonly string[]> {
    const texts: string[] = [];
    let path = `/runs/${id}/logs`;
    for (;;) {
      const { body } = await this.ask<RunLogPage>(path);
      texts.push(...body.items.map(({ text }) => text));
      if (body.next === undefined) return texts;
      path = `/runs/${id}/logs?after=${body.next}`;
    }
  }

  async ended(id: string): Promise<ShownRun> {
    return vi.waitFor(async () => {
      const { body } = await this.ask<ShownRun>(`/runs/${id}`);
      expect(body["endedAt"]).toBeTypeOf("number");
      return body;
    }, PATIENT);
  }

  /** What {@link MODULE} has written. */
  get lines(): readonly { readonly idempotencyKey: string; readonly attempt: number; readonly content: unknown }[] {
    try {
      const text = readFileSync(join(this.folder, "actions", "lines"), "utf8");
      return text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as (typeof this.lines)[number]);
    } catch {
      return [];
    }
  }

  /** Ends it, and takes away what it has left. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
