import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Command, run } from "./command.ts";
import type { Outcome } from "./command.ts";

const COMPLETE = ["--set", "CallerId=1", "--set", "ReceiverId=2", "--set", "Status=busy"];

const EVENT = `<Event xmlns="http://www.gonicus.de/Events">
  <PhoneStatus>
    <CallerId>1</CallerId>
    <ReceiverId>2</ReceiverId>
    <Status>busy</Status>
  </PhoneStatus>
</Event>
`;

const INCOMPLETE =
  '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><CallerId/><ReceiverId/></PhoneStatus></Event>';

const commands: Command[] = [];
let folder: string;
let broker: Command;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-e2e-"));
  broker = new Command(["serve", "--port", "0", "--json"]);
  await broker.prints("stdout", "\n");
  url = (JSON.parse(broker.stdout) as { url: string }).url;
});

afterEach(() => {
  for (const command of commands.splice(0)) command.signal("SIGKILL");
});

afterAll(async () => {
  broker.signal("SIGTERM");
  const { code, stderr } = await broker.ended;
  expect(code).toBe(0);
  // The one thing that a client did wrong: it did not know the password.
  expect(
    stderr
      .split("\n")
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as Told).warning.code),
  ).toEqual(["xqbus:authentication-failed"]);
  rmSync(folder, { recursive: true });
});

interface Told {
  readonly warning: { readonly code: string };
}

function start(...args: readonly string[]): Command {
  const command = new Command(args);
  commands.push(command);
  return command;
}

async function listen(...args: readonly string[]): Promise<Command> {
  const command = start("listen", "--url", url, ...args);
  await command.prints("stderr", "listening to");
  return command;
}

async function send(): Promise<void> {
  const { code, stderr } = await run(["send", "PhoneStatus", ...COMPLETE, "--url", url]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}

describe("the command", () => {
  it("carries an event from send over serve to listen", async () => {
    const listener = await listen("--count", "1", "--xpath", '/e:Event/e:PhoneStatus[e:Status = "busy"]');
    await send();
    const { code, stdout, stderr } = await listener.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: EVENT });
    expect(stderr).toMatch(/\nreceived 1, matched 1, filtered out 0\n$/);
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "ends listen in order at %s, with the counts and exit code 0",
    async (signal) => {
      const listener = await listen();
      listener.signal(signal);
      const { code, stdout, stderr } = await listener.ended;
      expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
      expect(stderr).toMatch(/\nreceived 0, matched 0, filtered out 0\n$/);
    },
  );

  it.each(["SIGINT", "SIGTERM"] as const)("ends serve in order at %s while somebody listens", async (signal) => {
    const server = start("serve", "--port", "0");
    await server.prints("stderr", "export XQBUS_URL=");
    const own = /URL: (\S+)/.exec(server.stdout)?.[1] ?? "";
    const listener = start("listen", "--url", own);
    await listener.prints("stderr", "listening to");
    server.signal(signal);
    const { code, stderr } = await server.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/\nended after 0 messages in, 0 out\n$/);
    // It goes on when the broker is back, until somebody ends it.
    await listener.prints("stderr", "connection");
    listener.signal(signal);
    expect((await listener.ended).code).toBe(0);
  });

  it("ends without an error when the reader of its output goes away", async () => {
    const listener = await listen();
    listener.close("stdout");
    await send();
    expect(await listener.ended).toMatchObject({ code: 0, stdout: "" });
  });

  const unread: readonly [args: readonly string[], stdin: string, stream: "stdout" | "stderr", code: number][] = [
    [["validate", "-"], INCOMPLETE, "stdout", 1],
    [["validate", "-", "--json"], INCOMPLETE, "stdout", 1],
    [["validate", "-"], EVENT, "stdout", 0],
    [["validate", "missing.xml"], "", "stderr", 1],
    [["send", "PhoneStats", "--dry-run"], "", "stderr", 1],
    [["sned"], "", "stderr", 2],
    [["validate", "-"], EVENT, "stderr", 0],
  ];
  it.each(unread)("%j keeps its outcome when nobody reads its output (%#)", async (args, stdin, stream, code) => {
    const command = new Command(args, stdin);
    command.close(stream);
    expect((await command.ended).code).toBe(code);
  });

  it("ends listen for an event with exit code 0 when nobody reads its notes", async () => {
    const listener = await listen("--count", "1");
    listener.close("stderr");
    await send();
    expect(await listener.ended).toMatchObject({ code: 0, stdout: EVENT });
  });

  it("gives no escape codes to a pipe", async () => {
    for (const args of [["event", "list"], ["event", "show", "CollectD"], ["--help"]]) {
      const { code, stdout } = await run(args);
      expect(code).toBe(0);
      expect(stdout).not.toContain("\u001b");
    }
  });

  it("lets a second broker neither have the port nor the data folder of the first", async () => {
    const data = join(folder, "data");
    const server = start("serve", "--port", "0", "--data", data, "--json");
    await server.prints("stdout", "\n");
    const { port, pid } = JSON.parse(server.stdout) as { port: number; pid: number };
    expectOneLine(await run(["serve", "--port", String(port)]), `port ${port} of 127.0.0.1 is in use`);
    expectOneLine(await run(["serve", "--port", "0", "--data", data]), `is used by process ${pid}`);
    server.signal("SIGKILL");
    await server.ended;
    const next = start("serve", "--port", "0", "--data", data, "--json");
    await next.prints("stdout", "\n");
    next.signal("SIGTERM");
    expect((await next.ended).code).toBe(0);
  });
});

