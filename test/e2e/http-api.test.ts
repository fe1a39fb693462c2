import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ApiClient } from "../../src/server/api-client/index.ts";
import { daemonModules } from "../../src/server/daemon/modules.ts";
import { startDaemon } from "../../src/server/daemon/start-daemon.ts";
import { loadConfig } from "../../src/server/index.ts";
import { describeWith, SCHEMATHESIS, SQLITE, type Environment } from "../helpers/requirements.ts";
import { answer, HttpReceiver } from "../listener/notifiers/http-receiver.ts";
import { MemoryLog } from "../server/daemon/stand-ins.ts";
import { apis } from "../server/http/harness.ts";

const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
  "ignored_auth",
];
/** A live tail has no end, and who deletes the key of the test ends it. */
const LEFT_OUT = ["/events/stream", "/api-keys/{id}"];
const EXAMPLES = 10;

describeWith([SCHEMATHESIS], "the HTTP API under Schemathesis", () => {
  const { start } = apis();

  it("answers whatever is asked as its OpenAPI document says, and never with 5xx", async () => {
    const errors: unknown[] = [];
    const api = await start({
      rateLimit: "1000000/min",
      tokenRateLimit: "1000000/min",
      log: ({ level, error }) => level === "error" && errors.push(error),
    });
    const { code, output } = await run("schemathesis", [
      "run",
      `${api.url}/openapi.json`,
      ...["--header", `Authorization: Bearer ${await api.token()}`],
      ...LEFT_OUT.flatMap((path) => ["--exclude-path", path]),
      ...["--checks", CHECKS.join(",")],
      ...["--phases", "examples,coverage,fuzzing"],
      ...["--max-examples", String(EXAMPLES)],
      ...["--seed", "1"],
      ...["--request-timeout", "30"],
      "--no-color",
    ]);
    expect(code === 0 ? "" : output).toBe("");
    expect(output).toMatch(/\d{3,} passed/);
    // POST /token alone has no valid key.
    expect(output).not.toMatch(/Authentication failed: \d+ operations/);
    expect(errors).toEqual([]);
  }, 300_000);
});

/** What would delete what the others ask for. */
const DELETING = "/events/stream|/api-keys/.id.|/dead-letters/(delete|redrive)|/broker/(queues|connections)/.*";
const EVENT = `<Event xmlns="http://www.gonicus.de/Events"><NodeLeave><Id>n</Id></NodeLeave></Event>`;

describeWith([SCHEMATHESIS, SQLITE], "the HTTP API of a daemon that has data under Schemathesis", () => {
  let root: string;
  let receiver: HttpReceiver;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "xqbus-api-"));
    receiver = await HttpReceiver.start(answer(500, "out of order"));
  });
  afterAll(async () => {
    await receiver.stop();
    rmSync(root, { recursive: true });
  });

  /** A listener with deliveries that became dead letters. @returns the paths of the API that name one of these, with its id */
  async function seed(client: ApiClient): Promise<Readonly<Record<string, string>>> {
    const config = { url: receiver.url };
    const { id } = await client.listeners.create({ notifier: "http", config, eventTypes: ["NodeLeave"], retry: "1x" });
    for (let n = 0; n < 5; n++) await client.events.publish(EVENT, { id: `event-${n}` });
    await expect.poll(() => client.deadLetters.list(), { timeout: 20_000 }).toHaveLength(5);
    await client.apiKeys.create("spare", ["event-type:read"]);
    const [letter] = await client.deadLetters.list();
    const [delivery] = await client.deliveries.list();
    return {
      ...Object.fromEntries(
        ["", "/pause", "/resume", "/test", "/deliveries"].map((path) => [`/listeners/{id}${path}`, id]),
      ),
      "/deliveries/{id}": delivery?.id ?? "",
      "/deliveries/{id}/retry": delivery?.id ?? "",
      "/dead-letters/{id}": letter?.id ?? "",
      "/events/{id}/trace": "event-0",
    };
  }

  it("answers as its OpenAPI document says, and never with 5xx", async () => {
    const toml = join(root, "xqbus.toml");
    writeFileSync(
      toml,
      `[broker]\nport = 0\n[agent]\nenabled = false\n[storage]\nfolder = "data"\n` +
        `[http]\nport = 0\nrate_limit = "1000000/min"\n[listener]\nallow_networks = ["127.0.0.0/8"]\n`,
    );
    const log = new MemoryLog();
    const { config } = await loadConfig({ file: toml });
    await using daemon = await startDaemon(config, { log, modules: daemonModules, users: undefined });
    const { url = "", firstKey } = daemon.http ?? {};
    const ids = await seed(new ApiClient(url, firstKey === undefined ? {} : { key: firstKey }));
    const known = join(root, "schemathesis.toml");
    const operation = ([path, id]: readonly string[]): string =>
      `[[operations]]\ninclude-path = ${JSON.stringify(path)}\nparameters = { id = ${JSON.stringify(id)} }\n`;
    writeFileSync(known, Object.entries(ids).map(operation).join("\n"));
    const authorization = `Basic ${btoa(`${firstKey?.id}:${firstKey?.secret}`)}`;
    const login = await fetch(`${url}/token`, { method: "POST", headers: { authorization } });
    const { access_token: token } = (await login.json()) as { readonly access_token: string };

    const { code, output } = await run("schemathesis", [
      ...["--config-file", known, "run", `${url}/openapi.json`, "--header", `Authorization: Bearer ${token}`],
      ...["--exclude-path-regex", DELETING, "--exclude-method", "DELETE"],
      ...["--checks", CHECKS.join(","), "--phases", "examples,coverage,fuzzing"],
      ...["--max-examples", String(EXAMPLES), "--seed", "1", "--request-timeout", "30", "--no-color"],
    ]);
    expect(code === 0 ? "" : output).toBe("");
    expect(output).toMatch(/\d{3,} passed/);
    expect(log.records.filter(({ level }) => level === "error")).toEqual([]);
  }, 300_000);
});

async function run(command: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const env: Environment = { ...process.env, PYTHONIOENCODING: "utf-8" };
  const child = spawn(command, args, { env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => (output += part));
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, output };
}
