import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FIELD_TYPES } from "../../src/schema/scaffold/field-spec.ts";
import { catalogOf, folderWith } from "../schema/harness.ts";
import { run, type Outcome } from "./harness.ts";

/** Runs `event new` with folders of its own. */
function make(folder: string, ...args: readonly string[]): Promise<Outcome> {
  const folders = ["--dir", join(folder, "schemas"), "--fixtures", join(folder, "fixtures")];
  return run(["event", "new", ...args, ...folders]);
}

const FIELDS = [
  "Door:string=Which <door>",
  "Level?:integer",
  "Tag*:token",
  "State:busy|idle & so",
  "At:dateTime",
].flatMap((field) => ["--field", field]);

describe("xqbus event new", () => {
  it.each([
    ["in the usual namespace", []],
    ["in a namespace of its own", ["--namespace", "urn:doors"]],
  ])("writes a schema that loads, and documents that are valid and invalid as they say, %s", async (_name, more) => {
    const folder = folderWith({});
    const made = await make(folder, "DoorOpened", "--doc", "A door & its <state>.", ...FIELDS, ...more);
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: "" });
    const catalog = await catalogOf(join(folder, "schemas"));
    expect(catalog.problems).toEqual([]);
    const { documentation, type } = catalog.describe("DoorOpened");
    expect(documentation).toBe("A door & its <state>.");
    expect(type.fields.map(({ name, minOccurs, maxOccurs }) => [name, minOccurs, maxOccurs])).toEqual([
      ["Door", 1, 1],
      ["Level", 0, 1],
      ["Tag", 0, "unbounded"],
      ["State", 1, 1],
      ["At", 1, 1],
    ]);
    expect(type.fields[3]?.type).toMatchObject({ enumeration: ["busy", "idle & so"] });
    expect(type.fields[0]?.documentation).toBe("Which <door>");
    const fixtures = join(folder, "fixtures", "DoorOpened");
    const names = readdirSync(fixtures);
    expect(names).toEqual(expect.arrayContaining(["valid-full.xml", "valid-minimal.xml"]));
    expect(names.length).toBeGreaterThan(8);
    expect(names).not.toContain("invalid-door-opened-is-missing-in-event.xml");
    for (const name of names) {
      const text = readFileSync(join(fixtures, name), "utf8");
      const found = catalog.validate(text).map(({ path, code }) => `expect: path=${path} code=${code}`);
      expect({ name, found }).toEqual({ name, found: /expect: path=.*? code=[\w.-]+/.exec(text)?.slice(0, 1) ?? [] });
    }
  });

  it("has all types that it names", async () => {
    const folder = folderWith({});
    const fields = FIELD_TYPES.flatMap((type) => ["--field", `F-${type}:${type}`]);
    expect((await make(folder, "Everything", ...fields)).code).toBe(0);
    expect((await catalogOf(join(folder, "schemas"))).eventNames).toEqual(["Everything"]);
  });

  it("overwrites nothing without --force, and writes nothing with --dry-run", async () => {
    const folder = folderWith({});
    const dry = await make(folder, "Ping", "--field", "Host:string", "--dry-run");
    expect(dry.stdout).toContain('<xs:element name="Host" type="xs:string"/>');
    expect(readdirSync(folder)).toEqual([]);
    await make(folder, "Ping", "--field", "Host:string");
    const again = await make(folder, "Ping");
    const file = join(folder, "schemas", "Ping.xsd");
    expect(again).toEqual({
      code: 1,
      stdout: "",
      stderr: `xqbus: ${file} is there already; overwrite it with --force\n`,
    });
    expect(readFileSync(file, "utf8")).toContain("Host");
    expect((await make(folder, "Ping", "--force")).code).toBe(0);
    expect(readFileSync(file, "utf8")).not.toContain("Host");
  });

  it.each<[readonly string[], string, number]>([
    [["Event"], '"Event" cannot name an event type: it is the envelope of all events', 2],
    [["a:b"], '"a:b" cannot name an event type: it is no XML name without a colon', 2],
    [["../Up"], '"../Up" cannot name an event type: it is no XML name without a colon', 2],
    [["PhoneStatus"], "there is an event type PhoneStatus already: ", 1],
    [["A", "--field", "B"], 'the field "B" is not of the form Name:type, Name?:type, Name*:type or Name:one|two', 2],
    [["A", "--field", "B:strin"], 'the field B has the unknown type "strin" (did you mean "string"?)', 2],
    [["A", "--field", "B:x|x"], 'the field B has the values "x|x"; expected different values that are not empty', 2],
    [["A", "--field", "1:int"], 'the field name "1" is no XML name without a colon', 2],
    [["A", "--field", "B:int", "--field", "B:int"], "the field B is given twice", 2],
    [["A", "--namespace", ""], 'the namespace "" is no URI', 2],
  ])("refuses %j", async (args, message, expected) => {
    const folder = folderWith({});
    const { code, stderr } = await make(folder, ...args);
    expect({ code, said: stderr.startsWith(`xqbus: ${message}`), stderr }).toEqual({
      code: expected,
      said: true,
      stderr,
    });
    expect(existsSync(join(folder, "schemas"))).toBe(false);
  });
});
