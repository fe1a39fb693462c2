import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import { linesOf, run, Running } from "./harness.ts";

let broker: Broker;

beforeAll(async () => {
  broker = await startBroker({ users: { admin: "secret" } });
});

afterAll(() => broker.close());

async function listen(...args: readonly string[]): Promise<Running> {
  const command = new Running(["listen", "--url", broker.url(), "--format", "line", ...args]);
  await command.prints("stderr", "listening to");
  return command;
}

async function send(caller: string): Promise<void> {
  const fields = [`CallerId=${caller}`, "ReceiverId=2", "Status=busy"].flatMap((field) => ["--set", field]);
  expect((await run(["send", "PhoneStatus", "--url", broker.url(), ...fields])).code).toBe(0);
}

function callersIn(stdout: string): readonly string[] {
  return linesOf(stdout).map((line) => /CallerId=(\S+)/.exec(line)?.[1] ?? line);
}

function remove(...args: readonly string[]): ReturnType<typeof run> {
  return run(["subscription", "delete", ...args, "--url", broker.url()]);
}

describe("a durable subscription", () => {
  it("keeps what is sent while nobody listens, and says so", async () => {
    const first = await listen("--durable", "kept");
    first.interrupt();
    const note =
      'the broker keeps the subscription "kept" and what comes for it; "xqbus subscription delete kept" ends it\n';
    expect((await first.ended).stderr.endsWith(note)).toBe(true);
    for (const caller of ["1", "2", "3"]) await send(caller);
    const second = await listen("--durable", "kept", "--count", "2");
    expect(callersIn((await second.ended).stdout)).toEqual(["1", "2"]);
    const third = await listen("--durable", "kept", "--count", "1");
    expect(callersIn((await third.ended).stdout)).toEqual(["3"]);
  });

  it("is ended with what waits in it, but not by --dry-run", async () => {
    const first = await listen("--durable", "ended");
    first.interrupt();
    await first.ended;
    await send("1");
    const place = `"ended" of amqp://admin@127.0.0.1:${broker.port}/org.clacks`;
    expect(await remove("ended", "--dry-run")).toEqual({
      ...{ code: 0, stdout: `would end 1 subscription, ${place}\n`, stderr: "" },
    });
    const second = await listen("--durable", "ended", "--count", "1");
    expect(callersIn((await second.ended).stdout)).toEqual(["1"]);
    await send("2");
    expect(await remove("ended")).toEqual({ code: 0, stdout: `ended 1 subscription, ${place}\n`, stderr: "" });
    const third = await listen("--durable", "ended", "--count", "1");
    await send("3");
    expect(callersIn((await third.ended).stdout)).toEqual(["3"]);
  });

  it("is told of as JSON", async () => {
    const { code, stdout } = await remove("gone", "--json");
    expect({ code, value: JSON.parse(stdout) as unknown }).toEqual({
      code: 0,
      value: { dryRun: false, subscriptions: 1, subscription: "gone", domain: "org.clacks", shared: false },
    });
  });

  it("that another one takes over ends the one before with an error", async () => {
    const first = await listen("--durable", "taken");
    const second = await listen("--durable", "taken");
    const { code, stderr } = await first.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/amqp:link:stolen/);
    second.interrupt();
    await second.ended;
  });
});

describe("a shared subscription", () => {
  it("that the broker keeps says how it is ended, and is ended so", async () => {
    const first = await listen("--durable", "crew2", "--shared");
    first.interrupt();
    const { stderr } = await first.ended;
    expect(stderr).toContain('"xqbus subscription delete crew2 --shared" ends it');
    await send("1");
    expect((await remove("crew2", "--shared")).code).toBe(0);
    const second = await listen("--durable", "crew2", "--shared", "--count", "1");
    await send("2");
    expect(callersIn((await second.ended).stdout)).toEqual(["2"]);
  });

  it.each([
    ["of its own", ["--shared", "team"]],
    ["that is durable", ["--durable", "crew", "--shared"]],
  ])("%s divides the events among all that listen", async (_what, options) => {
    const both = [await listen(...options), await listen(...options)];
    for (let caller = 0; caller < 10; caller++) await send(String(caller));
    for (const each of both) await each.prints("stdout", "CallerId");
    while (both.reduce((sum, { stdout }) => sum + linesOf(stdout).length, 0) < 10) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const each of both) each.interrupt();
    const outcomes = await Promise.all(both.map(({ ended }) => ended));
    const callers = outcomes.flatMap(({ stdout }) => callersIn(stdout));
    expect(callers.toSorted()).toEqual(Array.from({ length: 10 }, (_, caller) => String(caller)));
  });

  it("that is durable is ended with --shared", async () => {
    const { code, stdout } = await remove("crew", "--shared", "--json");
    expect({ code, value: JSON.parse(stdout) as unknown }).toMatchObject({ code: 0, value: { shared: true } });
  });
});
