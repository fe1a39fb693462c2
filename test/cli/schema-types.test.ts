import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./harness.ts";

const PING = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.gonicus.de/Events" elementFormDefault="qualified">
  <xs:element name="Ping"><xs:complexType><xs:sequence><xs:element name="Host" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>`;

describe("xqbus schema types", () => {
  let folder: string;
  let out: string;
  const schemas = (): readonly string[] => ["--schemas", folder];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-types-"));
    out = join(folder, "events.d.ts");
    writeFileSync(join(folder, "Ping.xsd"), PING);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("prints the declarations", async () => {
    const { code, stdout, stderr } = await run(["schema", "types", ...schemas()]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("export interface Ping {\n  readonly Host: string;\n}\n");
    expect(stdout).toMatch(/\n}\n$/);
    const json = await run(["schema", "types", "--json", ...schemas()]);
    expect(JSON.parse(json.stdout)).toEqual({ eventNames: ["Ping"], declarations: stdout });
  });

  it("writes a file, and only when something changed", async () => {
    const args = ["schema", "types", "--out", out, ...schemas()];
    expect(await run([...args, "--check"])).toEqual({
      code: 1,
      stdout: `${out}: not current; run xqbus schema types --out ${out}\n`,
      stderr: "",
    });
    expect(await run(args)).toEqual({ code: 0, stdout: `${out}: 1 event type\n`, stderr: "" });
    expect(readFileSync(out, "utf8")).toContain("export interface Ping {");
    expect(await run(args)).toEqual({ code: 0, stdout: `${out}: 1 event type, unchanged\n`, stderr: "" });
    expect(await run([...args, "--check"])).toEqual({ code: 0, stdout: `${out}: current\n`, stderr: "" });
    writeFileSync(out, "something else");
    const { code, stdout } = await run([...args, "--check", "--json"]);
    expect({ code, value: JSON.parse(stdout) as unknown }).toEqual({ code: 1, value: { file: out, current: false } });
  });

  it("tells what is wrong", async () => {
    expect(await run(["schema", "types", "--check", ...schemas()])).toEqual({
      code: 1,
      stdout: "",
      stderr: "xqbus: --check needs a file to look at; give it with --out events.d.ts\n",
    });
    const missing = join(folder, "missing", "events.d.ts");
    expect(await run(["schema", "types", "--out", missing, ...schemas()])).toEqual({
      code: 1,
      stdout: "",
      stderr: `xqbus: cannot write ${missing}: there is no such file or folder\n`,
    });
    writeFileSync(join(folder, "Broken.xsd"), "<xs:schema");
    const { code, stdout, stderr } = await run(["schema", "types", ...schemas()]);
    expect({ code, hasPing: stdout.includes("interface Ping") }).toEqual({ code: 1, hasPing: true });
    expect(stderr).toContain("Broken.xsd");
    rmSync(join(folder, "Broken.xsd"));
  });

  it("shows its help without a command", async () => {
    const { code, stdout, stderr } = await run(["schema"]);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("types");
  });
});
