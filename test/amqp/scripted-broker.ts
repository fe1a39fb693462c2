import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { Server as TlsServer } from "node:tls";
import rhea, {
  type Connection,
  type Container,
  type Delivery,
  type EventContext,
  type Message,
  type Receiver,
  type Sender,
} from "rhea";

/** What the broker of a test does differently from a good one. */
export interface Script {
  /** Of the open frame; default `xqbus`. */
  readonly product?: string;
  /** Passwords by user; default admin with secret. */
  readonly users?: Readonly<Record<string, string>>;
  /** Listens with TLS. With `ca` a client's certificate is a login (SASL EXTERNAL), and nothing else is. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  /** Takes ANONYMOUS instead of PLAIN. */
  readonly anonymous?: boolean;
  /** SASL mechanisms beside PLAIN, as rhea wants them; they are named behind it. */
  readonly mechanisms?: Readonly<Record<string, () => object>>;
  /** Credit for each publisher; default 100, renewed as it is used. 0: none until {@link ScriptedBroker.giveCredit}. */
  readonly credit?: number;
  /** Decides on one published message; default: fan out and accept. */
  readonly onPublish?: (delivery: Delivery, message: Message) => void;
  /** Called when a client attaches; true keeps the broker from answering as it would. */
  readonly onAttach?: (link: Sender | Receiver) => boolean;
  /** Answers with all filters of a subscriber, as RabbitMQ 3 does; nothing is filtered in any case. */
  readonly echoesFilters?: boolean;
  readonly onOpen?: (connection: Connection) => void;
  /** Outcomes after which a message is delivered again; default: modified. It is counted unless it was released. */
  readonly redelivers?: readonly string[];
  /** Sees what clients answer to deliveries. */
  readonly onOutcome?: (outcome: string, delivery: Delivery) => void;
}

type ListenOptions = Parameters<Container["listen"]>[0];

interface Queued {
  readonly content: Message | Buffer;
  readonly deliveryCount: number;
}

/**
 * A small AMQP 1.0 broker for tests that want it to misbehave: every address is a topic, deliveries that come back
 * modified are delivered again with their count, and nothing is kept.
 */
export class ScriptedBroker {
  readonly port: number;
  /** The connections that were ever made, in order. */
  readonly connections: Connection[] = [];
  /** Addresses that clients attached to, in order. */
  readonly addresses: string[] = [];
  /** The outcomes that subscribers gave, in order. */
  readonly outcomes: string[] = [];
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  readonly #subscribers: Map<Sender, Queued[]> = new Map();
  readonly #publishers: Set<Receiver> = new Set();

  static async start(script: Script = {}): Promise<ScriptedBroker> {
    const container = rhea.create_container({
      id: "scripted",
      receiver_options: { autoaccept: false, credit_window: 0 },
      sender_options: { treat_modified_as_released: false },
    });
    const server = listen(container, script);
    await once(server, "listening");
    return new ScriptedBroker(container, server, script);
  }

