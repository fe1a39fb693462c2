import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { EventPublisher } from "../../src/amqp/index.ts";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import { linesOf, run, Running } from "./harness.ts";

let broker: Broker;
const running: Running[] = [];

beforeAll(async () => {
  broker = await startBroker({ users: { admin: "secret" } });
});

afterEach(async () => {
  for (const command of running) command.interrupt();
  await Promise.all(running.splice(0).map((command) => command.ended));
});

afterAll(() => broker.close());

/** Listens, and resolves when it is ready for events. */
async function listen(...args: readonly string[]): Promise<Running> {
  const command = new Running(["listen", "--url", broker.url(), ...args]);
  running.push(command);
  await command.prints("stderr", "listening to amqp://admin@");
  return command;
}

async function send(caller: string, status: string): Promise<void> {
  const settings = [`CallerId=${caller}`, "ReceiverId=2", `Status=${status}`].flatMap((setting) => ["--set", setting]);
  expect((await run(["send", "PhoneStatus", "--url", broker.url(), ...settings])).code).toBe(0);
}

describe("listen", () => {
  it("prints an event as XML and ends after --count events with the counts", async () => {
    const command = await listen("--count", "1");
    await send("1", "busy");
    expect(await command.ended).toEqual({
      code: 0,
      stdout:
        '<Event xmlns="http://www.gonicus.de/Events">\n  <PhoneStatus>\n    <CallerId>1</CallerId>\n' +
        "    <ReceiverId>2</ReceiverId>\n    <Status>busy</Status>\n  </PhoneStatus>\n</Event>\n",
      stderr:
        `listening to amqp://admin@127.0.0.1:${broker.port}/org.clacks (Ctrl-C ends)\n` +
        "received 1, matched 1, filtered out 0\n",
    });
  });

  it("prints an event as JSON on one line", async () => {
    const command = await listen("--count", "1", "--format", "json");
    await send("1", "busy");
    const { stdout } = await command.ended;
    expect(linesOf(stdout)).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      name: "PhoneStatus",
      subject: "org.clacks.event.PhoneStatus",
      deliveryCount: 0,
      content: { CallerId: "1", ReceiverId: "2", Status: "busy" },
      xml: expect.stringContaining("<Status>busy</Status>") as string,
    });
  });

  it.each(["--xpath", "--xquery"])("prints what matches %s, one line each; the broker filters", async (option) => {
    const command = await listen(
      "--format",
      "line",
      "--count",
      "1",
      option,
      '/e:Event/e:PhoneStatus[e:Status = "busy"]',
    );
    await send("1", "idle");
    await send("2", "busy");
    const { stdout, stderr } = await command.ended;
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d PhoneStatus CallerId=2 ReceiverId=2 Status=busy\n$/);
    expect(stderr).toMatch(/\nreceived 1, matched 1, filtered out 0\n$/);
  });

  it("shows control characters and direction marks of an event as escapes on a line", async () => {
    const command = await listen("--format", "line", "--count", "1");
    await send("\u009b31m\u202ea\nb\tc\u007f", "x".repeat(100));
    const { stdout } = await command.ended;
    expect(stdout).toContain(` CallerId=\\u{9b}31m\\u{202e}a b c\\u{7f} ReceiverId=2 Status=${"x".repeat(59)}…\n`);
  });

  it("ends with exit code 0 and the counts when nobody reads what it prints", async () => {
    const command = await listen();
    command.stopReading();
    const { code, stderr } = await command.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/\nreceived 0, matched 0, filtered out 0\n$/);
  });

  it("ends with exit code 0 and the counts when it is interrupted", async () => {
    const command = await listen();
    command.interrupt();
    const { code, stdout, stderr } = await command.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/\nreceived 0, matched 0, filtered out 0\n$/);
  });

  it("says so when the broker goes away and when it is back, and goes on", async () => {
    const users = { admin: "secret" };
    const other = await startBroker({ users });
    const command = new Running(["listen", "--url", other.url(), "--count", "1", "--format", "line"]);
    await command.prints("stderr", "listening to");
    await other.close();
    await command.prints("stderr", "; connecting again\n");
    await using again = await startBroker({ users, port: other.port });
    await command.prints("stderr", "connected again\n");
    await using publisher = await EventPublisher.open(again.url(), { validate: false });
    await publisher.sendEvent("<Event><Ping/></Event>");
    const { code, stdout } = await command.ended;
    expect(code).toBe(0);
    expect(stdout).toContain("Ping");
  });
});

describe("connecting", () => {
  /** A server that takes connections and says nothing. */
  let silent: Server;
  let url: string;

  beforeAll(async () => {
    silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    url = `amqp://a:b@127.0.0.1:${(silent.address() as AddressInfo).port}/d`;
  });

  afterAll(() => silent.close());

  it("that takes too long names the option that raises the limit", async () => {
    const place = new URL(url).host;
    expect(await run(["listen", "--url", url, "--timeout", "0.05"])).toEqual({
      code: 1,
      stdout: "",
      stderr: `xqbus: connecting to ${place} did not end within 50 ms (raise it with --timeout)\n`,
    });
  });

  it("that Ctrl-C ends was interrupted", async () => {
    const connected = once(silent, "connection");
    const command = new Running(["listen", "--url", url]);
    await connected;
    command.interrupt();
    expect(await command.ended).toEqual({
      code: 1,
      stdout: "",
      stderr: `xqbus: connecting to ${new URL(url).host} was interrupted\n`,
    });
  });
});

describe("a wrong filter", () => {
  it.each([
    ["--xquery", "let $e := ./Event\nretrun $e", "XPST0003", /^XPST0003 at line 2, column 1: .+ \(at "retrun \$e"\)$/],
    ["--xquery", "((", "XPST0003", /^XPST0003 at line 1, column 3: [^\n]+$/],
    ["--xpath", "", "XPST0003", /^XPST0003: the filter is empty; [^\n]+$/],
    ["--xpath", "/f:Event", "XPST0081", /^XPST0081 at line 1, column 2: .+, or use --xquery \(at "f:Event"\)$/],
    [
      "--xpath",
      "for $x in a where 1 return $x",
      "XPST0003",
      /^XPST0003 at line 1, column 13: .+; this is XQuery, give it with --xquery \(at "where 1 return \$x"\)$/,
    ],
    ["--xquery", "$x", "XPST0008", /^XPST0008 at line 1, column 1: .+ \(at "\$x"\)$/],
    ["--xpath", `/a/${"b/".repeat(50)}]`, "XPST0003", /^XPST0003 at line 1, column \d+: [^\n]{0,200}$/],
  ])("%s %j is told in one line with its place", async (option, filter, code, message) => {
    const args = ["listen", "--url", broker.url(), option, filter];
    const { stdout, stderr, ...rest } = await run(args);
    expect({ stdout, ...rest }).toEqual({ code: 1, stdout: "" });
    const told = /^xqbus: (.*)\n$/.exec(stderr)?.[1];
    expect(told).toMatch(message);
    const json = await run([...args, "--json"]);
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code, message: told } });
  });
});
