import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { eventXsd, folderWith, xsd } from "../schema/harness.ts";
import { linesOf, run } from "./harness.ts";

const REQUIRED = `<xs:element name="Id" type="xs:string"/>`;
const OPTIONAL = `<xs:element name="Id" type="xs:string" minOccurs="0"/>`;
const TWO = `${REQUIRED}<xs:element name="Owner" type="xs:string"/>`;

const required = folderWith({ "Door.xsd": eventXsd("Door", REQUIRED) });
const optional = folderWith({ "Door.xsd": eventXsd("Door", OPTIONAL) });
const two = folderWith({ "Door.xsd": eventXsd("Door", TWO) });

describe("xqbus schema diff", () => {
  it("shows each change with its verdict, its places and a document that proves it", async () => {
    const { code, stdout, stderr } = await run(["schema", "diff", optional, required]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = linesOf(stdout);
    expect(lines[0]).toMatch(/^Door: forward \(\d+ generated documents are valid in both\)$/);
    expect(lines.slice(1, 5)).toEqual([
      "  forward: Id is now required",
      `    field-required at /Event/Door/Id, ${join(optional, "Door.xsd")}:3 -> ${join(required, "Door.xsd")}:3`,
      '    only the old one accepts <Event xmlns="http://www.gonicus.de/Events"><Door/></Event>',
      "      /Event/Door: Door is incomplete: Id is missing",
    ]);
    expect(lines.at(-1)).toMatch(
      /^forward: 1 of 1 event types changed, 0 did not; \d+ generated documents are valid in both$/,
    );
  });

  it("says full where nothing changed", async () => {
    const { code, stdout } = await run(["schema", "diff", required, required, "--fail-on", "any"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^full: 0 of 1 event types changed, 1 did not; \d+ generated documents are valid in both\n$/,
    );
  });

  it("compares single files by the event type of their name", async () => {
    const other = folderWith({ "Door.xsd": eventXsd("Door", OPTIONAL), "Other.xsd": eventXsd("Other") });
    const files = [join(other, "Door.xsd"), join(required, "Door.xsd")];
    const { code, stdout } = await run(["schema", "diff", ...files, "--json", "--samples", "20", "--seed", "3"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: "forward",
      events: [{ event: "Door", changes: [{ kind: "field-required", witnesses: [{ acceptedBy: "old" }] }] }],
    });
  });

  it.each<[string, string, string, readonly string[]]>([
    ["full", required, required, []],
    ["backward", required, optional, ["forward", "any"]],
    ["forward", optional, required, ["backward", "any"]],
    ["breaking", required, two, ["breaking", "backward", "forward", "any"]],
  ])("%s: fails where --fail-on says so", async (_verdict, old, now, failing) => {
    for (const failOn of ["breaking", "backward", "forward", "any"]) {
      const { code } = await run(["schema", "diff", old, now, "--fail-on", failOn]);
      expect([failOn, code]).toEqual([failOn, failing.includes(failOn) ? 1 : 0]);
    }
  });

  it.each<[string, readonly string[], number, RegExp]>([
    ["a folder that is not there", [join(required, "nowhere"), required], 1, /cannot read .*nowhere: /],
    [
      "a verdict that is none",
      [required, required, "--fail-on", "bad"],
      2,
      /Allowed choices are breaking, backward, forward, any/,
    ],
    [
      "a file without event type",
      [join(folderWith({ "Part.xsd": xsd("") }), "Part.xsd"), required],
      1,
      /Part\.xsd declares no event type; expected a global element named "Part"/,
    ],
  ])("refuses %s", async (_what, args, code, message) => {
    const outcome = await run(["schema", "diff", ...args]);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(message);
  });

  it("warns of a broken file, and fails", async () => {
    const broken = folderWith({ "Door.xsd": eventXsd("Door"), "Bad.xsd": "<xs:schema" });
    const { code, stderr } = await run(["schema", "diff", broken, required]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/left out .*Bad\.xsd/);
  });
});

describe("the files in what schema diff says", () => {
  it("are named as the folders were, in text and in JSON", async () => {
    const [old, now] = [optional, required].map((folder) => relative(process.cwd(), folder));
    const { stdout } = await run(["schema", "diff", old!, now!]);
    expect(stdout).toContain(`, ${join(old!, "Door.xsd")}:3 -> ${join(now!, "Door.xsd")}:3\n`);
    const json = await run(["schema", "diff", join(old!, "Door.xsd"), join(now!, "Door.xsd"), "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      events: [{ changes: [{ old: { file: join(old!, "Door.xsd") }, new: { file: join(now!, "Door.xsd") } }] }],
    });
  });

  it("are named so where they are broken, too", async () => {
    const broken = relative(process.cwd(), folderWith({ "Door.xsd": "<xs:schema" }));
    const { stderr } = await run(["schema", "diff", optional, broken]);
    expect(stderr.startsWith(`xqbus: left out ${join(broken, "Door.xsd")}:1: `)).toBe(true);
  });
});
