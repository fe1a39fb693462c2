import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { EventDelivery } from "../../src/amqp/index.ts";
import { formatEvent, type EventFormat } from "../../src/cli/format-event.ts";
import { Output, type Io } from "../../src/cli/io.ts";
import { Event } from "../../src/event/index.ts";
import { catalogWith, event, xsd } from "../schema/harness.ts";

const SENSITIVE = `<xs:annotation><xs:appinfo><x:sensitive xmlns:x="urn:xqbus"/></xs:appinfo></xs:annotation>`;

describe("an event with a sensitive field", () => {
  const content = `<Login><User>u</User><Password>secret</Password></Login>`;

  async function format(as: EventFormat): Promise<string> {
    const catalog = await catalogWith({
      "Login.xsd": xsd(
        `<xs:element name="Login"><xs:complexType><xs:sequence><xs:element name="User" type="xs:string"/>` +
          `<xs:element name="Password" type="xs:string">${SENSITIVE}</xs:element></xs:sequence></xs:complexType></xs:element>`,
      ),
    });
    const creationTime = new Date("2026-11-21T10:00:00Z");
    const properties = { creationTime, deliveryCount: 0, applicationProperties: {} };
    const delivery = { event: Event.parse(event(content), { catalog }), properties } as unknown as EventDelivery;
    const stream = new PassThrough();
    const { signal } = new AbortController();
    const io: Io = { stdin: stream, stdout: stream, stderr: stream, env: {}, signal, end: signal };
    return formatEvent(delivery, as, new Output(io, false));
  }

  it("does not show it on a line", async () => {
    expect(await format("line")).toBe("10:00:00 Login User=u Password=***");
  });

  it.each(["xml", "json"] as const)("is whole as %s, which is read by programs", async (as) => {
    expect(await format(as)).toContain("secret");
  });
});