  private constructor(container: Container, server: Server, script: Script) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket.on("error", () => undefined));
      socket.on("close", () => this.#sockets.delete(socket));
    });
    const mechanisms = container.sasl_server_mechanisms as {
      enable_anonymous(): void;
      enable_plain(check: (user: string, password: string) => boolean): void;
    };
    const users = script.users ?? { admin: "secret" };
    if (script.anonymous === true) mechanisms.enable_anonymous();
    else if (script.tls?.ca === undefined) mechanisms.enable_plain((user, password) => users[user] === password);
    Object.assign(mechanisms, script.mechanisms);
    for (const event of ["error", "protocol_error", "disconnected", "connection_error", "connection_close"]) {
      container.on(event, () => undefined);
    }
    for (const event of ["receiver_close", "session_close", "session_error", "sender_error", "receiver_error"]) {
      container.on(event, () => undefined);
    }
    container.on("connection_open", ({ connection }: EventContext) => {
      this.connections.push(connection);
      script.onOpen?.(connection);
    });
    container.on("sender_open", ({ sender }: EventContext) => {
      if (sender === undefined) return;
      this.addresses.push(sender.source.address);
      if (script.onAttach?.(sender) === true) return;
      const { address, filter } = sender.source;
      sender.set_source(script.echoesFilters === true && filter !== undefined ? { address, filter } : { address });
      this.#subscribers.set(sender, []);
    });
    container.on("sender_close", ({ sender }: EventContext) => {
      if (sender !== undefined) this.#subscribers.delete(sender);
    });
    container.on("receiver_open", ({ receiver }: EventContext) => {
      if (receiver === undefined) return;
      this.addresses.push(receiver.target.address);
      if (script.onAttach?.(receiver) === true) return;
      receiver.set_target({ address: receiver.target.address });
      this.#publishers.add(receiver);
      receiver.add_credit(script.credit ?? 100);
    });
    container.on("message", ({ delivery, message, receiver }: EventContext) => {
      if (delivery === undefined || message === undefined) return;
      if (script.credit === undefined) receiver?.add_credit(1);
      if (script.onPublish !== undefined) {
        script.onPublish(delivery, message);
        return;
      }
      this.publish(message);
      delivery.accept();
    });
    container.on("sendable", ({ sender }: EventContext) => {
      if (sender !== undefined) this.#deliver(sender);
    });
    for (const outcome of ["accepted", "rejected", "released", "modified"]) {
      container.on(outcome, ({ delivery }: EventContext) => {
        if (delivery === undefined) return;
        this.outcomes.push(outcome);
        script.onOutcome?.(outcome, delivery);
        if ((script.redelivers ?? ["modified"]).includes(outcome)) this.#redeliver(delivery, outcome !== "released");
      });
    }
  }

  url(user = "admin:secret", domain = "org.clacks"): string {
    const scheme = this.#server instanceof TlsServer ? "amqps" : "amqp";
    return `${scheme}://${user === "" ? "" : `${user}@`}127.0.0.1:${this.port}/${domain}`;
  }

  /** Delivers a message, or the bytes of one, to every subscriber. */
  publish(content: Message | Buffer): void {
    for (const [subscriber, queue] of this.#subscribers) {
      queue.push({ content, deliveryCount: 0 });
      this.#deliver(subscriber);
    }
  }

  giveCredit(credit: number): void {
    for (const publisher of this.#publishers) publisher.add_credit(credit);
  }

  /** Cuts all connections without a word. */
  cut(): void {
    // With an error, because rhea clears its heartbeat timers at an error or end of the socket, not at its close.
    for (const socket of this.#sockets) socket.destroy(new Error("cut"));
    this.#subscribers.clear();
    this.#publishers.clear();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.cut();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #sent: WeakMap<Delivery, { readonly subscriber: Sender; readonly queued: Queued }> = new WeakMap();

  #deliver(subscriber: Sender): void {
    const queue = this.#subscribers.get(subscriber) ?? [];
    const credit = (): number => (subscriber as unknown as { credit: number }).credit;
    // rhea lowers the credit when it writes, so one at a time.
    let free = credit();
    for (let queued = queue[0]; queued !== undefined && free > 0; queued = queue[0], free--) {
      queue.shift();
      const { content, deliveryCount } = queued;
      const delivery =
        Buffer.isBuffer(content) && deliveryCount === 0
          ? subscriber.send(content, undefined, 0)
          : subscriber.send({ ...messageOf(content), delivery_count: deliveryCount });
      this.#sent.set(delivery, { subscriber, queued });
    }
  }

  #redeliver(delivery: Delivery, counted: boolean): void {
    const sent = this.#sent.get(delivery);
    if (sent === undefined) return;
    const { subscriber, queued } = sent;
    this.#subscribers
      .get(subscriber)
      ?.push({ content: queued.content, deliveryCount: queued.deliveryCount + Number(counted) });
    this.#deliver(subscriber);
  }
}

function messageOf(content: Message | Buffer): Message {
  return Buffer.isBuffer(content) ? (rhea.message.decode(content) as unknown as Message) : content;
}

function listen(container: Container, { product = "xqbus", tls }: Script): Server {
  const certificates =
    tls === undefined
      ? {}
      : { transport: "tls", ...tls, requestCert: tls.ca !== undefined, enable_sasl_external: tls.ca !== undefined };
  const options = { host: "127.0.0.1", port: 0, tcp_no_delay: true, properties: { product }, ...certificates };
  return container.listen(options as ListenOptions);
}
