import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import { moduleFolder } from "../worker/module-folder.ts";
import { run } from "./harness.ts";

const fixtures = join(import.meta.dirname, "..", "fixtures", "events");
const valid = join(fixtures, "PhoneStatus", "valid-full.xml");

const COMPLETE = ["--set", "CallerId=1", "--set", "ReceiverId=2", "--set", "Status=busy"];

function made(...fields: readonly string[]): string {
  return `<Event xmlns="http://www.gonicus.de/Events">${fields.join("")}</Event>`;
}

describe("an event from --set", () => {
  it.each<[string, readonly string[], string]>([
    [
      "PhoneStatus",
      ["Status=a=b", "CallerId=<&>", "ReceiverId="],
      made("<PhoneStatus><CallerId>&lt;&amp;&gt;</CallerId><ReceiverId/><Status>a=b</Status></PhoneStatus>"),
    ],
    [
      "PuppetReport",
      [
        "PuppetLog/Timestamp=1",
        "PuppetLog/Level=info",
        "PuppetLog/Message=one",
        "PuppetLog[2]/Timestamp=2",
        "PuppetLog[2]/Level=err",
        "PuppetLog[2]/Message=two",
        "PuppetLog[2]/Tag/value=x",
        "PuppetLog[2]/Tag/value=y",
        "Id=7",
      ],
      made(
        "<PuppetReport><Id>7</Id>",
        "<PuppetLog><Timestamp>1</Timestamp><Level>info</Level><Message>one</Message></PuppetLog>",
        "<PuppetLog><Timestamp>2</Timestamp><Level>err</Level><Message>two</Message>",
        "<Tag><value>x</value><value>y</value></Tag></PuppetLog></PuppetReport>",
      ),
    ],
  ])("%s gets its fields in the order of the schema, nested and repeated ones too: %j", async (name, settings, xml) => {
    const { code, stdout, stderr } = await run([
      ...["send", name, "--dry-run", "--json"],
      ...settings.flatMap((setting) => ["--set", setting]),
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({ event: name, xml });
  });

  it("may have fields that are nil, or empty, or have a text where they could be nil", async () => {
    using folder = moduleFolder({
      "Note.xsd": `<?xml version="1.0"?>
        <schema xmlns="http://www.w3.org/2001/XMLSchema" xmlns:e="http://www.gonicus.de/Events"
          targetNamespace="http://www.gonicus.de/Events" elementFormDefault="qualified">
          <complexType name="Note"><all>
            <element name="Text" type="string" nillable="true"/>
            <element name="Count" type="integer" nillable="true" minOccurs="0"/>
          </all></complexType>
          <element name="Note" type="e:Note"/>
        </schema>`,
    });
    const send = async (...settings: readonly string[]): Promise<unknown> => {
      const args = ["send", "Note", "--dry-run", "--json", "--schemas", folder.path("")];
      const { code, stdout, stderr } = await run([...args, ...settings.flatMap((setting) => ["--set", setting])]);
      return code === 0 ? (JSON.parse(stdout) as { readonly xml: string }).xml : stderr;
    };
    const nil = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"';
    expect(await send("Text=a", "Count/@xsi:nil=true")).toBe(made(`<Note><Text>a</Text><Count ${nil}/></Note>`));
    expect(await send("Text=", "Count=7")).toBe(made("<Note><Text/><Count>7</Count></Note>"));
    expect(await send("Text/@xsi:nil=true", "Text=a")).toMatch(/Text/);
  });

  it("is printed indented by --dry-run", async () => {
    expect(await run(["send", "PhoneStatus", "--dry-run", ...COMPLETE])).toEqual({
      code: 0,
      stdout:
        '<Event xmlns="http://www.gonicus.de/Events">\n  <PhoneStatus>\n    <CallerId>1</CallerId>\n' +
        "    <ReceiverId>2</ReceiverId>\n    <Status>busy</Status>\n  </PhoneStatus>\n</Event>\n",
      stderr: "",
    });
  });

  it.each<[readonly string[], string]>([
    [["Phonestatus"], '"Phonestatus" is not an event type of this catalog (did you mean "PhoneStatus"?)'],
    [["Nothing"], '"Nothing" is not an event type of this catalog; "xqbus event list" shows them'],
    [
      ["PhoneStatus", "--set", "Statsu=busy"],
      'PhoneStatus has no field "Statsu"; its fields are CallerId, ReceiverId, Status (did you mean "Status"?)',
    ],
    [["PhoneStatus", "--set", "Status/Text=busy"], 'Status has no field "Text"; it has no fields'],
    [
      ["PhoneStatus", "--set", "Status[0]=busy"],
      '"Status[0]" is not a field; write Field, A/B, A[2]/B or A/@attribute',
    ],
    [["PhoneStatus", "--set", "/=busy"], '"/" is not a field; write Field, A/B, A[2]/B or A/@attribute'],
    [
      ["PuppetReport", "--set", "PuppetLog[2]/Level=err"],
      '"PuppetLog[2]/Level" sets occurrence 2 of PuppetLog, but only 0 came before it',
    ],
  ])("%j is refused with what would be right", async (args, message) => {
    expect(await run(["send", ...args, "--dry-run"])).toEqual({ code: 1, stdout: "", stderr: `xqbus: ${message}\n` });
  });

  it("that is not valid gives a line for each problem with its place in the event", async () => {
    const args = ["send", "PhoneStatus", "--dry-run", "--set", "CallerId/@id=x"];
    expect(await run(args)).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "xqbus: /Event/PhoneStatus: PhoneStatus is incomplete: ReceiverId and Status are missing\n" +
        'xqbus: /Event/PhoneStatus/CallerId: attribute "id" is not allowed in CallerId, which has no attributes\n',
    });
    const { stderr } = await run([...args, "--json"]);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: "xqbus:invalid-event", problems: [{ line: 1 }, { path: "/Event/PhoneStatus/CallerId" }] },
    });
  });
});

