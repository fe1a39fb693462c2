import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linesOf, run } from "./harness.ts";

const shipped = join(import.meta.dirname, "..", "..", "schemas", "events");

let folder: string;
let broken: string;
let empty: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-cli-"));
  broken = join(folder, "broken");
  empty = join(folder, "empty");
  mkdirSync(broken);
  mkdirSync(empty);
  for (const file of ["Event.xsd", "PhoneStatus.xsd"]) copyFileSync(join(shipped, file), join(broken, file));
  writeFileSync(join(broken, "Broken.xsd"), "<xs:schema\n");
});

afterAll(() => rmSync(folder, { recursive: true }));

const PHONE_STATUS = "PhoneStatus  Asterisk  A phone changed its state: it rings, is in a call, or is free again.";

describe("event list", () => {
  it("shows name, module and first sentence of each event type", async () => {
    const { code, stdout, stderr } = await run(["event", "list", "--schemas", shipped]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(linesOf(stdout)).toHaveLength(12);
    expect(stdout.replace(/ +/g, " ")).toContain(PHONE_STATUS.replace(/ +/g, " "));
  });

  it("gives one JSON list with --json", async () => {
    const { stdout } = await run(["event", "list", "--schemas", shipped, "--json"]);
    const events = JSON.parse(stdout) as { name: string }[];
    expect(events.find((event) => event.name === "PhoneStatus")).toMatchObject({
      namespace: "http://www.gonicus.de/Events",
      module: "Asterisk",
      file: join(shipped, "PhoneStatus.xsd"),
    });
  });

  it("names a broken XSD file, lists the others and ends with exit code 1", async () => {
    const { code, stdout, stderr } = await run(["event", "list", "--schemas", broken]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: `${PHONE_STATUS}\n` });
    expect(linesOf(stderr)).toHaveLength(1);
    expect(stderr.startsWith(`xqbus: left out ${join(broken, "Broken.xsd")}:2: `)).toBe(true);
  });

  it("names a broken XSD file as JSON with --json", async () => {
    const { code, stdout, stderr } = await run(["event", "list", "--schemas", broken, "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toHaveLength(1);
    expect(JSON.parse(stderr)).toMatchObject({
      warning: { code: "xqbus:invalid-schema", file: join(broken, "Broken.xsd"), line: 2 },
    });
  });

  it("says that a folder has no event types, and that a folder does not exist", async () => {
    expect(await run(["event", "list", "--schemas", empty])).toEqual({
      code: 0,
      stdout: "",
      stderr: "no event types; XSD files are looked for in the folders of --schemas\n",
    });
    const nowhere = join(folder, "nowhere");
    expect(await run(["event", "list", "--schemas", nowhere])).toEqual({
      code: 1,
      stdout: "",
      stderr: `xqbus: the schema directory "${nowhere}" cannot be read: it does not exist; give directories that hold XSD files\n`,
    });
  });
});

describe("event show", () => {
  it("shows the fields with type, occurrence and documentation, nested ones indented", async () => {
    const { code, stdout } = await run(["event", "show", "PuppetReport", "--schemas", shipped]);
    expect(code).toBe(0);
    const lines = linesOf(stdout);
    expect(lines[0]).toBe("PuppetReport (libinst)");
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}PuppetLog \{1\.\.n\}: all - /));
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}Level: one of debug, info, /));
    expect(lines).toContainEqual(expect.stringMatching(/^ {6}value \{1\.\.n\}: xs:string/));
  });

  it("gives the description as JSON with --json", async () => {
    const { stdout } = await run(["event", "show", "PhoneStatus", "--schemas", shipped, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ name: "PhoneStatus", type: { kind: "complex", content: "all" } });
  });

  it.each([
    ["PhoneStats", '"PhoneStats" is not an event type of this catalog (did you mean "PhoneStatus"?)'],
    ["Unknown", '"Unknown" is not an event type of this catalog; "xqbus event list" shows them'],
  ])("tells that %s is not known and what would be right", async (name, message) => {
    const args = ["event", "show", name, "--schemas", shipped];
    expect(await run(args)).toEqual({ code: 1, stdout: "", stderr: `xqbus: ${message}\n` });
    const { stderr } = await run([...args, "--json"]);
    expect(JSON.parse(stderr)).toEqual({ error: { code: "xqbus:unknown-name", message } });
  });
});

describe("colours", () => {
  const args = ["event", "show", "PhoneStatus", "--schemas", shipped];
  const coloured = /\u001b\[/;

  it("are for a terminal", async () => {
    expect((await run(args, { terminal: true })).stdout).toMatch(coloured);
  });

  it.each([
    ["without a terminal", {}],
    ["with NO_COLOR", { terminal: true, env: { NO_COLOR: "1" } }],
    ["with a dumb terminal", { terminal: true, env: { TERM: "dumb" } }],
  ])("are left out %s", async (_title, surroundings) => {
    const { stdout, stderr } = await run(args, surroundings);
    expect(stdout + stderr).not.toMatch(coloured);
    expect((await run(["event", "list", "--schemas", broken], surroundings)).stderr).not.toMatch(coloured);
  });
});
