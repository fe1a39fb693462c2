import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./harness.ts";

describe("xqbus filter check", () => {
  let query: string;
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-check-"));
    query = join(folder, "busy.xq");
    writeFileSync(
      query,
      "declare namespace f='http://www.gonicus.de/Events';\n./f:Event/f:PhoneStatus[f:Status = 'busy']\n",
    );
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("says which event types a filter can match", async () => {
    const ok = { code: 0, stdout: "ok: can match events of type PhoneStatus\n", stderr: "" };
    expect(await run(["filter", "check", query])).toEqual(ok);
    expect(await run(["filter", "check", "-"], { stdin: "/e:Event/e:PhoneStatus" })).toEqual(ok);
    expect(await run(["filter", "check", "--xquery", "."])).toEqual({
      ...ok,
      stdout: "ok: can match events of every type\n",
    });
  });

  it("shows a typo with a caret and what was probably meant", async () => {
    expect(await run(["filter", "check", "--xpath", "/e:Event/e:PhoneStatus[e:Statsu = 'busy']"])).toEqual({
      code: 1,
      stdout: `error line 1, column 24: PhoneStatus has no child Statsu (did you mean e:Status?)
    /e:Event/e:PhoneStatus[e:Statsu = 'busy']
                           ^
`,
      stderr: "",
    });
  });

  it("finds a misspelt name wherever it may stand: no shipped event type takes elements of any name", async () => {
    const { code, stdout } = await run(["filter", "check", "--xquery", "//e:Statsu = 'busy'"]);
    expect({ code, line: stdout.split("\n")[0] }).toEqual({
      code: 1,
      line: "error line 1, column 3: the document has no element inside called Statsu (did you mean e:Status?)",
    });
  });

  it("warns where one part of a filter that can match cannot be fulfilled", async () => {
    expect(await run(["filter", "check", "--xpath", "//e:PhoneStatus or //e:PhoneStaus"])).toEqual({
      code: 0,
      stdout: `warning line 1, column 22: the document has no element inside called PhoneStaus (did you mean e:PhoneStatus?)
    //e:PhoneStatus or //e:PhoneStaus
                         ^
ok: can match events of type PhoneStatus
`,
      stderr: "",
    });
  });

  it("tells of a filter that does not compile in the same form", async () => {
    const { code, stdout } = await run(["filter", "check", "--xquery", "let $e := 1 retrun $e"]);
    expect({ code, lines: stdout.split("\n") }).toEqual({
      code: 1,
      lines: [
        expect.stringMatching(/^error line 1, column 13: found "retrun"; expected "return"/) as string,
        "    let $e := 1 retrun $e",
        "                ^",
        "",
      ],
    });
  });

  it("speaks JSON", async () => {
    const { code, stdout } = await run(["filter", "check", "--json", "--xpath", "/Event"]);
    expect({ code, value: JSON.parse(stdout) as unknown }).toEqual({
      code: 1,
      value: {
        canMatch: false,
        eventTypes: [],
        problems: [
          {
            code: "xqbus:filter-wrong-namespace",
            severity: "error",
            message: expect.stringContaining("write e:Event, or set defaultElementNamespace") as string,
            line: 1,
            column: 2,
            excerpt: "/Event\n ^",
            suggestion: "e:Event",
          },
        ],
      },
    });
  });

  it("knows a default namespace of elements", async () => {
    const args = ["--default-namespace", "http://www.gonicus.de/Events"];
    const { code } = await run(["filter", "check", "--xpath", "/Event/PhoneStatus", ...args]);
    expect(code).toBe(0);
  });

  it.each([
    [[], "give one filter: --xquery, --xpath, --xpath1 or a file"],
    [["a.xq", "--xpath", "."], "give one filter: --xquery, --xpath, --xpath1 or a file"],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await run(["filter", "check", ...args]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) as string });
  });

  it("checks of XPath 1.0 only whether it compiles", async () => {
    expect((await run(["filter", "check", "--xpath1", "/Event = 1"])).stdout).toBe(
      "ok: can match events of every type\n",
    );
    expect((await run(["filter", "check", "--xpath1", "1 to 3"])).stdout).toContain(
      "XPath 1.0 does not have the operator to",
    );
  });

  it("says that a file is not there", async () => {
    const { code, stderr } = await run(["filter", "check", join(folder, "none.xq")]);
    expect(code).toBe(1);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain("none.xq");
  });
});
