import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Running, run } from "./harness.ts";
import type { Outcome } from "./harness.ts";

const fixtures = join(import.meta.dirname, "..", "fixtures", "events", "PhoneStatus");
const valid = join(fixtures, "valid-full.xml");
const misspelt = join(fixtures, "invalid-misspelt-status.xml");

let folder: string;
let large: string;
let missing: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-cli-"));
  large = join(folder, "large.xml");
  missing = join(folder, "missing.xml");
  writeFileSync(large, `<Event>${"x".repeat(10_000_000)}</Event>`);
});

afterAll(() => rmSync(folder, { recursive: true }));

const TOO_LARGE = "is too large: an event may have at most 4194304 bytes (4 MiB)";
const NOT_THERE = "there is no such file or folder";

describe("validate", () => {
  it("says that a file is valid", async () => {
    expect(await run(["validate", valid])).toEqual({ code: 0, stdout: `${valid}: valid\n`, stderr: "" });
  });

  it("names file, line and what would be right", async () => {
    const { code, stdout, stderr } = await run(["validate", misspelt]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toMatch(
      /invalid-misspelt-status\.xml:\d+: element "\w+" is not allowed .*\(did you mean "Status"\?\)\n$/,
    );
  });

  it("says that the catalog has no event types, so that not only the file is blamed", async () => {
    const empty = join(folder, "empty");
    mkdirSync(empty);
    const { code, stdout, stderr } = await run(["validate", "--schemas", empty, valid]);
    expect(code).toBe(1);
    expect(stdout).toContain(valid);
    expect(stderr).toBe(`xqbus: the catalog has no event types: there are no XSD files of events in ${empty}\n`);
  });

  it("names a limit without an option that the command does not have", async () => {
    const stdin = `<Event xmlns="http://www.gonicus.de/Events">${"<A>".repeat(300)}`;
    for (const [args, text] of [
      [["validate", "-"], (outcome: Outcome) => outcome.stdout],
      [["validate", "-", "--json"], (outcome: Outcome) => outcome.stdout],
      [["send", "-", "--dry-run"], (outcome: Outcome) => outcome.stderr],
    ] as const) {
      const told = text(await run(args, { stdin }));
      expect(told).toContain("the limit is 200");
      expect(told).not.toContain("option");
    }
  });

  it("checks all files, also after one that cannot be read", async () => {
    expect(await run(["validate", missing, folder, large, valid])).toEqual({
      code: 1,
      stdout: `${valid}: valid\n1 valid, 3 not valid\n`,
      stderr:
        `xqbus: cannot read ${missing}: ${NOT_THERE}\n` +
        `xqbus: cannot read ${folder}: it is a folder; name the files in it\n` +
        `xqbus: ${large} ${TOO_LARGE}\n`,
    });
  });

  it("gives one JSON list with --json, with what could not be read in it", async () => {
    const { code, stdout, stderr } = await run(["validate", "--json", valid, misspelt, missing]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(JSON.parse(stdout)).toEqual([
      { file: valid, valid: true, problems: [] },
      {
        file: misspelt,
        valid: false,
        problems: [expect.objectContaining({ path: expect.stringContaining("/Event/PhoneStatus/") as string })],
      },
      {
        file: missing,
        valid: false,
        problems: [],
        error: { code: "xqbus:unreadable", message: `cannot read ${missing}: ${NOT_THERE}` },
      },
    ]);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ["nothing", "", /^standard input:1: the document has no element; expected a start tag such as "<Event>"\n$/],
    ["white space", " \n ", /^standard input:\d: the document has no element; .+\n$/],
    ["binary garbage", Uint8Array.from({ length: 2000 }, (_, i) => (i * 167) % 256), /^standard input:1: [^\n]+\n$/],
    ["zeros", new Uint8Array(1000), /^standard input:1: [^\n]+\n$/],
    ["UTF-16 that claims to be UTF-8", utf16('<?xml version="1.0" encoding="UTF-8"?><a/>'), /expected "UTF-16"\n$/],
    ["a DOCTYPE", "<!DOCTYPE a><a/>", /^standard input:1: the document has a DOCTYPE declaration, [^\n]+\n$/],
    ["an escape character", "<a>\u001b[31m</a>", /^standard input:1: U\+001B is not allowed [^\n]+\n$/],
    ["another document", "<html/>", /^standard input:1: [^\n]+\n$/],
  ])("tells what is wrong with %s on standard input", async (_title, stdin, message) => {
    const { code, stdout, stderr } = await run(["validate", "-"], { stdin });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toMatch(message);
  });

  it("accepts UTF-16 with a byte order mark", async () => {
    const text =
      '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><CallerId>1</CallerId><ReceiverId>2</ReceiverId>' +
      "<Status>busy</Status></PhoneStatus></Event>";
    expect(await run(["validate", "-"], { stdin: utf16(text) })).toEqual({
      code: 0,
      stdout: "standard input: valid\n",
      stderr: "",
    });
  });

  it("stops reading standard input that does not end", async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(65536, "<a>");
      })(),
    );
    expect(await run(["validate", "-"], { stdin: endless })).toEqual({
      code: 1,
      stdout: "",
      stderr: `xqbus: standard input ${TOO_LARGE}\n`,
    });
  });

  it("ends with Ctrl-C while standard input is silent", async () => {
    const running = new Running(["validate", "-"], { stdin: new Readable({ read: () => undefined }) });
    running.interrupt();
    expect(await running.ended).toEqual({
      code: 1,
      stdout: "",
      stderr: "xqbus: interrupted while reading standard input\n",
    });
  });
});

function utf16(text: string): Uint8Array {
  return Buffer.from(`\ufeff${text}`, "utf16le");
}
