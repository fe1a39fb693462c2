import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Command, run } from "./command.ts";

let root: string;
const running: Command[] = [];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "xqbus-e2e-"));
});

afterEach(async () => {
  for (const command of running.splice(0)) {
    command.signal("SIGKILL");
    await command.ended;
  }
});

afterAll(() => rmSync(root, { recursive: true }));

const PATIENT = { timeout: 20_000 };

interface Announced {
  readonly url: string;
  readonly http: string;
  readonly data: string | null;
}

function configuration(folder: string, more = ""): string {
  const file = join(mkdtempSync(join(root, "config-")), "xqbus.toml");
  writeFileSync(
    file,
    `[broker]\nport = 0\n[http]\nport = 0\nauth = "none"\n[storage]\nfolder = "${folder}"\n` +
      `[listener]\nallow_networks = ["127.0.0.1/32"]\n[agent]\nenabled = false\n${more}`,
  );
  return file;
}

async function start(args: readonly string[]): Promise<{ readonly command: Command; readonly announced: Announced }> {
  const command = new Command(["serve", "--json", ...args]);
  running.push(command);
  await command.prints("stdout", "\n");
  return { command, announced: JSON.parse(command.stdout) as Announced };
}

/** A receiver that answers after a while. */
class Receiver {
  readonly ids: string[] = [];
  /** Where they came to. */
  readonly paths: string[] = [];
  delayMs = 0;
  /** A path that never answers. */
  hangs: string | undefined;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.ids.push(String(request.headers["webhook-id"] ?? request.headers["ce-id"] ?? request.url));
      this.paths.push(String(request.url));
      if (request.url === this.hangs) return;
      request.resume().on("end", () => setTimeout(() => response.end("ok"), this.delayMs));
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function createListener(http: string, url: string): Promise<string> {
  const body = JSON.stringify({ notifier: "http", config: { url }, eventTypes: ["PhoneStatus"] });
  const answer = await fetch(`${http}/listeners`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(answer.status, await answer.clone().text()).toBe(201);
  return ((await answer.json()) as { readonly id: string }).id;
}

interface Listed {
  readonly id: string;
  readonly counts: { readonly delivered: number };
}

async function listenersOf(http: string): Promise<readonly Listed[]> {
  return ((await (await fetch(`${http}/listeners`)).json()) as { readonly items: readonly Listed[] }).items;
}

function sendTo(url: string): ReturnType<typeof run> {
  const fields = ["CallerId=1", "ReceiverId=2", "Status=busy"].flatMap((field) => ["--set", field]);
  return run(["send", "PhoneStatus", ...fields, "--url", url]);
}

describe("xqbus serve --config", () => {
  it("runs broker and HTTP API, ends in order on SIGTERM, and logs JSON without secrets", async () => {
    const folder = mkdtempSync(join(root, "data-"));
    const { command, announced } = await start(["--config", configuration(folder)]);
    expect(announced).toMatchObject({
      http: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as unknown,
      data: folder,
    });
    expect(announced.url).toMatch(/^amqp:\/\/admin:\*\*\*@127\.0\.0\.1:\d+\/org\.clacks$/);
    expect((await fetch(`${announced.http}/readyz`)).status).toBe(200);
    const login = join(folder, "first-login.json");
    expect(statSync(login).mode & 0o777).toBe(0o600);
    const { bus } = JSON.parse(readFileSync(login, "utf8")) as { readonly bus: { readonly password: string } };
    expect((await sendTo(announced.url.replace("***", bus.password))).code).toBe(0);
    command.signal("SIGTERM");
    const { code, stderr } = await command.ended;
    expect(code).toBe(0);
    const messages = stderr
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { readonly message: string }).message);
    expect(messages.slice(0, 2)).toEqual(["connected to the broker", "the daemon runs"]);
    expect(messages.at(-1)).toBe("the daemon has ended");
    expect(stderr).not.toContain(bus.password);
    expect(readdirSync(folder)).not.toContain("serve.pid");
  });

  it("keeps its listeners when it is killed, and delivers what comes after", async () => {
    const folder = mkdtempSync(join(root, "data-"));
    const config = configuration(folder);
    const receiver = new Receiver();
    const url = await receiver.listen();
    const first = await start(["--config", config]);
    const id = await createListener(first.announced.http, url);
    first.command.signal("SIGKILL");
    await first.command.ended;
    const second = await start(["--config", config, "--user", "ada:pa55"]);
    expect(await listenersOf(second.announced.http)).toMatchObject([{ id }]);
    expect((await sendTo(second.announced.url.replace("***", "pa55"))).code).toBe(0);
    await expect.poll(() => receiver.ids.length, PATIENT).toBe(1);
    receiver.close();
  });

  it("lets a delivery end that runs when SIGTERM comes, and does not repeat it", async () => {
    const folder = mkdtempSync(join(root, "data-"));
    const config = configuration(folder);
    const receiver = new Receiver();
    receiver.delayMs = 1000;
    const { command, announced } = await start(["--config", config, "--user", "ada:pa55"]);
    await createListener(announced.http, await receiver.listen());
    expect((await sendTo(announced.url.replace("***", "pa55"))).code).toBe(0);
    await expect.poll(() => receiver.ids.length, PATIENT).toBe(1);
    command.signal("SIGTERM");
    expect((await command.ended).code).toBe(0);
    const again = await start(["--config", config]);
    const deliveries = (await (await fetch(`${again.announced.http}/deliveries`)).json()) as {
      readonly items: unknown;
    };
    expect(deliveries.items).toMatchObject([{ state: "delivered" }]);
    expect(receiver.ids).toHaveLength(1);
    receiver.close();
  });

  it("tells 99 listeners although the hundredth hangs, ends in time on SIGTERM, and tries that one again at the next start", async () => {
    const folder = mkdtempSync(join(root, "data-"));
    const config = configuration(folder, '[daemon]\nshutdown_timeout = "2s"\n');
    const receiver = new Receiver();
    receiver.hangs = "/7";
    const url = await receiver.listen();
    const { command, announced } = await start(["--config", config, "--user", "ada:pa55"]);
    const ids: string[] = [];
    for (let n = 0; n < 100; n++) ids.push(await createListener(announced.http, `${url}${n}`));
    expect((await sendTo(announced.url.replace("***", "pa55"))).code).toBe(0);
    await expect.poll(() => receiver.ids.length, PATIENT).toBe(100);
    const delivered = async (): Promise<readonly number[]> =>
      (await listenersOf(announced.http)).map(({ counts }) => counts.delivered);
    await expect.poll(delivered, PATIENT).toEqual(Array.from({ length: 100 }, (_, n) => (n === 7 ? 0 : 1)));
    command.signal("SIGTERM");
    expect((await command.ended).code).toBe(0);
    expect(receiver.paths).toHaveLength(100);
    receiver.hangs = undefined;
    const again = await start(["--config", config]);
    await expect.poll(() => receiver.paths.slice(100), PATIENT).toEqual(["/7"]);
    expect(receiver.ids[100]).toBe(receiver.ids[receiver.paths.indexOf("/7")]);
    const deliveries = `${again.announced.http}/listeners/${ids[7] ?? ""}/deliveries`;
    await expect
      .poll(async () => (await (await fetch(deliveries)).json()) as unknown, PATIENT)
      .toMatchObject({ items: [{ state: "delivered", attempts: [{ outcome: "aborted" }, { outcome: "delivered" }] }] });
    receiver.close();
  });

  it("does not start beside another one, or with a wrong configuration", async () => {
    const folder = mkdtempSync(join(root, "data-"));
    const { announced } = await start(["--config", configuration(folder)]);
    expect(announced.data).toBe(folder);
    const beside = await run(["serve", "--config", configuration(folder)]);
    expect(beside).toMatchObject({ code: 1, stdout: "" });
    expect(beside.stderr).toMatch(new RegExp(`^xqbus: the folder ${folder} is used by process \\d+; end it or name`));
    const wrong = configuration(folder, "[http]\n");
    expect(await run(["serve", "--config", wrong])).toMatchObject({
      code: 1,
      stderr: `xqbus: ${wrong}:12:2: this is no TOML: trying to redefine an already defined table or value\n`,
    });
  });

  it("opens its log file again on SIGHUP", async () => {
    const folder = mkdtempSync(join(root, "data-"));
    const log = join(folder, "xqbus.log");
    const { command } = await start(["--config", configuration(folder, `[log]\nfile = "${log}"\n`)]);
    await expect.poll(() => readFileSync(log, "utf8"), PATIENT).toContain("the daemon runs");
    rmSync(log);
    command.signal("SIGHUP");
    await expect.poll(() => readdirSync(folder), PATIENT).toContain("xqbus.log");
    command.signal("SIGTERM");
    expect(await command.ended).toMatchObject({ code: 0, stderr: "" });
    expect(readFileSync(log, "utf8")).toContain("the daemon has ended");
  });
});

describe("xqbus serve --http", () => {
  it("works at once, in a folder that goes with it", async () => {
    const { command, announced } = await start(["--http", "0", "--http-auth", "none", "--port", "0"]);
    expect(announced.data).toBeNull();
    expect((await sendTo(announced.url)).code).toBe(0);
    expect((await fetch(`${announced.http}/event-types`)).status).toBe(200);
    command.signal("SIGINT");
    const { code, stderr } = await command.ended;
    expect(code).toBe(0);
    const [, folder = ""] = /"folder":"([^"]+)"/.exec(stderr) ?? [];
    expect(() => statSync(folder)).toThrow();
  });
});
