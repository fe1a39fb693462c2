import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linesOf, run } from "./harness.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-doctor-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

const FREE = { XQBUS_BROKER__PORT: "0", XQBUS_STORAGE__MIN_FREE_BYTES: "1" };

describe("doctor", () => {
  it("has a line for everything that it has looked at", async () => {
    const { code, stdout, stderr } = await run(["doctor", "--data", folder], { env: FREE });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = linesOf(stdout);
    expect(lines.filter((line) => !line.startsWith("ok    "))).toEqual([]);
    expect(lines).toContain(`ok    folder: ${folder} can be written, and by nobody else`);
  });

  it("ends with 1 when something fails, and says what to do", async () => {
    const file = join(folder, "xqbus.toml");
    writeFileSync(file, `[storage]\nfolder = "no/such"\n[broker]\nhost = "192.0.2.1"\n`);
    const { code, stdout } = await run(["doctor", "--config", file]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      "fail  broker port: port 5672 of 192.0.2.1: this machine has no such address; take one of its own, 127.0.0.1 or 0.0.0.0\n",
    );
    const found = JSON.parse((await run(["doctor", "--config", file, "--json"])).stdout) as readonly object[];
    expect(found).toContainEqual({
      name: "broker port",
      status: "fail",
      detail: "port 5672 of 192.0.2.1: this machine has no such address",
      advice: "take one of its own, 127.0.0.1 or 0.0.0.0",
    });
  });

  it("does not begin with a configuration that cannot be used", async () => {
    const file = join(folder, "wrong.toml");
    writeFileSync(file, "[brokr]\n");
    expect(await run(["doctor", "--config", file])).toEqual({
      code: 1,
      stdout: "",
      stderr: `xqbus: ${file}:1: there is no section [brokr]; did you mean broker?\n`,
    });
  });
});
