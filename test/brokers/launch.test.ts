import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { launch } from "./launch.ts";
import type { BrokerOptions, RunningBroker } from "./running-broker.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "xqbus-launch-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Starts a program of Node instead of a broker. */
function launchScript(script: string, options: BrokerOptions = {}): Promise<RunningBroker> {
  return launch(
    {
      product: "activemq-classic",
      addresses: { topic: "", queue: (name) => name, deadLetters: (queue) => queue },
      prepare: () => Promise.resolve([process.execPath, "-e", script]),
    },
    options,
  );
}

describe("a broker that does not start", () => {
  it("is reported with the end of its log when it ends", async () => {
    const script = "for (let n = 1; n <= 50; n++) console.log(`line ${n}`); process.exitCode = 3";
    const error = await launchScript(script, { directory }).catch((e: unknown) => e as Error);
    expect((error as Error).message.split("\n")).toEqual([
      "activemq-classic did not start: the process ended with 3. The end of its log:",
      ...Array.from({ length: 40 }, (_, index) => `line ${index + 11}`),
    ]);
  });

  it("is reported and ended when it takes no login in time", async () => {
    // Long enough for a process to say its number on a busy machine.
    const script = "console.log(process.pid); setInterval(() => {}, 1000)";
    const error = await launchScript(script, { directory, startTimeoutMs: 3000 }).catch((e: unknown) => e as Error);
    const [first, pid] = (error as Error).message.split("\n");
    expect(first).toMatch(
      /^activemq-classic did not start: port \d+ took no login within 3000 ms \(no connection: .*ECONNREFUSED.*\)\. The end of its log:$/,
    );
    expect(() => process.kill(Number(pid), 0)).toThrow("ESRCH");
  });

  it("is reported when its program does not exist", async () => {
    const nothing = launch(
      {
        product: "activemq-classic",
        addresses: { topic: "", queue: (name) => name, deadLetters: (queue) => queue },
        prepare: () => Promise.resolve([join(directory, "no-such-program")]),
      },
      { directory },
    );
    await expect(nothing).rejects.toThrow(/did not start: spawn .*no-such-program ENOENT/);
  });

  it("leaves no folder of its own behind", async () => {
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = directory;
    try {
      await expect(launchScript("")).rejects.toThrow("the process ended with 0");
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
    expect(readdirSync(directory)).toEqual([]);
  });
});
