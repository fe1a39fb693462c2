import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./harness.ts";

const EVENT = `<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><CallerId>4711</CallerId><ReceiverId>0</ReceiverId><Status>busy</Status></PhoneStatus></Event>`;

describe("xqbus filter explain", () => {
  let folder: string;
  let event: string;
  let query: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-explain-"));
    [event, query] = [join(folder, "event.xml"), join(folder, "filter.xq")];
    writeFileSync(event, EVENT);
    writeFileSync(query, '//e:Status = "busy"\n');
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("shows why an event does not match, and says so to the shell", async () => {
    expect(await run(["filter", "explain", "--xpath", '//e:Status = "free"', event])).toEqual({
      code: 1,
      stdout: `✗ the filter does not match
  first failed at line 1, column 1: //e:Status = "free" — saw "busy", wanted = "free"

✗ //e:Status = "free" — saw "busy", wanted = "free"
`,
      stderr: "",
    });
  });

  it("reads the filter from a file and the event from standard input", async () => {
    const outcome = await run(["filter", "explain", query, "-", "--ascii"], { stdin: EVENT });
    expect(outcome).toEqual({
      code: 0,
      stdout: '[yes] the filter matches\n\n[yes] //e:Status = "busy" - saw "busy"\n',
      stderr: "",
    });
  });

  it("explains XPath 1.0, which converts values", async () => {
    const { code, stdout } = await run([
      "filter",
      "explain",
      "--xpath1",
      "//*[. = 4711] and '10' > '9'",
      "--ascii",
      event,
    ]);
    expect({ code, first: stdout.split("\n")[0] }).toEqual({ code: 0, first: "[yes] the filter matches" });
  });

  it("speaks JSON", async () => {
    const { code, stdout } = await run(["filter", "explain", "--xquery", "count(//e:Status) > 3", event, "--json"]);
    expect({ code, value: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 1,
      value: { matches: false, firstFailure: { kind: "comparison", seen: [{ text: "1" }], wanted: "> 3" } },
    });
  });

  it.each([
    [["--xpath", "1", "a.xml", "b.xml"], "an option gives the filter, so that one file is expected, the event"],
    [["a.xml"], "give a filter with --xquery, --xpath, --xpath1 or as a file, and then the file of one event"],
  ])("refuses %j", async (args, message) => {
    expect(await run(["filter", "explain", ...args])).toEqual({
      code: 2,
      stdout: "",
      stderr: `xqbus: ${message}; see xqbus filter explain --help\n`,
    });
  });

  it("warns of a filter that can never match, and explains it all the same", async () => {
    const { code, stdout, stderr } = await run(["filter", "explain", "--xpath", "//e:PhoneStatus/e:Statsu", event]);
    expect(code).toBe(1);
    expect(stdout).toContain("first failed at line 1, column 17: e:Statsu — found nothing");
    expect(stderr).toMatch(/^xqbus: line 1, column \d+: .*Statsu/);
  });

  it("points at what is wrong in the filter", async () => {
    const { code, stderr } = await run(["filter", "explain", "--xpath", "//f:a", event]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('XPST0081 at line 1, column 3: the prefix "f" is not declared') as unknown,
    });
  });
});
