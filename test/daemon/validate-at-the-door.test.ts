import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import rhea from "rhea";
import { afterEach, describe, expect, it } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import type { Broker } from "../../src/broker/index.ts";
import { validateAtTheDoor } from "../../src/daemon/index.ts";
import type { Catalog } from "../../src/schema/index.ts";
import { RheaClient, TestSender } from "../broker/rhea-client.ts";
import type { Answer } from "../broker/rhea-client.ts";
import { catalogOf, catalogWith, event, eventXsd, folderWith, xsd } from "../schema/harness.ts";

const TOPIC = "org.clacks";
const ACCEPTED: Answer = { outcome: "accepted" };
const SECRET = `<xs:annotation><xs:appinfo><x:sensitive xmlns:x="urn:xqbus"/></xs:appinfo></xs:annotation>`;
const LOGIN = `<xs:element name="Pin" type="xs:int">${SECRET}</xs:element><xs:element name="Count" type="xs:int"/>`;

let broker: Broker;
let client: RheaClient;

afterEach(async () => {
  await client.close();
  await broker.close();
});

async function start(catalog: Catalog): Promise<void> {
  broker = await startBroker({ onPublish: validateAtTheDoor(catalog) });
  client = await RheaClient.connect(broker.url());
}

async function startWith(files: Readonly<Record<string, string>>, maxInlineBytes?: number): Promise<void> {
  await start(await catalogWith(files, maxInlineBytes === undefined ? {} : { maxInlineBytes }));
}

async function send(body: unknown, target: unknown = TOPIC, fields: object = {}): Promise<Answer> {
  return (await client.sender(target)).send(body, fields);
}

/** Sends over a link without address. */
async function sendTo(to: string, body: unknown, fields: object = {}): Promise<Answer> {
  const link = client.connection.open_sender({ target: {}, autosettle: true });
  await once(link, "sendable");
  return new TestSender(link).send(body, { ...fields, to });
}

function invalid(description: unknown): Answer {
  return { outcome: "rejected", error: { condition: "xqbus:invalid-event", description: description as string } };
}

const DOOR = event("<Door><Id>1</Id></Door>");
const QUEUE = { address: "jobs", capabilities: ["queue"] };
const NO_XML = "the message is no XML; a topic takes events, a queue whatever you like";

describe("A topic of a broker that validates", () => {
  it.each<readonly [string, unknown, object, Answer]>([
    ["a valid event as text", DOOR, {}, ACCEPTED],
    ["a valid event as bytes", Buffer.from(DOOR), {}, ACCEPTED],
    ["a valid event in UTF-16", Buffer.from(`\uFEFF${DOOR}`, "utf16le"), {}, ACCEPTED],
    ["a text whose declaration names another encoding", `<?xml version="1.0" encoding="UTF-16"?>${DOOR}`, {}, ACCEPTED],
    [
      "a wrong element",
      event("<Door>\n<Ib>1</Ib></Door>"),
      {},
      invalid('the event is not valid: line 2: element "Ib" is not allowed in Door here; expected Id'),
    ],
    [
      "an unknown event type",
      event("<Dor/>"),
      {},
      invalid(expect.stringMatching(/^the event is not valid: line 1: .*Dor.*did you mean "Door"/)),
    ],
    [
      "another document element",
      "<Door/>",
      {},
      invalid(expect.stringMatching(/^the event is not valid: line 1: the root element is/)),
    ],
    ["what is not well-formed", "<Event>", {}, invalid(expect.stringMatching(/^the event is not valid: line 1: /))],
    ["what says that it is XML", "", { content_type: "application/xml" }, invalid(expect.stringMatching(/line 1: /))],
    ["a text", "hello", {}, invalid(NO_XML)],
    ["JSON", '{"jsonrpc":"2.0"}', { content_type: "application/json" }, invalid(NO_XML)],
    ["a map", { a: 1 }, {}, invalid(NO_XML)],
  ])("answers %s with what it deserves", async (_, body, fields, answer) => {
    await startWith({ "Door.xsd": eventXsd("Door") });
    const content = Buffer.isBuffer(body) ? (rhea.message.data_section(body) as unknown) : body;
    expect(await send(content, TOPIC, fields)).toEqual(answer);
    // Whoever names the topic in the message is no better.
    expect(await sendTo(TOPIC, content, fields)).toEqual(answer);
    expect(broker.counts.refused).toBe(answer.outcome === "accepted" ? 0 : 2);
  });

  it("tells the first problems of many, each shortened, and how many more there are", async () => {
    const fields = ["A", "B", "C", "D", "E"].map((name) => `<xs:element name="${name}" type="xs:int"/>`).join("");
    await startWith({ "Door.xsd": eventXsd("Door", fields) });
    const wrong = event(`<Door><A>${"x".repeat(500)}</A><B>y</B><C>1</C><D>z</D><E>w</E></Door>`);
    const { error } = await send(wrong);
    expect(error?.description).toMatch(/^the event is not valid: line 1: [^;]+/);
    expect(Buffer.byteLength(error?.description ?? "")).toBeLessThanOrEqual(380);
  });

  it("does not show what is sensitive", async () => {
    await startWith({ "Login.xsd": eventXsd("Login", LOGIN) });
    const { error } = await send(event("<Login><Pin>1234x</Pin><Count>many</Count></Login>"));
    expect(error?.description).toMatch(
      /^the event is not valid: line 1: \/Event\/Login\/Pin is not valid \(cvc-[\w.-]+; it is sensitive and not shown\); line 1: .*many/,
    );
    expect(error?.description).not.toContain("1234x");
  });

  it("follows the schemas as they change", async () => {
    const folder = folderWith({ "Door.xsd": eventXsd("Door") });
    const catalog = await catalogOf(folder);
    await start(catalog);
    const changed = new Promise((resolve) => void catalog.onChange(resolve));
    catalog.watch();
    expect(await send(event("<Bell><Id>1</Id></Bell>"))).toMatchObject({ outcome: "rejected" });
    writeFileSync(join(folder, "Bell.xsd"), eventXsd("Bell"));
    await changed;
    expect(await send(event("<Bell><Id>1</Id></Bell>"))).toEqual(ACCEPTED);
    expect(readFileSync(join(folder, "Bell.xsd"), "utf8")).toBe(eventXsd("Bell"));
  });
});