describe("an event from a file", () => {
  it.each([
    ["a name with an ending", "nothing.xml", "cannot read nothing.xml: there is no such file or folder"],
    ["a name with a slash", "./PhoneStatus", "cannot read ./PhoneStatus: there is no such file or folder"],
    ["a folder", ".", "cannot read .: it is a folder; name the files in it"],
  ])("is looked for under %s", async (_title, name, message) => {
    expect(await run(["send", name, "--dry-run"])).toEqual({ code: 1, stdout: "", stderr: `xqbus: ${message}\n` });
  });

  it("that is not valid is told of with file and line, before anything is connected", async () => {
    const file = join(fixtures, "PhoneStatus", "invalid-missing-status.xml");
    const { code, stdout, stderr } = await run(["send", file, "--url", "amqp://nobody.invalid/d"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^xqbus: \S+invalid-missing-status\.xml:\d+: PhoneStatus is incomplete: Status is missing\n$/,
    );
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ["nothing", "", /the document has no element/],
    ["binary garbage", Uint8Array.from({ length: 2000 }, (_, i) => (i * 167) % 256), /^xqbus: standard input:1:\d+: /],
    ["10 MB", `<Event>${"x".repeat(10_000_000)}</Event>`, /an event may have at most 4194304 bytes/],
    ["half a document", "<Event><PhoneStatus>", /^xqbus: standard input:1:\d+: /],
    ["another document", "<html/>", /an event is an element "Event" around exactly one element/],
  ])("is refused in one line when standard input is %s", async (_title, stdin, message) => {
    const { code, stdout, stderr } = await run(["send", "-", "--dry-run"], { stdin });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^xqbus: [^\n]+\n$/);
  });
});

describe("sending", () => {
  let broker: Broker;

  beforeAll(async () => {
    broker = await startBroker({ users: { admin: "secret" } });
  });

  afterAll(() => broker.close());

  it("tells what was sent where, without the password", async () => {
    expect(await run(["send", "PhoneStatus", ...COMPLETE, "--url", broker.url()])).toEqual({
      code: 0,
      stdout: `sent PhoneStatus (148 bytes) to amqp://admin@127.0.0.1:${broker.port}/org.clacks; the broker has accepted it\n`,
      stderr: "",
    });
  });

  it("takes the bus from XQBUS_URL and a document with an XML declaration from standard input", async () => {
    const stdin = `<?xml version="1.0" encoding="UTF-8"?>\n${made("<PhoneStatus><CallerId/><ReceiverId/><Status/></PhoneStatus>")}`;
    const { code, stdout, stderr } = await run(["send", "-", "--json"], { stdin, env: { XQBUS_URL: broker.url() } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({ sent: "PhoneStatus", domain: "org.clacks", bytes: stdin.length });
  });

  it.each<[string, (url: string) => string, RegExp]>([
    [
      "a wrong password",
      (url) => url.replace(":secret@", ":wrong-one@"),
      /does not accept user "admin" with this password/,
    ],
    ["an unknown user", (url) => url.replace("admin:", "nobody:"), /does not accept user "nobody" with this password/],
    ["no broker", () => "amqp://admin:wrong-one@127.0.0.1:1/d", /^xqbus: nobody listens at 127\.0\.0\.1:1; /],
    ["a URL of something else", () => "http://localhost/", /the scheme "http" is neither amqp nor amqps/],
    ["no URL", () => "", /^xqbus: no bus was named; give --url amqp:\/\/user:password@host\/domain /],
  ])("fails in one line with %s", async (_title, change, message) => {
    const { code, stdout, stderr } = await run(["send", valid, "--url", change(broker.url())]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^xqbus: [^\n]+\n$/);
    expect(stderr).not.toMatch(/secret|wrong-one/);
  });
});
