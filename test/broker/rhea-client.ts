import { once } from "node:events";
import type { Socket } from "node:net";
import rhea from "rhea";
import type { AmqpError, Connection, ConnectionOptions, Delivery, EventContext, Message, Receiver, Sender } from "rhea";

/** What the broker said about a message. */
export interface Answer {
  readonly outcome: "accepted" | "rejected" | "released" | "modified";
  readonly error?: { readonly condition: string; readonly description: string };
}

/** A message as a consumer got it. */
export interface Received {
  readonly body: unknown;
  readonly message: Message;
  readonly delivery: Delivery;
}

/** An error with the condition that the broker gave. */
export class Refusal extends Error {
  readonly condition: string;

  constructor({ condition = "", description = "" }: AmqpError) {
    super(description);
    this.condition = condition;
  }
}

/** A rhea client for tests: events as promises, credit by hand, nothing reconnects. */
export class RheaClient {
  readonly connection: Connection;

  private constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Logs in and opens a connection; rejects with a {@link Refusal} or with the socket's error. */
  static async connect(url: string, options: Readonly<Record<string, unknown>> = {}): Promise<RheaClient> {
    const { protocol, hostname, port, username, password } = new URL(url);
    const login = `\0${decodeURIComponent(username)}\0${decodeURIComponent(password)}`;
    const container = rhea.create_container();
    container.on("error", () => {});
    const connection = container.connect({
      transport: protocol === "amqps:" ? "tls" : "tcp",
      host: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port),
      reconnect: false,
      tcp_no_delay: true,
      sasl_mechanisms: plain(login),
      ...options,
    } as unknown as ConnectionOptions);
    connection.on("error", () => {});
    connection.on("protocol_error", () => {});
    connection.on("disconnected", () => {});
    await new Promise<void>((resolve, reject) => {
      connection.once("connection_open", () => resolve());
      connection.once("connection_error", ({ error }: EventContext) => reject(new Refusal(error as AmqpError)));
      connection.once("disconnected", ({ error }: EventContext) => reject(error ?? new Error("disconnected")));
    });
    return new RheaClient(connection);
  }

  async sender(target: unknown, options: object = {}): Promise<TestSender> {
    const link = this.connection.open_sender({ target, autosettle: true, ...options } as never);
    const sender = new TestSender(link);
    await attached(link, "sender");
    if (!link.sendable()) await once(link, "sendable");
    return sender;
  }

  async receiver(source: unknown, options: object = {}): Promise<TestReceiver> {
    const link = this.connection.open_receiver({ source, credit_window: 0, autoaccept: false, ...options } as never);
    const receiver = new TestReceiver(link);
    await attached(link, "receiver");
    return receiver;
  }

  /** Resolves when everything that the broker sent on this connection so far has arrived. */
  async settle(): Promise<void> {
    const fence = await this.receiver("fence");
    await fence.close();
  }

  async close(): Promise<void> {
    if (this.connection.is_closed()) return;
    const closed = once(this.connection, "connection_close");
    this.connection.close();
    await closed;
  }

  /** As if the process had been killed: no close, no detach. */
  kill(): void {
    const { socket } = this.connection as unknown as { readonly socket: Socket };
    socket.destroy();
    // rhea listens to this alone, and would go on with its heartbeats.
    socket.emit("end");
  }
}

export class TestSender {
  readonly link: Sender;
  readonly #waiting = new Map<Delivery, (answer: Answer) => void>();

  constructor(link: Sender) {
    this.link = link;
    for (const outcome of ["accepted", "rejected", "released", "modified"] as const) {
      link.on(outcome, ({ delivery }: EventContext) => {
        const error = (delivery?.remote_state as { error?: Answer["error"] } | undefined)?.error;
        const { condition = "", description = "" } = error ?? {};
        const answer = outcome === "rejected" ? { outcome, error: { condition, description } } : { outcome };
        if (delivery !== undefined) this.#waiting.get(delivery)?.(answer);
      });
    }
  }

  send(body: unknown, fields: object = {}): Promise<Answer> {
    return this.sendBytes(rhea.message.encode({ body, ...fields }));
  }

  /** Sends bytes as they are, as a message of that format. */
  sendBytes(bytes: Buffer, format = 0): Promise<Answer> {
    const delivery = this.link.send(bytes, undefined, format);
    return new Promise((resolve) => this.#waiting.set(delivery, resolve));
  }

  /** The error with which the broker detached the link. */
  detached(): Promise<Refusal> {
    return detached(this.link, "sender");
  }
}

export class TestReceiver {
  readonly link: Receiver;
  /** What came and was not asked for with `next`, oldest first. */
  readonly waiting: Received[] = [];
  readonly #wanted: ((received: Received) => void)[] = [];

  constructor(link: Receiver) {
    this.link = link;
    link.on("message", ({ message, delivery }: EventContext) => {
      if (message === undefined || delivery === undefined) return;
      const received: Received = { body: message.body, message, delivery };
      const wanted = this.#wanted.shift();
      if (wanted === undefined) this.waiting.push(received);
      else wanted(received);
    });
  }

  /** Bodies of what came and was not asked for. */
  get bodies(): readonly unknown[] {
    return this.waiting.map(({ body }) => body);
  }

  credit(messages: number): void {
    this.link.add_credit(messages);
  }

  next(): Promise<Received> {
    const received = this.waiting.shift();
    return received === undefined ? new Promise((resolve) => this.#wanted.push(resolve)) : Promise.resolve(received);
  }

  async take(count: number): Promise<readonly Received[]> {
    const taken: Received[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  async close(): Promise<void> {
    const closed = once(this.link, "receiver_close");
    this.link.close();
    await closed;
  }
}

/** A client's side of SASL PLAIN; rhea's own cuts characters that are not ASCII. */
export function plain(response: string): object {
  return { PLAIN: () => mechanism(response) };
}

/** A mechanism that sends one response. */
export function mechanism(response: string): object {
  return { start: (done: (error: undefined, bytes: Buffer) => void) => done(undefined, Buffer.from(response)) };
}

async function attached(link: Sender | Receiver, kind: "sender" | "receiver"): Promise<void> {
  link.on(`${kind}_error`, () => {});
  await once(link, `${kind}_open`);
  // A link that is refused is attached without a terminus of the broker first.
  const own = (kind === "sender" ? link.target : link.source) as { readonly address?: unknown } | null;
  if (own === null || typeof own.address !== "string") throw await detached(link, kind);
}

async function detached(link: Sender | Receiver, kind: "sender" | "receiver"): Promise<Refusal> {
  if (link.error === undefined) await once(link, `${kind}_error`);
  return new Refusal(link.error as AmqpError);
}
