import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const main = join(root, "dist", "cli", "main.js");
const fixtures = join(root, "test", "fixtures", "events", "PhoneStatus");
const NAMESPACE = "http://www.gonicus.de/Events";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The compiled command as a process. */
class Cli {
  readonly process: ChildProcessWithoutNullStreams;
  stdout = "";
  stderr = "";
  #changed = (): void => undefined;
  readonly #ended: Promise<unknown>;

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("XQBUS_"));
    this.process = spawn(process.execPath, [main, ...args], {
      cwd: root,
      env: { ...Object.fromEntries(inherited), ...environment },
    });
    this.#ended = once(this.process, "close");
    for (const name of ["stdout", "stderr"] as const) {
      this.process[name].on("data", (data: Buffer) => {
        this[name] += data.toString();
        this.#changed();
      });
    }
    this.process.on("close", () => this.#changed());
    // A command that refuses its input does not wait for the end of it.
    this.process.stdin.on("error", () => undefined);
  }

  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (match !== null) return match;
      if (this.process.exitCode !== null) throw new Error(`ended without ${pattern}: ${this.stdout}${this.stderr}`);
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  async ends(input: string | Uint8Array = ""): Promise<Ended> {
    this.process.stdin.end(input);
    await this.#ended;
    return { code: this.process.exitCode, stdout: this.stdout, stderr: this.stderr };
  }
}

const running: Cli[] = [];

function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Cli {
  const cli = new Cli(args, environment);
  running.push(cli);
  return cli;
}

const run = (args: readonly string[], input?: string | Uint8Array): Promise<Ended> => start(args).ends(input);

afterEach(() => {
  for (const cli of running.splice(0)) cli.process.kill("SIGKILL");
});

const phoneStatus = (content: string): string =>
  `<Event xmlns="${NAMESPACE}"><PhoneStatus>${content}</PhoneStatus></Event>`;

describe("serve, listen and send", () => {
  it("work together, and end in order when they are told to", async () => {
    const serve = start(["serve", "--port", "0", "--json", "--user", "ädmin:s:e@c/r%t"]);
    await serve.prints(/\n/);
    const { port, host } = JSON.parse(serve.stdout) as { readonly port: number; readonly host: string };
    const url = `amqp://${encodeURIComponent("ädmin")}:${encodeURIComponent("s:e@c/r%t")}@${host}:${port}/org.clacks`;

    const listen = start(["listen", "--format", "line", "--xpath", "/e:Event/e:PhoneStatus[e:Status = 'busy']"], {
      XQBUS_URL: url,
    });
    await listen.prints(/listening to /);
    const send = ["send", "PhoneStatus", "--url", url, "--set", "Status=busy", "--set", "CallerId=1"];
    expect(await run([...send, "--set", "ReceiverId=2"])).toMatchObject({ code: 0, stderr: "" });
    const xml = `<?xml version="1.0"?>\n${phoneStatus("<CallerId>1</CallerId><ReceiverId>3</ReceiverId><Status>idle</Status>")}`;
    expect(await run(["send", "-", "--url", url], xml)).toMatchObject({ code: 0, stderr: "" });
    expect(await run([...send, "--set", "ReceiverId=4", "--json"])).toMatchObject({ code: 0, stderr: "" });
    await listen.prints(/ReceiverId=4/);
    listen.process.kill("SIGINT");
    const ended = await listen.ends();
    expect(ended.code).toBe(0);
    expect(ended.stdout.split("\n").map((line) => line.slice(9))).toEqual([
      "PhoneStatus CallerId=1 ReceiverId=2 Status=busy",
      "PhoneStatus CallerId=1 ReceiverId=4 Status=busy",
      "",
    ]);
    expect(ended.stderr).toContain("received 3, matched 2, filtered out 1");

    const wrong = await run([...send, "--set", "ReceiverId=5", "--url", url.replace(/:[^:@/]*@/, ":wrong@")]);
    expect(wrong).toMatchObject({ code: 1, stdout: "" });
    expect(wrong.stderr).toMatch(/^xqbus: [^\n]*ädmin[^\n]*\n$/);
    expect(wrong.stderr).not.toContain("wrong");

    serve.process.kill("SIGTERM");
    expect((await serve.ends()).code).toBe(0);
  });

  it("print JSON that says what the event said, and stop after --count", async () => {
    const serve = start(["serve", "--port", "0", "--json"]);
    await serve.prints(/\n/);
    const { url } = JSON.parse(serve.stdout) as { readonly url: string };
    const listen = start(["listen", "--count", "1", "--json", "--url", url, "--xquery", "//e:Status = 'busy'"]);
    const values = ["--set", "CallerId=1", "--set", "ReceiverId=2", "--set", "Status=busy"];
    const send = (): Promise<Ended> => run(["send", "PhoneStatus", ...values, "--url", url, "--json"]);
    // With --json nothing says that it listens: events are sent until one has come.
    while (listen.stdout === "") expect((await send()).code).toBe(0);
    const ended = await listen.ends();
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      name: "PhoneStatus",
      subject: "org.clacks.event.PhoneStatus",
      fields: { Status: "busy" },
    });
  });

  it("keep the password of a data folder, for one broker at a time", async () => {
    const folder = join(mkdtempSync(join(tmpdir(), "xqbus-data-")), "data");
    const args = ["serve", "--port", "0", "--json", "--data", folder];
    const password = async (cli: Cli): Promise<string | undefined> =>
      /admin:([^@]+)@/.exec((await cli.prints(/\n/)).input)?.[1];
    const first = start(args);
    const before = await password(first);
    const second = await run(args);
    expect(second).toMatchObject({ code: 1, stdout: "" });
    expect(second.stderr).toContain(String(first.process.pid));
    first.process.kill("SIGTERM");
    await first.ends();
    expect(await password(start(args))).toBe(before);
    rmSync(folder, { recursive: true, force: true });
  });
});