it("A topic that is not the bus takes what is no event, and no invalid ones", async () => {
  const catalog = await catalogWith({ "Door.xsd": xsd(`<xs:element name="Door" type="xs:string"/>`) });
  broker = await startBroker({ onPublish: validateAtTheDoor(catalog, { isBus: (address) => address === TOPIC }) });
  client = await RheaClient.connect(broker.url());
  const pulp = { address: "pulp", capabilities: ["topic"] };
  expect(await send("{}", pulp)).toMatchObject({ outcome: "accepted" });
  expect(await send(DOOR.replaceAll("Door", "Gate"), pulp)).toMatchObject({ outcome: "rejected" });
  expect(await send("{}")).toMatchObject({ outcome: "rejected" });
});

describe("A queue, and an address for answers, of a broker that validates", () => {
  const CASES: readonly (readonly [string, unknown, Answer])[] = [
    ["a command", '{"jsonrpc":"2.0","method":"getMethods"}', ACCEPTED],
    ["a map", { a: 1 }, ACCEPTED],
    ["a document that is no event", "<order/>", ACCEPTED],
    ["what looks like XML and is not", "<Event", ACCEPTED],
    ["an envelope of somebody else", '<Event xmlns="urn:x"/>', ACCEPTED],
    ["a valid event", DOOR, ACCEPTED],
    ["an invalid event", event("<Door/>"), invalid(expect.stringMatching(/^the event is not valid: line 1: /))],
  ];

  it.each(CASES)("answers %s with what it deserves", async (_, body, answer) => {
    await startWith({ "Door.xsd": eventXsd("Door") });
    expect(await send(body, QUEUE)).toEqual(answer);
    const replies = await client.receiver({ dynamic: true });
    const { address } = replies.link.source as { readonly address: string };
    expect(await sendTo(address, body)).toEqual(answer);
  });
});

describe("Events that are validated in a worker", () => {
  it("keep their place among the others of their link", async () => {
    await startWith({ "Door.xsd": eventXsd("Door") }, 1000);
    const receiver = await client.receiver(TOPIC);
    receiver.credit(10);
    const sender = await client.sender(TOPIC);
    const ids = ["1", "2".repeat(2000), "3", `4${" ".repeat(1500)}`, "5"];
    const answers = await Promise.all(ids.map((id) => sender.send(event(`<Door><Id>${id}</Id></Door>`))));
    expect(answers).toEqual(ids.map(() => ACCEPTED));
    const taken = await receiver.take(5);
    expect(taken.map(({ body }) => /<Id>(.)/.exec(String(body))?.[1])).toEqual(["1", "2", "3", "4", "5"]);
    expect(broker.counts.queuedBytes).toBeGreaterThan(0);
  });

  it("are refused as small ones are, and those behind them pass", async () => {
    await startWith({ "Door.xsd": eventXsd("Door") }, 1000);
    const sender = await client.sender(TOPIC);
    const large = event(`<Door>${" ".repeat(2000)}<Ib/></Door>`);
    const answers = await Promise.all([large, DOOR].map((body) => sender.send(body)));
    expect(answers).toEqual([invalid(expect.stringMatching(/"Ib" is not allowed/)), ACCEPTED]);
    expect(broker.counts).toMatchObject({ refused: 1, queuedBytes: 0 });
  });

  it("reach a queue although their publisher has gone", async () => {
    await startWith({ "Door.xsd": eventXsd("Door") }, 1000);
    const sender = await client.sender(QUEUE, { snd_settle_mode: 1 });
    const body = event(`<Door><Id>${"2".repeat(2000)}</Id></Door>`);
    sender.link.send(rhea.message.encode({ body }), undefined, 0);
    sender.link.close();
    const receiver = await client.receiver(QUEUE);
    receiver.credit(1);
    expect((await receiver.next()).body).toBe(body);
  });

  it("are refused when the catalog cannot judge them", async () => {
    const catalog = await catalogWith(
      { "Door.xsd": xsd(`<xs:element name="Door" type="xs:string"/>`) },
      { maxInlineBytes: 10 },
    );
    await start(catalog);
    catalog.close();
    expect(await send(DOOR)).toEqual({
      outcome: "rejected",
      error: {
        condition: "amqp:internal-error",
        description: "the event could not be validated: the catalog is closed",
      },
    });
  });
});
