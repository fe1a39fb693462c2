import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { eventXsd, folderWith } from "../schema/harness.ts";
import { run, type Outcome } from "./harness.ts";

describe("xqbus schema docs", () => {
  let schemas = "";
  let out = "";
  const docs = (...more: readonly string[]): Promise<Outcome> =>
    run(["schema", "docs", "--schemas", schemas, "--out", out, ...more]);

  beforeEach(() => {
    const folder = folderWith({ "schemas/Ping.xsd": eventXsd("Ping"), "schemas/Pong.xsd": eventXsd("Pong") });
    schemas = join(folder, "schemas");
    out = join(folder, "site");
  });

  it("writes the folder, says whether it is current, and writes only what changed", async () => {
    expect(await docs("--check")).toEqual({
      code: 1,
      stdout: `${out}: not current; run xqbus schema docs --out ${out}\n`,
      stderr: "",
    });
    expect(await docs("--dry-run")).toMatchObject({
      code: 0,
      stdout: `${out}: would write 8 files; 0 removed, 0 unchanged\n`,
    });
    expect(existsSync(out)).toBe(false);
    expect(await docs()).toEqual({ code: 0, stdout: `${out}: wrote 8 files; 0 removed, 0 unchanged\n`, stderr: "" });
    expect(await docs("--check")).toEqual({ code: 0, stdout: `${out}: current\n`, stderr: "" });
    writeFileSync(join(schemas, "Ping.xsd"), eventXsd("Ping", `<xs:element name="Host" type="xs:string"/>`));
    const { stdout } = await docs("--json");
    expect(JSON.parse(stdout)).toEqual({
      folder: out,
      current: false,
      written: ["Ping.html", "asyncapi.json", "xsd/Ping.xsd", ".xqbus-files.json"],
      removed: [],
      unchanged: 4,
      foreign: [],
    });
    expect(readFileSync(join(out, "Ping.html"), "utf8")).toContain("Host");
  });

  it("removes pages of types that are gone, unless somebody changed them", async () => {
    await docs();
    writeFileSync(join(out, "notes.html"), "mine");
    rmSync(join(schemas, "Pong.xsd"));
    expect((await docs("--check")).code).toBe(1);
    writeFileSync(join(out, "xsd", "Pong.xsd"), "changed");
    expect((await docs()).stdout).toBe(`${out}: wrote 3 files; 1 removed, 3 unchanged\n`);
    expect([existsSync(join(out, "Pong.html")), existsSync(join(out, "xsd", "Pong.xsd"))]).toEqual([false, true]);
    expect(readFileSync(join(out, "notes.html"), "utf8")).toBe("mine");
  });

  it("overwrites no file of somebody else without --force", async () => {
    mkdirSync(out);
    writeFileSync(join(out, "index.html"), "mine");
    expect(await docs()).toEqual({
      code: 1,
      stdout: "",
      stderr: `xqbus: ${out}: xqbus did not write index.html, or it was changed since; choose another folder, or overwrite with --force\n`,
    });
    expect(existsSync(join(out, "Ping.html"))).toBe(false);
    expect((await docs("--force")).code).toBe(0);
    expect(readFileSync(join(out, "index.html"), "utf8")).toContain("Event types");
  });

  it("removes nothing outside of the folder, whatever its list says", async () => {
    mkdirSync(out);
    const victim = join(out, "..", "victim");
    writeFileSync(victim, "");
    const hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const files = { "../victim": hash, [victim]: hash, link: hash };
    symlinkSync(victim, join(out, "link"));
    writeFileSync(join(out, ".xqbus-files.json"), JSON.stringify({ files }));
    expect((await docs()).stdout).toContain("0 removed");
    expect(existsSync(victim)).toBe(true);
  });
});
