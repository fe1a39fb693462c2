import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeMessage } from "../../src/amqp/encode-message.ts";
import { EventLabels } from "../../src/amqp/message-labels.ts";
import { decodeMessage } from "../../src/amqp/message.ts";
import { bytesOf, Event } from "../../src/event/index.ts";
import { loadCatalog } from "../../src/schema/index.ts";
import { catalogWith, event, xsd } from "../schema/harness.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/message-format.md"), "utf8");

function block(language: string): string {
  return new RegExp(`\`\`\`${language}\\n([^\`]*)\`\`\``).exec(page)?.[1]?.replaceAll("\n", "") ?? "";
}

const CREATED = new Date("2026-11-21T10:00:00Z");

describe("the documented message", () => {
  it("is the one that the publisher writes", async () => {
    const example = Event.parse(block("xml"));
    const bytes = encodeMessage({
      ...new EventLabels("org.clacks").of(example, await loadCatalog()),
      bytes: bytesOf(example),
      messageId: "019aa5d3-6c00-7b32-8f5a-2f4d1e6a9c11",
      creationTime: CREATED,
      durable: true,
      ttlMs: 60_000,
      traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    });
    expect(bytes.toString("hex")).toBe(block("hex"));
    expect(decodeMessage(bytes).properties).toMatchObject({
      creationTime: CREATED,
      expiryTime: new Date("2026-11-21T10:01:00Z"),
    });
  });

  const orders = (annotations: string): string =>
    xsd(`
      <xs:element name="Order"><xs:complexType>
        <xs:annotation><xs:appinfo xmlns:x="urn:xqbus">${annotations}</xs:appinfo></xs:annotation>
        <xs:sequence><xs:element name="Shop" type="xs:string"/><xs:element name="No" type="xs:int"/></xs:sequence>
      </xs:complexType></xs:element>`);
  const order = (shop: string): Event => Event.parse(event(`<Order><Shop>${shop}</Shop><No>7</No></Order>`));
  const digest = expect.stringMatching(/^[\w-]{43}$/) as string;

  it.each([
    ["the fields that order events", "<x:orderBy>Shop No</x:orderBy>", "Rome", "Rome 7"],
    ["a digest of sensitive fields", "<x:orderBy>Shop</x:orderBy><x:sensitive>Shop</x:sensitive>", "Rome", digest],
    ["a digest of long fields", "<x:orderBy>Shop</x:orderBy>", "x".repeat(257), digest],
    ["nothing where no fields order them", "", "Rome", undefined],
  ])("has as group id %s", async (_title, annotations, shop, groupId) => {
    const catalog = await catalogWith({ "Order.xsd": orders(annotations) });
    expect(new EventLabels("d").of(order(shop), catalog).groupId).toEqual(groupId);
  });

  it("has as CloudEvents type what the annotation says, also after the annotation has changed", async () => {
    const labels = new EventLabels("d", "urn:shop");
    const typed = await catalogWith({ "Order.xsd": orders("<x:type>shop.order</x:type>") });
    const plain = await catalogWith({ "Order.xsd": orders("") });
    const types = [typed, plain, undefined].map((catalog) => labels.of(order("Rome"), catalog).cloudEvent?.type);
    expect(types).toEqual(["shop.order", "d.event.Order", "d.event.Order"]);
  });
});
