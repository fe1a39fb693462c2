import rhea, { type Connection, type EventContext } from "rhea";
import { parseBusUrl } from "../../src/amqp/index.ts";

/** A message of a queue. */
export interface ReadMessage {
  readonly document: string;
  readonly properties: Readonly<Record<string, unknown>> & { readonly messageId: string };
}

/** Takes all messages of a queue, with another client than ours. */
export class QueueReader implements AsyncDisposable {
  readonly messages: ReadMessage[] = [];
  readonly #connection: Connection;

  static open(url: string, queue: string): Promise<QueueReader> {
    return new Promise((resolve, reject) => {
      const { host, port, user, password } = parseBusUrl(url);
      const container = rhea.create_container();
      const connection = container.connect({
        ...{ host, port, reconnect: false },
        ...(user === undefined || password === undefined ? {} : { username: user, password }),
      });
      const reader = new QueueReader(connection);
      connection.on("message", (context: EventContext) => reader.#take(context));
      connection.on("receiver_open", () => resolve(reader));
      connection.on("receiver_error", (context: EventContext) => reject(context.receiver?.error as Error));
      connection.on("disconnected", () => undefined);
      connection.open_receiver({ source: { address: queue, capabilities: ["queue"] }, credit_window: 100 });
    });
  }

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  async close(): Promise<void> {
    this.#connection.close();
    await new Promise((resolve) => this.#connection.once("connection_close", resolve));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #take({ message }: EventContext): void {
    const {
      message_id,
      correlation_id,
      group_id,
      subject,
      content_type,
      delivery_count = 0,
      body,
    } = message as RheaMessage;
    this.messages.push({
      document: body.content.toString("utf8"),
      properties: {
        ...{ messageId: message_id, correlationId: correlation_id, groupId: group_id, subject },
        ...{ contentType: content_type, deliveryCount: delivery_count },
      },
    });
  }
}

/** What rhea makes of a message with one data section. */
interface RheaMessage {
  readonly message_id: string;
  readonly correlation_id?: string;
  readonly group_id?: string;
  readonly subject?: string;
  readonly content_type?: string;
  readonly delivery_count?: number;
  readonly body: { readonly content: Buffer };
}
