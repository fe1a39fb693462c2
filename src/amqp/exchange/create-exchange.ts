import { ByteWriter } from "../byte-writer.ts";
import { BusConnection } from "../connection.ts";
import { Deadline } from "../deadline.ts";
import { RefusedError } from "../errors.ts";
import { readSections } from "../message.ts";
import { newMessageId } from "../message-id.ts";
import { AMQP_VALUE, APPLICATION_PROPERTIES, HEADER, PROPERTIES } from "../message-sections.ts";
import type { CheckedConnectOptions } from "../options.ts";
import { QueueReceiver } from "../requests/queue-receiver.ts";
import { temporaryQueue } from "../rhea-internals.ts";
import { SideLink } from "../side-link.ts";
import type { BusUrl } from "../url.ts";

/** The node that takes requests (AMQP Management 1.0, working draft 9; Broker-J's book, "AMQP Management"). */
const MANAGEMENT = "$management";
const TOPIC_EXCHANGE = "org.apache.qpid.TopicExchange";
/** Where there is no such node, a queue of that name may be made, and nobody answers. */
const TIMEOUT_MS = 5_000;
const MAX_REPLY_BYTES = 1024 * 1024;
const CREATED = 201;
/** It is there already. */
const CONFLICT = 409;

const writer = new ByteWriter();

/**
 * Creates a durable exchange of type topic, if it is not there, by the management node of a broker, over a connection of its own.
 *
 * @throws RefusedError the broker does not create it; NotConnectedError, TimeoutError and the other errors of connections
 */
export async function createExchange(url: BusUrl, options: CheckedConnectOptions, exchange: string): Promise<void> {
  const what = `creating the exchange "${exchange}"`;
  const deadline = new Deadline(what, { timeoutMs: Math.min(TIMEOUT_MS, options.timeoutMs), option: "timeoutMs" });
  try {
    const connection = await BusConnection.open(
      url,
      options,
      { prefetch: 1, maxMessageBytes: MAX_REPLY_BYTES },
      deadline,
    );
    try {
      const reply = await ask(connection, exchange, deadline);
      const status = reply.get("statusCode");
      if (status === CREATED || status === CONFLICT) return;
      const description = reply.get("statusDescription");
      const reason = typeof description === "string" ? `${description} (${String(status)})` : String(status);
      throw new RefusedError(`the broker at ${connection.place} does not create the exchange "${exchange}": ${reason}`);
    } finally {
      await connection.close();
    }
  } finally {
    deadline.stop();
  }
}

/** @returns the application properties of the answer */
async function ask(
  connection: BusConnection,
  exchange: string,
  deadline: Deadline,
): Promise<ReadonlyMap<unknown, unknown>> {
  const receiver = await QueueReceiver.attach(
    connection,
    {
      source: temporaryQueue(),
      purpose: { address: "a temporary queue", unknownHint: "the answer comes back by a queue that the broker makes" },
      window: 1,
    },
    deadline,
  );
  // It may come before the broker has said that it has the request.
  const answer = new Promise<Uint8Array>((resolve) => receiver.start(resolve));
  const link = await deadline.race(SideLink.attach(connection, { address: MANAGEMENT }, { onClosed: () => undefined }));
  await link.send(encodeRequest(exchange, receiver.address), deadline);
  const sections = readSections(await deadline.race(answer));
  const properties = sections.find(({ code }) => code === APPLICATION_PROPERTIES)?.value;
  return properties instanceof Map ? properties : new Map();
}

function encodeRequest(exchange: string, replyTo: string): Buffer {
  writer.clear();
  writer.described(HEADER, "list", () => {
    writer.boolean(false);
    writer.null(); // priority
    writer.uint(TIMEOUT_MS);
    return 3;
  });
  writer.described(PROPERTIES, "list", () => {
    writer.string(newMessageId());
    writer.null(); // user-id
    writer.string(MANAGEMENT);
    writer.null(); // subject
    writer.string(replyTo);
    return 5;
  });
  writer.described(APPLICATION_PROPERTIES, "map", () => writeTexts({ operation: "CREATE", type: TOPIC_EXCHANGE }));
  writer.described(AMQP_VALUE, "map", () => {
    const count = writeTexts({ name: exchange, "object-path": exchange });
    writer.string("durable");
    writer.boolean(true);
    return count + 2;
  });
  return writer.finish(new Uint8Array());
}

/** @returns how many values it has written */
function writeTexts(texts: Readonly<Record<string, string>>): number {
  const entries = Object.entries(texts);
  for (const text of entries.flat()) writer.string(text);
  return 2 * entries.length;
}
