import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Command, run } from "./command.ts";

/** Small enough for any machine. */
const SMALL = ["bench", "--rate", "200", "--count", "100", "--warm-up", "0.1"];

interface Result {
  readonly latencyMicros: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

describe("xqbus bench", () => {
  let broker: Command;
  let url: string;

  beforeAll(async () => {
    broker = new Command(["serve", "--port", "0", "--json"]);
    await broker.prints("stdout", "\n");
    url = (JSON.parse(broker.stdout) as { url: string }).url;
  });

  afterAll(() => broker.signal("SIGKILL"));

  it("measures a broker of its own, and shows a table", async () => {
    const { code, stdout, stderr } = await run([...SMALL, "--consumers", "2"]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "100 events at 200/s to an embedded broker in a process of its own, 2 consumers\n",
    });
    const [head, ...rows] = stdout.split("\n").slice(0, -2);
    expect(head).toMatch(/^ms +p50 +p90 +p99 +p99\.9 +max$/);
    expect(rows.map((row) => row.split(" ")[0])).toEqual(["begun", "accepted", "received"]);
    expect(stdout).toMatch(/\nsent 100 \([\d.]+\/s\), refused 0; received 200 of 200, lost 0, duplicates 0\n$/);
  });

  it("measures the bus of --url, and counts what its filter lets through", async () => {
    const filter = "string-length(//e:CallerId) mod 2 = 0";
    const { code, stdout } = await run([...SMALL, "--url", url, "--filter", filter, "--json"]);
    const result = JSON.parse(stdout) as Result & { readonly expected: number };
    expect({ code, result }).toMatchObject({
      code: 0,
      result: {
        rate: 200,
        count: 100,
        sent: 100,
        accepted: 100,
        refused: 0,
        lost: 0,
        duplicates: 0,
        consumers: 1,
        filter,
      },
    });
    expect(result).toMatchObject({ received: result.expected });
    expect(result.expected).toBeGreaterThan(0);
    expect(result.expected).toBeLessThan(100);
    for (const { p50, p90, p99, p999, max } of Object.values(result.latencyMicros)) {
      const all = [p50, p90, p99, p999, max];
      expect(all).toEqual(all.toSorted((a, b) => a! - b!));
      expect(p50).toBeGreaterThan(0);
    }
  });

  it("tells what it has measured when it is interrupted", async () => {
    const command = new Command(["bench", "--url", url, "--count", "1000000", "--rate", "100", "--warm-up", "0"]);
    await command.prints("stderr", "1000000 events at 100/s");
    command.signal("SIGINT");
    const { code, stdout } = await command.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nsent \d+ \([\d.]+\/s\), refused 0; received (\d+) of \1, lost 0, duplicates 0\n$/);
  });

  it.each<[string, readonly string[], number, RegExp]>([
    [
      "a bus that is not there",
      ["--url", "amqp://a:b@127.0.0.1:1/d"],
      1,
      /^xqbus: nobody listens at 127\.0\.0\.1:1; /m,
    ],
    ["a filter that is none", ["--filter", "(("], 1, /^xqbus: XPST0003 at line 1, column 3: /m],
    ["an unknown event type", ["--event", "PhoneStats"], 1, /did you mean "PhoneStatus"/],
    ["a rate of nothing", ["--rate", "0"], 2, /It must be a number above 0/],
    ["two lengths", ["--count", "5", "--duration", "5"], 2, /cannot be used with option '--duration <seconds>'/],
    [
      "more than it can remember",
      ["--count", "600000000", "--consumers", "2"],
      2,
      /at most 1000000000 can be measured/,
    ],
  ])("refuses %s", async (_what, args, code, message) => {
    const outcome = await run(["bench", ...args]);
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: "" });
    expect(outcome.stderr).toMatch(message);
  });
});
