import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../cli/harness.ts";

const deploy = join(import.meta.dirname, "..", "..", "deploy");

function textOf(name: string): string {
  return readFileSync(join(deploy, name), "utf8");
}

function systemdAnalyze(args: readonly string[]): string | undefined {
  try {
    return execFileSync("systemd-analyze", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

describe("deploy/", () => {
  it.each(["xqbus.toml", "container.toml"])("%s is a configuration that can be used", async (name) => {
    expect(await run(["config", "check", join(deploy, name)])).toMatchObject({ code: 0, stderr: "" });
  });

  it("has settings in its remarks that can be used, too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-deploy-"));
    const file = join(folder, "xqbus.toml");
    writeFileSync(join(folder, "smtp"), "secret");
    const all = textOf("xqbus.toml")
      .replace(/^# (?=\[|\w+ = )/gm, "")
      .replaceAll('host = "127.0.0.1"\nport = 5672', "port = 5672")
      .replace("/etc/xqbus/smtp-password", join(folder, "smtp"));
    writeFileSync(file, all);
    expect(await run(["config", "check", file])).toMatchObject({ code: 0, stderr: "" });
    rmSync(folder, { recursive: true });
  });

  it("has a unit that systemd takes, which stops before systemd loses patience", async () => {
    // The program itself need not be installed.
    expect(systemdAnalyze(["verify", join(deploy, "xqbus.service")]) ?? "").toBe("");
    const [, seconds] = /^TimeoutStopSec=(\d+)s$/m.exec(textOf("xqbus.service")) ?? [];
    const { stdout } = await run(["config", "print", "--json"]);
    const settings = JSON.parse(stdout) as readonly { readonly key: string; readonly value: string }[];
    const wait = settings.find(({ key }) => key === "shutdown_timeout")?.value ?? "";
    expect(Number(seconds)).toBeGreaterThan(parseInt(wait) + 5);
  });

  it("has an image that runs as nobody special, on the oldest Node.js that works", () => {
    const text = textOf("Dockerfile");
    const { engines } = JSON.parse(readFileSync(join(deploy, "..", "package.json"), "utf8")) as {
      readonly engines: { readonly node: string };
    };
    const [, least] = />=(\d+)/.exec(engines.node) ?? [];
    expect([...text.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).toEqual([
      `node:${least}-slim`,
      `node:${least}-slim`,
    ]);
    expect(text).toMatch(/^USER node$/m);
    expect(text).toMatch(/^HEALTHCHECK /m);
    for (const [, from] of text.matchAll(/^COPY (?!--from)(\S+)/gm)) {
      if (from === "." || from === undefined) continue;
      expect(() => readFileSync(join(deploy, "..", from))).not.toThrow();
    }
  });
});
