import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linesOf, run } from "./harness.ts";

const shipped = join(import.meta.dirname, "..", "..", "schemas", "events");

let folder: string;
let broken: string;
let empty: string;
let annotated: string;
let odd: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-cli-"));
  broken = join(folder, "broken");
  empty = join(folder, "empty");
  mkdirSync(broken);
  mkdirSync(empty);
  for (const file of ["Event.xsd", "PhoneStatus.xsd"]) copyFileSync(join(shipped, file), join(broken, file));
  writeFileSync(join(broken, "Broken.xsd"), "<xs:schema\n");
  annotated = join(folder, "annotated");
  odd = join(folder, "odd");
  mkdirSync(annotated);
  mkdirSync(odd);
  writeFileSync(join(annotated, "Login.xsd"), LOGIN);
  writeFileSync(join(odd, "Odd.xsd"), ODD);
});

afterAll(() => rmSync(folder, { recursive: true }));

const SCHEMA = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:x="urn:xqbus"
  targetNamespace="http://www.gonicus.de/Events" elementFormDefault="qualified">`;

const LOGIN = `${SCHEMA}
  <xs:element name="Login">
    <xs:annotation><xs:appinfo>
      <x:routingKey>user.login</x:routingKey><x:type>user.login</x:type><x:owner>Ops</x:owner>
      <x:promote>User</x:promote><x:orderBy>User</x:orderBy><x:dedupeKey>@id</x:dedupeKey>
      <x:retention>P30D</x:retention><x:sensitive>Password</x:sensitive><x:deprecated>use Session</x:deprecated>
    </xs:appinfo></xs:annotation>
    <xs:complexType>
      <xs:sequence><xs:element name="User" type="xs:string"/><xs:element name="Password" type="xs:string"/></xs:sequence>
      <xs:attribute name="id" type="xs:string">
        <xs:annotation><xs:appinfo><x:deprecated>use User</x:deprecated></xs:appinfo></xs:annotation>
      </xs:attribute>
    </xs:complexType>
  </xs:element>
</xs:schema>`;

const ODD = `${SCHEMA}
  <xs:element name="Odd" type="xs:string">
    <xs:annotation><xs:appinfo>
      <x:routingKey>odd.*</x:routingKey>
    </xs:appinfo></xs:annotation>
  </xs:element>
</xs:schema>`;

const PHONE_STATUS = "PhoneStatus  Asterisk  A phone changed its state: it rings, is in a call, or is free again.";

describe("event list", () => {
  it("shows name, module and first sentence of each event type", async () => {
    const { code, stdout, stderr } = await run(["event", "list", "--schemas", shipped]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(linesOf(stdout)).toHaveLength(22);
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
    const noTypes = `the catalog has no event types: there are no XSD files of events in ${empty}`;
    expect(await run(["event", "list", "--schemas", empty])).toEqual({
      code: 0,
      stdout: "",
      stderr: `xqbus: ${noTypes}\n`,
    });
    const asJson = await run(["event", "list", "--schemas", empty, "--json"]);
    expect({ ...asJson, stderr: JSON.parse(asJson.stderr) as unknown }).toEqual({
      code: 0,
      stdout: "[]\n",
      stderr: { warning: { code: "xqbus:unknown-name", message: noTypes } },
    });
    const nowhere = join(folder, "nowhere");
    expect(await run(["event", "list", "--schemas", nowhere])).toEqual({
      code: 1,
      stdout: "",
      stderr: `xqbus: the schema directory "${nowhere}" cannot be read: it does not exist; give directories that hold XSD files\n`,
    });
  });
});

describe("an annotation without effect", () => {
  const warning = `routingKey has "*" in it; `;

  it.each([
    ["event", "list"],
    ["event", "show", "Odd"],
  ])("is told by %s %s, which works", async (...args) => {
    const { code, stdout, stderr } = await run([...args, "--schemas", odd]);
    expect(code).toBe(0);
    expect(stdout.startsWith("Odd")).toBe(true);
    expect(linesOf(stderr)).toEqual([expect.stringContaining(`xqbus: ${join(odd, "Odd.xsd")}:5: ${warning}`)]);
  });

  it("is told as JSON with --json", async () => {
    const { stderr } = await run(["event", "list", "--schemas", odd, "--json"]);
    expect(JSON.parse(stderr)).toEqual({
      warning: {
        code: "xqbus:invalid-annotation",
        file: join(odd, "Odd.xsd"),
        line: 5,
        message: expect.stringContaining(warning) as string,
      },
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

  it("shows the annotations of the event and marks its fields", async () => {
    const { stdout, stderr } = await run(["event", "show", "Login", "--schemas", annotated]);
    expect(stderr).toBe("");
    expect(linesOf(stdout)).toEqual([
      "Login",
      join(annotated, "Login.xsd"),
      "deprecated: use Session",
      "routing key: <domain>.user.login",
      "type: user.login",
      "owner: Ops",
      "promoted: User",
      "ordered by: User",
      "told apart by: @id",
      "kept for: P30D",
      "sensitive: Password",
      "",
      "  @id {0..1}: xs:string [deprecated: use User]",
      "  User: xs:string [promoted]",
      "  Password: xs:string [sensitive]",
    ]);
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