describe("validate", () => {
  it("says valid, or every problem with file and line", async () => {
    const valid = join(fixtures, "valid-minimal.xml");
    const invalid = join(fixtures, "invalid-misspelt-status.xml");
    expect(await run(["validate", valid, invalid])).toEqual({
      code: 1,
      stdout:
        `${valid}: valid\n` +
        `${invalid}:8: element "Statsu" is not allowed in PhoneStatus here; expected Status (did you mean "Status"?)\n` +
        "1 valid, 1 not valid\n",
      stderr: "",
    });
    const json = await run(["validate", "--json", invalid]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject([
      { file: invalid, valid: false, problems: [{ path: "/Event/PhoneStatus/Statsu", line: 8, suggestion: "Status" }] },
    ]);
  });
});

describe("event", () => {
  it("list names all twelve types, and show the fields of one", async () => {
    const { stdout, code } = await run(["event", "list", "--json"]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { readonly name: string }[]).map(({ name }) => name)).toHaveLength(12);
    const show = await run(["event", "show", "PhoneStatus"]);
    expect(show.code).toBe(0);
    expect(show.stdout).toMatch(/PhoneStatus \(Asterisk\)[\s\S]*CallerId[\s\S]*ReceiverId[\s\S]*Status/);
  });
});

describe("what goes wrong", () => {
  let folder = "";
  let silent = "";
  const server = createServer();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-cli-"));
    writeFileSync(join(folder, "large.xml"), phoneStatus(`<CallerId>${"x".repeat(10_000_000)}</CallerId>`));
    writeFileSync(join(folder, "Broken.xsd"), '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">\n<xs:element>');
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    silent = `amqp://admin:topsecret@127.0.0.1:${(server.address() as AddressInfo).port}/org.clacks`;
  });

  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const nobody = "amqp://admin:topsecret@127.0.0.1:1/org.clacks";
  const complete = ["--set", "CallerId=1", "--set", "ReceiverId=2", "--set", "Status=busy"];
  const cases: readonly [title: string, args: () => readonly string[], stderr: RegExp, input?: Uint8Array][] = [
    ["no bus is named", () => ["send", "PhoneStatus"], /give --url .* or set XQBUS_URL/],
    ["the URL is none", () => ["listen", "--url", "http://x"], /amqp/],
    [
      "there is no broker",
      () => ["send", "PhoneStatus", ...complete, "--url", nobody],
      /nobody listens at 127\.0\.0\.1:1/,
    ],
    [
      "the broker says nothing",
      () => ["send", "PhoneStatus", ...complete, "--url", silent, "--timeout", "0.2"],
      /127\.0\.0\.1:\d+/,
    ],
    ["the event type is unknown", () => ["send", "PhoneStaus", "--url", nobody], /did you mean "PhoneStatus"\?/],
    ["the event type to show is unknown", () => ["event", "show", "PhoneStaus"], /did you mean "PhoneStatus"\?/],
    [
      "the field is unknown",
      () => ["send", "PhoneStatus", "--set", "Statsu=busy", "--url", nobody],
      /has no field "Statsu".*did you mean "Status"\?/,
    ],
    ["the filter is wrong", () => ["listen", "--xquery", "./f:Event", "--url", nobody], /XPST0081 at line 1, column 1/],
    ["the file is not there", () => ["validate", join(folder, "no.xml")], /no\.xml: there is no such file/],
    ["the file is a folder", () => ["validate", folder], /folder/],
    ["the event is too large", () => ["send", join(folder, "large.xml"), "--url", nobody], /too large/],
    [
      "the input is garbage",
      () => ["send", "-", "--url", nobody],
      /standard input/,
      Buffer.from([0xff, 0x00, 0x13, 0x80]),
    ],
    ["the input is empty", () => ["send", "-", "--url", nobody], /standard input/],
    ["the folder of schemas is not there", () => ["event", "list", "--schemas", join(folder, "no")], /no/],
    ["the port is taken", () => ["serve", "--port", new URL(silent).port], /port/],
  ];

  it.each(cases)("%s: one line that says so, exit code 1", async (_title, args, stderr, input) => {
    const ended = await run(args(), input);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 1, stdout: "" });
    expect(ended.stderr).toMatch(stderr);
    expect(ended.stderr.replace(/\n(?=[^\n]*\n\s*\^\n$)[\s\S]*/, "\n")).toMatch(/^xqbus: [^\n]+\n$/);
    expect(ended.stderr).not.toContain("topsecret");
    const json = await run([...args(), "--json"], input);
    expect(json.code).toBe(1);
    // A file that cannot be read is one of the results of validate.
    if (args()[0] === "validate") expect(JSON.parse(json.stdout)).toHaveLength(1);
    else expect(Object.keys((JSON.parse(json.stderr) as { readonly error: object }).error)).toContain("code");
  });

  it("an invalid event: every problem, exit code 1, nothing sent", async () => {
    const event = phoneStatus("<CallerId>1</CallerId><Statsu>busy</Statsu>");
    const ended = await run(["send", "-", "--url", nobody], event);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('element "Statsu" is not allowed in PhoneStatus here');
    expect(ended.stderr).not.toMatch(/^ {4}at /m);
  });

  it("a broken schema file is reported with file and line, and the other types are listed all the same", async () => {
    const ended = await run(["event", "list", "--schemas", folder, "--schemas", "schemas/events"]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/Broken\.xsd:2/);
    expect(ended.stdout).toContain("PhoneStatus");
  });

  it.each([
    ["an unknown command", ["validat"]],
    ["an unknown option", ["validate", "--jsno", "x"]],
    ["a missing argument", ["send"]],
    ["a number that is none", ["listen", "--count", "many"]],
    ["a port that is none", ["serve", "--port", "70000"]],
    ["two filters", ["listen", "--xquery", ".", "--xpath", "."]],
  ])("%s is a mistake of the command line: exit code 2", async (_title, args) => {
    const ended = await run(args);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(/^xqbus: /);
  });

  it.each(["", "demo", "serve", "send", "listen", "validate", "event", "event list", "event show"])(
    "xqbus %s --help shows examples",
    async (command) => {
      const ended = await run([...command.split(" ").filter((word) => word !== ""), "--help"]);
      expect(ended).toMatchObject({ code: 0, stderr: "" });
      expect(ended.stdout).toContain("Examples:");
    },
  );
});

describe("demo", () => {
  it("shows events, counts, a wrong filter and an invalid event, and ends by itself", async () => {
    const { code, stdout, stderr } = await run(["demo", "--seconds", "2"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/CollectD Host=.* Plugin=load/);
    expect(stdout).toMatch(/PhoneStatus CallerId=012345 ReceiverId=12343424 Status=busy/);
    const counts = /sent (\d+), matched (\d+), filtered out (\d+)/.exec(stdout)?.slice(1).map(Number);
    expect(counts).toEqual([10, 3, 7]);
    expect(stdout).toContain("XPST0003 at line 2, column 21");
    expect(stdout).toContain(
      'element "Statsu" is not allowed in PhoneStatus here; expected Status (did you mean "Status"?)',
    );
    expect(stdout).not.toContain("\u001b[");
  });

  it("speaks JSON lines", async () => {
    const { code, stdout } = await run(["demo", "--seconds", "1", "--json"]);
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter((line) => "mistake" in line)).toHaveLength(2);
    expect(lines.find((line) => "counts" in line)).toEqual({ counts: { sent: 5, matched: 1, filteredOut: 4 } });
  });
});
