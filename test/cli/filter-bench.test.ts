import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtInWorkload } from "../../src/cli/filter-bench/built-in-workload.ts";
import { run } from "./harness.ts";

const EVENT = `<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><Status>busy</Status><Level>7</Level></PhoneStatus></Event>`;

describe("xqbus filter bench", () => {
  let folder: string;
  let filters: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-bench-"));
    filters = join(folder, "filters.jsonl");
    writeFileSync(join(folder, "event.xml"), EVENT);
    writeFileSync(
      filters,
      [
        { id: "status", xquery: "/e:Event/e:PhoneStatus[e:Status = 'busy']" },
        { id: "level", xquery: "/e:Event/e:PhoneStatus/e:Level > 6.5" },
        { id: "other", xquery: "not(/e:Event/e:PhoneStatus)" },
      ]
        .map((filter) => JSON.stringify(filter))
        .join("\n"),
    );
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const bench = (...args: readonly string[]): ReturnType<typeof run> =>
    run(["filter", "bench", "--rounds", "1", ...args]);

  it("measures the built-in filters of both shapes", async () => {
    const { code, stdout, stderr } = await bench("--subscriptions", "1,200", "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const rows = JSON.parse(stdout) as Record<string, unknown>[];
    expect(rows.map(({ shape, subscriptions }) => [shape, subscriptions])).toEqual([
      ["equality", 1],
      ["equality", 200],
      ["mixed", 1],
      ["mixed", 200],
    ]);
    for (const row of rows) {
      expect(Object.keys(row)).toEqual([
        ...["subscriptions", "shape", "microsPerEvent", "bytesPerSubscription", "registrationMicros", "matches"],
      ]);
      expect(row["microsPerEvent"]).toBeGreaterThan(0);
    }
  });

  it("measures filters and events of one's own, and says that there are fewer", async () => {
    const args = ["--subscriptions", "2,3,50", "--filters", filters, "--events", folder] as const;
    const { code, stdout, stderr } = await bench(...args, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { shape: "file", subscriptions: 2, matches: 2 },
      { shape: "file", subscriptions: 3, matches: 2 },
    ]);
    expect(stderr).toContain("has 3 filters, which are measured instead of 50; --repeat repeats them");
    expect((await bench(...args)).stdout).toMatch(
      /^shape +subscriptions +µs\/event .*\nfile +2 .* 2 covered\nfile +3 /,
    );
  });

  it("repeats them with other literals", async () => {
    const { stdout } = await bench(
      ...["--subscriptions", "300", "--filters", filters, "--events", folder, "--repeat", "--json"],
    );
    // "busy~1" and so on are no values of the event; 6.51 to 6.599 are all below 7.
    expect(JSON.parse(stdout)).toMatchObject([{ subscriptions: 300, matches: 101 }]);
  });

  it.each([
    ["no events", ["--filters", "FILTERS"], "give --events ./events, too"],
    ["no filters", ["--events", "FOLDER"], "give --filters filters.jsonl, too"],
    ["events without a file", ["--filters", "FILTERS", "--events", "FOLDER/none"], "there is no such file or folder"],
    ["a number that is none", ["--subscriptions", "1,x"], "It must be a whole number above 0"],
    ["more than can be measured", ["--subscriptions", "10000000"], "At most 1000000 subscriptions"],
  ])("does not start with %s", async (_, args, message) => {
    const { code, stderr } = await bench(
      ...args.map((arg) => arg.replace("FILTERS", filters).replace("FOLDER", folder)),
    );
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });

  it.each([
    ["no JSON", "{", "line 2 is no JSON"],
    ["no id", '{"xquery":"."}', 'line 2 is no filter; expected { "id": "a"'],
    ["an id twice", '{"id":"a","xquery":"."}', 'line 2: the id "a" is that of line 1, too'],
    ["a wrong query", '{"id":"b","xquery":"/a["}', 'the filter "b": XPST0003 at line 1'],
  ])("names the line or the filter that is wrong: %s", async (_, line, message) => {
    const file = join(folder, "wrong.jsonl");
    writeFileSync(file, `{"id":"a","xquery":"."}\n${line}\n`);
    const { code, stderr } = await bench("--filters", file, "--events", folder);
    expect({ code, found: stderr.includes(message) ? message : stderr }).toEqual({ code: 1, found: message });
  });
});

describe("the built-in workload", () => {
  it("has events of 265 bytes and filters of many shapes, the same at every call", () => {
    const { filters, events } = builtInWorkload(1000, "mixed");
    const mean = events.reduce((sum, { length }) => sum + length, 0) / events.length;
    expect(Math.round(mean)).toBe(265);
    expect(new Set(filters.map(({ id }) => id)).size).toBe(1000);
    expect(builtInWorkload(1000, "mixed")).toEqual({ filters, events });
  });
});
