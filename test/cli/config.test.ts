import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./harness.ts";

let folder: string;
let good: string;
let bad: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-config-"));
  good = join(folder, "good.toml");
  bad = join(folder, "bad.toml");
  writeFileSync(good, '[storage]\nfolder = "data"\n[messaging]\nurl = "amqp://u:pa55@h"\n');
  writeFileSync(bad, "[broker]\nport = 70000\n[emial]\n");
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("config check", () => {
  it("says in a line that nothing is wrong", async () => {
    const outcome = await run(["config", "check", good]);
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toMatch(/good\.toml: nothing is wrong \(2 of \d+ settings are given\)\n$/);
    expect(JSON.parse((await run(["config", "check", good, "--json"])).stdout)).toMatchObject({ file: good, given: 2 });
  });

  it("has a line for each problem, those of the environment included, and ends with 1", async () => {
    const outcome = await run(["config", "check", bad], { env: { XQBUS_LOG__FORMAT: "xml" } });
    expect(outcome).toEqual({
      code: 1,
      stdout: "",
      stderr:
        `xqbus: ${bad}:2: broker.port is 70000; expected a port from 0 to 65535\n` +
        `xqbus: ${bad}:3: there is no section [emial]; did you mean email?\n` +
        'xqbus: XQBUS_LOG__FORMAT: log.format is "xml"; expected "json" or "text"\n' +
        `xqbus: ${bad}: storage.folder is missing: where everything is kept; expected folder = "/var/lib/xqbus" in [storage]\n`,
    });
    const { error } = JSON.parse((await run(["config", "check", bad, "--json"])).stderr) as {
      error: { problems: unknown };
    };
    expect(error).toMatchObject({ code: "xqbus:invalid-config", problems: [{ line: 2 }, { line: 3 }, {}] });
  });
});

describe("config print", () => {
  it("shows every setting in effect and where it comes from, without passwords", async () => {
    const { code, stdout } = await run(["config", "print", good], { env: { XQBUS_HTTP__PORT: "1234" } });
    expect(code).toBe(0);
    expect(stdout).toContain('url = "amqp://u:***@h"');
    expect(stdout).toMatch(/^port = 1234 +# XQBUS_HTTP__PORT$/m);
    expect(stdout).toMatch(/^port = 5672 +# default$/m);
    const json = JSON.parse((await run(["config", "print", good, "--json"])).stdout) as unknown;
    expect(json).toContainEqual({
      section: "storage",
      key: "folder",
      value: "data",
      source: "file",
      place: `${good}:2`,
    });
    expect(JSON.stringify(json)).not.toContain("pa55");
  });
});