const GARBAGE = Uint8Array.from({ length: 5000 }, (_, i) => (i * 167 + (i >> 3)) % 256);
const LARGE = `<Event xmlns="http://www.gonicus.de/Events">${"x".repeat(10_000_000)}</Event>`;

describe("bad input ends in exit code 1 and one line on standard error", () => {
  it.each<[string, (bus: string) => readonly string[], string | Uint8Array, string]>([
    [
      "an invalid event",
      (bus) => ["send", "-", "--url", bus],
      INCOMPLETE,
      "standard input:1: PhoneStatus is incomplete: Status is missing",
    ],
    [
      "no broker",
      () => ["send", "PhoneStatus", ...COMPLETE, "--url", "amqp://a:b@127.0.0.1:1/d"],
      "",
      "nobody listens at 127.0.0.1:1",
    ],
    [
      "no broker to listen to",
      () => ["listen", "--url", "amqp://a:b@127.0.0.1:1/d"],
      "",
      "nobody listens at 127.0.0.1:1",
    ],
    [
      "a wrong password",
      (bus) => ["listen", "--url", bus.replace(/:[^:]*@/, ":wrong@")],
      "",
      'does not accept user "admin"',
    ],
    ["an unknown event name", (bus) => ["send", "PhoneStats", "--url", bus], "", 'did you mean "PhoneStatus"?'],
    [
      "an unknown field",
      (bus) => ["send", "PhoneStatus", "--set", "Statsu=x", "--url", bus],
      "",
      'did you mean "Status"?',
    ],
    [
      "a wrong filter",
      (bus) => ["listen", "--url", bus, "--xquery", "let $e := . retrun $e"],
      "",
      "XPST0003 at line 1, column 13",
    ],
    [
      "a malformed URL",
      () => ["listen", "--url", "localhost"],
      "",
      "expected amqp[s]://user:password@host:port/domain",
    ],
    ["10 MB", (bus) => ["send", "-", "--url", bus], LARGE, "an event may have at most 4194304 bytes"],
    ["10 MB to validate", () => ["validate", "-"], LARGE, "an event may have at most 4194304 bytes"],
    ["binary garbage", (bus) => ["send", "-", "--url", bus], GARBAGE, "standard input:1:"],
    ["nothing on standard input", (bus) => ["send", "-", "--url", bus], "", "the document has no element"],
    ["a file that is not there", () => ["validate", "missing.xml"], "", "cannot read missing.xml"],
    ["a folder", () => ["validate", "."], "", "cannot read .: it is a folder"],
  ])("%s", async (_title, args, stdin, message) => {
    expectOneLine(await run(args(url), stdin), message);
  });

  it("a broken XSD file, and the other event types are listed", async () => {
    writeFileSync(join(folder, "Broken.xsd"), "<xs:schema");
    expectOneLine(await run(["event", "list", "--schemas", folder]), `left out ${join(folder, "Broken.xsd")}:1: `);
  });
});

function expectOneLine({ code, stderr }: Outcome, message: string): void {
  expect(stderr).toMatch(/^xqbus: [^\n]+\n$/);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("    at ");
  expect(code).toBe(1);
}
