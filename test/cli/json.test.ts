import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import { run, Running } from "./harness.ts";

const CONTENT = { CallerId: "1", ReceiverId: "2", Status: "busy" };
const XML =
  '<Event xmlns="http://www.gonicus.de/Events">' +
  "<PhoneStatus><CallerId>1</CallerId><ReceiverId>2</ReceiverId><Status>busy</Status></PhoneStatus></Event>";

describe("an event in JSON", () => {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-json-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each<[title: string, json: string]>([
    ["under its name", JSON.stringify({ PhoneStatus: CONTENT })],
    ["as a record", JSON.stringify({ id: "1", name: "PhoneStatus", content: CONTENT })],
    ["with white space before it", `\n  ${JSON.stringify({ PhoneStatus: CONTENT })}\n`],
    ["with a byte order mark", `\uFEFF${JSON.stringify({ PhoneStatus: CONTENT })}`],
  ])("%s is sent from standard input and from a file", async (_title, json) => {
    const file = join(folder, "event.json");
    writeFileSync(file, json);
    for (const args of [["-"], [file]]) {
      const { code, stdout, stderr } = await run(["send", ...args, "--dry-run", "--json"], { stdin: json });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(JSON.parse(stdout)).toEqual({ event: "PhoneStatus", xml: XML });
    }
  });

  it.each<[json: string | Uint8Array, message: string]>([
    [
      JSON.stringify({ PhoneStatus: { Statsu: "busy" } }),
      'PhoneStatus.Statsu is not declared by the schema; expected CallerId, ReceiverId, Status (did you mean "Status"?)',
    ],
    [
      JSON.stringify({ PhoneStatus: { Status: "busy" } }),
      "/Event/PhoneStatus: PhoneStatus is incomplete: CallerId and ReceiverId are missing",
    ],
    [
      JSON.stringify({ Phonestatus: {} }),
      '"Phonestatus" is not an event type of this catalog (did you mean "PhoneStatus"?); "xqbus event list" shows them',
    ],
    [Uint8Array.of(0x7b, 0xff), "standard input looks like JSON, but is not in UTF-8"],
  ])("%s is refused in one line", async (stdin, message) => {
    const { code, stdout, stderr } = await run(["send", "-", "--dry-run"], { stdin });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.split("\n")).toHaveLength(2);
    expect(stderr.replace('; "xqbus event list" shows them', "")).toBe(
      `xqbus: ${message.replace('; "xqbus event list" shows them', "")}\n`,
    );
  });
});

describe("what listen prints as JSON", () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker({ users: { admin: "secret" } });
  });
  afterAll(() => broker.close());

  async function heard(stdin: string): Promise<string> {
    const listening = new Running(["listen", "--url", broker.url(), "--format", "json", "--count", "1"]);
    await listening.prints("stderr", "listening to");
    expect((await run(["send", "-", "--url", broker.url()], { stdin })).code).toBe(0);
    return (await listening.ended).stdout;
  }

  it("can be sent again", async () => {
    const first = await heard(XML);
    expect(JSON.parse(first)).toMatchObject({ name: "PhoneStatus", content: CONTENT, xml: XML });
    expect(JSON.parse(await heard(first))).toMatchObject({ name: "PhoneStatus", content: CONTENT, xml: XML });
  });
});
