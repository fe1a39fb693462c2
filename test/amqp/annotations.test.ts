import { afterEach, describe, expect, it } from "vitest";
import { encodeMessage } from "../../src/amqp/encode-message.ts";
import { EventPublisher, type PublisherOptions } from "../../src/amqp/index.ts";
import { decodeMessage } from "../../src/amqp/message.ts";
import type { Catalog } from "../../src/schema/index.ts";
import { catalogWith, event, xsd } from "../schema/harness.ts";
import { ScriptedBroker } from "./scripted-broker.ts";

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function annotated(): Promise<Catalog> {
  return catalogWith({
    "Phone.xsd": xsd(`
      <xs:element name="Phone"><xs:complexType>
        <xs:annotation><xs:appinfo xmlns:x="urn:xqbus">
          <x:routingKey>telephony.phone</x:routingKey>
          <x:promote>Status Line Load Busy User/@id Note</x:promote>
        </xs:appinfo></xs:annotation>
        <xs:sequence>
          <xs:element name="Status" type="xs:token"/>
          <xs:element name="Line" type="xs:int" minOccurs="0"/>
          <xs:element name="Load" type="xs:double" minOccurs="0"/>
          <xs:element name="Busy" type="xs:boolean" minOccurs="0"/>
          <xs:element name="User" minOccurs="0"><xs:complexType><xs:attribute name="id" type="xs:string"/></xs:complexType></xs:element>
          <xs:element name="Note" type="xs:string" minOccurs="0"/>
        </xs:sequence></xs:complexType></xs:element>`),
  });
}

/** The subject of the message that carries an event, and its application properties but those of CloudEvents. */
async function labelsOf(xml: string, options: PublisherOptions): Promise<readonly unknown[]> {
  const labels: unknown[] = [];
  const broker = await ScriptedBroker.start({
    onPublish: (delivery, message) => {
      const all = Object.entries(message["application_properties"] as Record<string, unknown>);
      const own = Object.fromEntries(all.filter(([name]) => !name.startsWith("cloudEvents_")));
      labels.push(message["subject"], own);
      delivery.accept();
    },
  });
  cleanUps.push(() => broker.close());
  const publisher = await EventPublisher.open(broker.url(), options);
  cleanUps.push(() => publisher.close());
  await publisher.sendEvent(xml);
  return labels;
}

describe("a message", () => {
  const FULL =
    `<Phone><Status> busy </Status><Line>12</Line><Load>2</Load><Busy>1</Busy><User id="u&amp;1"/>` +
    `<Note>${"x".repeat(257)}</Note></Phone>`;

  it("has the annotated routing key and the promoted fields, as far as the event has them", async () => {
    const catalog = await annotated();
    expect(catalog.warnings).toEqual([]);
    expect(await labelsOf(event(FULL), { catalog })).toEqual([
      "org.clacks.telephony.phone",
      { Status: "busy", Line: 12, Load: 2, Busy: true, User_id: "u&1" },
    ]);
    expect(await labelsOf(event(`<Phone><Status>idle</Status></Phone>`), { catalog })).toEqual([
      "org.clacks.telephony.phone",
      { Status: "idle" },
    ]);
  });

  it("has them also when the event is not validated against the catalog", async () => {
    const catalog = await annotated();
    const invalid = event(`<Phone><Line>twelve</Line><Busy>1</Busy></Phone>`);
    expect(await labelsOf(invalid, { catalog, validate: false })).toEqual([
      "org.clacks.telephony.phone",
      { Busy: true },
    ]);
  });

  it.each([
    ["without a catalog", event(FULL), async () => ({ validate: false })],
    [
      "of another namespace",
      `<Event><Phone xmlns="urn:x"/></Event>`,
      async () => ({ catalog: await annotated(), validate: false }),
    ],
    ["of no event type", event(`<Other/>`), async () => ({ catalog: await annotated(), validate: false })],
  ])("has the event's name for a routing key and no properties for an event %s", async (_, xml, options) => {
    expect(await labelsOf(xml, await options())).toEqual([expect.stringMatching(/^org\.clacks\.event\./), {}]);
  });

  it("says the type of a number, whatever its value", () => {
    const bytes = encodeMessage({
      bytes: Buffer.from("<a/>"),
      messageId: "m",
      subject: "s",
      creationTime: new Date(0),
      durable: true,
      applicationProperties: new Map([
        ["long", { kind: "integer", value: -9007199254740991 }],
        ["small", { kind: "integer", value: 1 }],
        ["double", { kind: "number", value: 2 }],
      ]),
    });
    expect(decodeMessage(bytes).properties.applicationProperties).toEqual({
      long: -9007199254740991,
      small: 1,
      double: 2,
    });
    // 0x82: a double in 8 bytes (AMQP 1.0, part 1.6.16).
    expect(bytes.includes(Buffer.from([...Buffer.from("double"), 0x82, 0x40, 0]))).toBe(true);
    // 0x55: a long in one byte (part 1.6.10).
    expect(bytes.includes(Buffer.from([...Buffer.from("small"), 0x55, 1]))).toBe(true);
  });
});
