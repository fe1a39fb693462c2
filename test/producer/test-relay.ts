import { vi } from "vitest";
import { AMQPEventConsumer } from "../../src/amqp/index.ts";
import { startBroker, type Broker } from "../../src/broker/index.ts";
import type { Event } from "../../src/event/index.ts";

/** What came over the bus. */
export interface Received {
  readonly event: Event;
  readonly subject: string | undefined;
  readonly messageId: string | undefined;
}

/** A broker with somebody who listens to everything. */
export interface TestBroker extends AsyncDisposable {
  readonly broker: Broker;
  readonly url: string;
  readonly received: readonly Received[];
  /** What has come, when it is so much. */
  readonly first: (count: number) => Promise<readonly Received[]>;
}

export async function startTestBroker(port = 0): Promise<TestBroker> {
  const broker = await startBroker({ port, users: { admin: "secret" }, unrouted: true });
  const url = broker.url(undefined, "org.clacks");
  const received: Received[] = [];
  const consumer = await AMQPEventConsumer.open(url, {
    callback: (event, { properties }) => {
      received.push({ event, subject: properties.subject, messageId: properties.messageId });
    },
  });
  return {
    ...{ broker, url, received },
    first: async (count) => {
      await vi.waitFor(() => {
        if (received.length < count) throw new Error(`${received.length} of ${count} events have come`);
      }, 20_000);
      return received.slice(0, count);
    },
    [Symbol.asyncDispose]: async () => {
      await consumer.close();
      await broker.close();
    },
  };
}

/** An event in one line: `update customers 7 name: "a" > "b"`. */
export function told({ event }: Received): string {
  const changes = columns(event).map(
    ({ name, Old, New }) => `${name}=${[Old, New].filter((text) => text !== undefined).join(">")}`,
  );
  const old = event.get("OldGuid");
  const guid = old === undefined ? event.get("Guid") : `${old}>${event.get("Guid")}`;
  return [event.name.replace("Object", ""), event.get("Model"), guid, ...changes].join(" ");
}

interface Column {
  readonly name: string;
  readonly Old?: string;
  readonly New?: string;
}

function columns(event: Event): readonly Column[] {
  const text = event.toString().replaceAll("&apos;", "'");
  return [...text.matchAll(/<Column ([^>]*?)(?:\/>|>(.*?)<\/Column>)/gs)].map(([, attributes = "", inner = ""]) => ({
    name: `${/name="([^"]*)"/.exec(attributes)?.[1] ?? ""}${attributes.includes("masked") ? "(masked)" : ""}`,
    ...cellOf(inner, "Old"),
    ...cellOf(inner, "New"),
  }));
}

function cellOf(inner: string, name: "Old" | "New"): Partial<Column> {
  const [, attributes, text = ""] = new RegExp(`<${name}([^>]*?)(?:/>|>(.*?)</${name}>)`, "s").exec(inner) ?? [];
  if (attributes === undefined) return {};
  if (attributes.includes("null")) return { [name]: "NULL" };
  return { [name]: attributes.includes("base64") ? `base64:${text}` : text };
}
