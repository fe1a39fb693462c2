import { describe, expect, it } from "vitest";
import { Command, run } from "./command.ts";

interface Counts {
  readonly sent: number;
  readonly matched: number;
  readonly filteredOut: number;
}

describe("the demo", () => {
  it("shows broker, filter, events with counts, a wrong filter and an invalid event, and ends by itself", async () => {
    const { code, stdout, stderr } = await run(["demo", "--seconds", "2"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const headings = stdout.split("\n").filter((line) => /^\d\. /.test(line));
    expect(headings).toEqual([
      expect.stringMatching(/^1\. A broker listens on 127\.0\.0\.1:\d+ /),
      expect.stringMatching(/^2\. A consumer /),
      expect.stringMatching(/^3\. A producer /),
      expect.stringMatching(/^4\. .*: a wrong filter\.$/),
      expect.stringMatching(/^5\. .*: an invalid event\.$/),
    ]);
    expect(stdout).toMatch(/\d CollectD Host=\S+ Plugin=load /);
    expect(stdout).toMatch(/\d PhoneStatus CallerId=\S+ ReceiverId=\S+ Status=busy\n/);
    const [, sent, matched, filteredOut] = /sent (\d+), matched (\d+), filtered out (\d+)\n/.exec(stdout) ?? [];
    // Two rounds of four measurements and a phone; each round has one load, the second one a busy phone.
    expect([sent, matched, filteredOut]).toEqual(["10", "3", "7"]);
    expect(stdout).toContain("XPST0003 at line 2, ");
    expect(stdout).toContain('event:5: element "Statsu" is not allowed in PhoneStatus here; ');
    expect(stdout).toContain('did you mean "Status"?');
    expect(stdout).not.toMatch(/\u001b| at .*\.js:/);
  });

  it("gives JSON lines with --json", async () => {
    const { code, stdout, stderr } = await run(["demo", "--seconds", "1", "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const events = lines.filter((line) => "name" in line);
    const { sent, matched, filteredOut } = lines.find((line) => "counts" in line)?.["counts"] as Counts;
    expect(events).toHaveLength(matched);
    expect(matched + filteredOut).toBe(sent);
    expect(lines.slice(-2)).toEqual([
      expect.objectContaining({ mistake: "a wrong filter" }),
      expect.objectContaining({ mistake: "an invalid event" }),
    ]);
  });

  it("uses the shipped event types whatever the environment says", async () => {
    const demo = new Command(["demo", "--seconds", "1"], "", { XQBUS_SCHEMAS: "/nowhere" });
    expect(await demo.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "goes on with --forever until %s and ends with the counts",
    async (signal) => {
      const demo = new Command(["demo", "--forever"]);
      await demo.prints("stdout", " CollectD ");
      demo.signal(signal);
      const { code, stdout, stderr } = await demo.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/sent \d+, matched \d+, filtered out \d+\n$/);
    },
  );
});
