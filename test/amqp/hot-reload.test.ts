import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AMQPEventConsumer, EventPublisher } from "../../src/amqp/index.ts";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import { EventMaker } from "../../src/event/index.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";

/** The event type Door with these fields and a routing key. */
function door(routingKey: string, ...fields: readonly string[]): string {
  const elements = fields.map((name) => `<xs:element name="${name}" type="xs:int"/>`).join("");
  return (
    `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:q="urn:xqbus" ` +
    `targetNamespace="http://www.gonicus.de/Events" elementFormDefault="qualified"><xs:element name="Door">` +
    `<xs:annotation><xs:appinfo><q:routingKey>${routingKey}</q:routingKey></xs:appinfo></xs:annotation>` +
    `<xs:complexType><xs:sequence>${elements}</xs:sequence></xs:complexType></xs:element></xs:schema>`
  );
}

let folder: string;
let broker: Broker;
let catalog: Catalog;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-hot-"));
  writeFileSync(join(folder, "Door.xsd"), door("event.closed", "Number"));
  broker = await startBroker({ users: { admin: "secret" } });
  catalog = await loadCatalog({ directories: [folder] });
});

afterAll(async () => {
  catalog.close();
  await broker.close();
  rmSync(folder, { recursive: true });
});

describe("a maker, a publisher and a consumer of one watched catalog", () => {
  it("follow an edited schema: names, validation, labels and typed content", async () => {
    await using watcher = catalog.watch({ usePolling: true, pollMs: 1_000_000 });
    const maker = EventMaker(catalog);
    await using publisher = await EventPublisher.open(broker.url(), { catalog });
    await using consumer = await AMQPEventConsumer.open(broker.url(), { catalog });
    const deliveries = consumer[Symbol.asyncIterator]();
    const next = async (): Promise<unknown> => {
      const { value } = await deliveries.next();
      return { subject: value?.properties.subject, content: value?.event.content };
    };
    const before = maker.Event(maker.Door!({ Number: 1 }));
    await publisher.sendEvent(before);
    expect(await next()).toEqual({ subject: "org.clacks.event.closed", content: { Number: 1 } });
    expect(() => maker.Room).toThrow(expect.objectContaining({ code: "xqbus:unknown-name" }) as Error);

    writeFileSync(join(folder, "Door.xsd"), door("event.open", "Room", "Floor"));
    await watcher.reload();

    await expect(publisher.sendEvent(before)).rejects.toMatchObject({ code: "xqbus:invalid-event" });
    await publisher.sendEvent(maker.Event(maker.Door!({ Floor: 3, Room: 2 })));
    expect(await next()).toEqual({ subject: "org.clacks.event.open", content: { Room: 2, Floor: 3 } });
    await publisher.sendEvent(maker.Event(maker.Door!(maker.Room!(4), maker.Floor!(5))));
    expect(await next()).toMatchObject({ content: { Room: 4, Floor: 5 } });
    expect(() => maker.Number).toThrow(expect.objectContaining({ code: "xqbus:unknown-name" }) as Error);
  });
});
