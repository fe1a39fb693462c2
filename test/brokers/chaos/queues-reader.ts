import rhea, { type Connection, type EventContext } from "rhea";
import { parseBusUrl } from "../../../src/amqp/index.ts";

/** Queues of one connection: products bound the links of a session. */
const QUEUES_PER_CONNECTION = 50;
/** Few: Broker-J with Derby takes a time that grows with the square of what is settled at once. */
const CREDIT = 10;

/** A message of a queue. */
export interface QueueMessage {
  readonly queue: string;
  readonly messageId: string;
  readonly document: string;
}

/** Takes what is on many queues, with another client than ours, until it is closed. */
export class QueuesReader {
  readonly #connections: Connection[] = [];

  private constructor() {}

  /** Resolves when it reads all queues. One connection follows the other: a broker under load refuses many at once. */
  static async open(
    url: string,
    queues: readonly string[],
    onMessage: (message: QueueMessage) => void,
  ): Promise<QueuesReader> {
    const reader = new QueuesReader();
    for (let from = 0; from < queues.length; from += QUEUES_PER_CONNECTION) {
      await reader.#read(url, queues.slice(from, from + QUEUES_PER_CONNECTION), onMessage);
    }
    return reader;
  }

  async #read(url: string, queues: readonly string[], onMessage: (message: QueueMessage) => void): Promise<void> {
    const { host, port, user: username = "", password = "" } = parseBusUrl(url);
    // One that is refused or dropped is made again, with its receivers.
    const reconnect = { initial_reconnect_delay: 100, max_reconnect_delay: 1000 };
    const connection = rhea.create_container().connect({ host, port, username, password, ...reconnect });
    for (const name of ["error", "disconnected", "connection_error"]) connection.on(name, () => undefined);
    connection.on("message", ({ message, receiver }: EventContext) => {
      const { message_id, body } = message as unknown as RheaMessage;
      const queue = (receiver?.source as { readonly address: string }).address;
      onMessage({ queue, messageId: message_id, document: body.content.toString("utf8") });
    });
    this.#connections.push(connection);
    const waiting = new Set(queues);
    const isOpen = new Promise<void>((resolve) => {
      connection.on("receiver_open", ({ receiver }: EventContext) => {
        waiting.delete((receiver?.source as { readonly address: string }).address);
        if (waiting.size === 0) resolve();
      });
    });
    for (const address of queues) {
      connection.open_receiver({ source: { address, capabilities: ["queue"] }, credit_window: CREDIT });
    }
    await isOpen;
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#connections.map(async (connection) => {
        const closed = new Promise((resolve) => connection.once("connection_close", resolve));
        connection.close();
        await closed;
      }),
    );
  }
}

/** What rhea makes of a message with one data section. */
interface RheaMessage {
  readonly message_id: string;
  readonly body: { readonly content: Buffer };
}
