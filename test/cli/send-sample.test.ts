import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import { linesOf, run } from "./harness.ts";

const DRY = ["--sample", "--dry-run", "--json"];

describe("an event from --sample", () => {
  it("is valid, and the same for the same seed", async () => {
    const first = await run(["send", "CollectD", ...DRY, "--seed", "7"]);
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(/^\{"event":"CollectD","xml":"<Event /);
    expect((await run(["send", "CollectD", ...DRY, "--seed", "7"])).stdout).toBe(first.stdout);
    expect((await run(["send", "CollectD", ...DRY, "--seed", "8"])).stdout).not.toBe(first.stdout);
  });

  it("has a seed that is told, so that it can be had again", async () => {
    const { stdout, stderr } = await run(["send", "PhoneStatus", "--sample", "--dry-run"]);
    const seed = /^seed (\d+)\n$/.exec(stderr)?.[1];
    expect(seed).toBeDefined();
    expect(await run(["send", "PhoneStatus", "--sample", "--dry-run", "--seed", seed!])).toEqual({
      code: 0,
      stdout,
      stderr,
    });
  });

  it("has the values of --set", async () => {
    const { stdout } = await run(["send", "PhoneStatus", ...DRY, "--seed", "1", "--set", "Status=busy"]);
    expect(stdout).toContain("<Status>busy</Status>");
  });

  it("is one of several with --count", async () => {
    const { stdout } = await run(["send", "PhoneStatus", ...DRY, "--seed", "1", "--count", "5"]);
    const lines = linesOf(stdout);
    expect(lines.map((line) => (JSON.parse(line) as { readonly seed: number }).seed)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(lines).size).toBe(5);
    expect(lines[2]).toBe(linesOf((await run(["send", "PhoneStatus", ...DRY, "--seed", "3"])).stdout)[0]);
  });

  it.each<[string, readonly string[], number, RegExp]>([
    [
      "a position",
      ["PuppetReport", ...DRY, "--set", "PuppetLog[2]/Level=info"],
      1,
      /"PuppetLog\[2\]\/Level" has a position/,
    ],
    [
      "a field that is not there",
      ["PhoneStatus", ...DRY, "--set", "Colour=red"],
      1,
      /PhoneStatus has no part "Colour"/,
    ],
    ["an unknown event type", ["PhoneStats", ...DRY], 1, /did you mean "PhoneStatus"/],
    ["a file", ["./event.xml", ...DRY], 2, /--sample needs the name of an event type, not a file/],
    [
      "a seed without --sample",
      ["PhoneStatus", "--dry-run", "--seed", "1"],
      2,
      /--seed and --count belong to --sample/,
    ],
    ["a rate without --sample", ["PhoneStatus", "--rate", "5"], 2, /--rate belongs to --sample/],
    ["a rate where nothing is sent", ["PhoneStatus", ...DRY, "--rate", "5"], 2, /cannot be used with --dry-run/],
    ["a rate of nothing", ["PhoneStatus", "--sample", "--rate", "0"], 2, /It must be a number above 0/],
    ["a seed that is no number", ["PhoneStatus", ...DRY, "--seed", "x"], 2, /It must be a whole number/],
    ["an invalid value", ["CollectD", ...DRY, "--seed", "1", "--set", "Interval=often"], 1, /"often"/],
  ])("refuses %s", async (_what, args, code, message) => {
    const outcome = await run(["send", ...args.filter((arg) => arg !== "--json")]);
    expect([outcome.code, outcome.stderr]).toEqual([code, expect.stringMatching(message)]);
  });
});

describe("samples on the bus", () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker({ users: { admin: "secret" } });
  });
  afterAll(() => broker.close());

  it("are accepted by the broker, one by one", async () => {
    const { code, stdout } = await run([
      "send",
      "PhoneStatus",
      "--sample",
      "--count",
      "3",
      "--seed",
      "1",
      "--url",
      broker.url(),
      "--json",
    ]);
    expect(code).toBe(0);
    const expected = [1, 2, 3].map((seed) => ({ sent: "PhoneStatus", domain: "org.clacks", seed }));
    expect(linesOf(stdout).map((line) => JSON.parse(line) as unknown)).toMatchObject(expected);
  });
});
