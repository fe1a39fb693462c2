import type { Socket } from "node:net";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Connection, EventContext } from "rhea";
import rhea from "rhea";
import type { Credentials } from "./running-broker.ts";
import { ADMIN } from "./running-broker.ts";

const LIMIT_MS = 10_000;
const CREDIT = 1000;

/** A message as these tests see it. */
export interface Received {
  readonly subject: string | undefined;
  readonly text: string;
}

/** A plain client without anything of ours, so that a test of a broker does not depend on the code under test. */
export interface RheaClient {
  /** The properties that the broker announced in `open` (AMQP 1.0, part 2.7.1). */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Sends a durable message in a data section and waits for the outcome; gives its name: accepted, rejected, released, modified. */
  send(address: string, subject: string, text: string): Promise<string>;
  /** Attaches a receiver that accepts everything; the array grows. */
  receive(address: string): Promise<readonly Received[]>;
  close(): Promise<void>;
}

/** Logs in with SASL PLAIN; with `ca` over TLS, trusting that authority only. Rejects with what the broker or TLS said. */
export async function rheaClient(url: string, options: { user?: Credentials; ca?: string } = {}): Promise<RheaClient> {
  const { user = ADMIN, ca } = options;
  const { hostname: host, port: portText } = new URL(url);
  const port = Number(portText);
  const socket: Socket = ca === undefined ? connectTcp({ host, port }) : connectTls({ host, port, ca });
  const connection = rhea.create_container().connect({
    host,
    port,
    hostname: host,
    reconnect: false,
    // rhea's own PLAIN counts characters instead of bytes and cuts off the end of a name with an umlaut.
    sasl_mechanisms: { PLAIN: () => plain(user) },
    connection_details: () => ({
      host,
      port,
      connect: (_port: number, _host: string, _options: unknown, connected: () => void) =>
        socket.once(ca === undefined ? "connect" : "secureConnect", connected),
    }),
  } as Parameters<ReturnType<typeof rhea.create_container>["connect"]>[0]);
  for (const name of ["error", "protocol_error", "disconnected"]) connection.on(name, () => {});
  await first(connection, ["connection_open"], ["connection_error", "disconnected"]);
  return {
    properties: connection.properties ?? {},
    send: (address, subject, text) => send(connection, address, subject, text),
    receive: (address) => receive(connection, address),
    close: async () => {
      const closed = first(connection, ["connection_close"], ["disconnected"]);
      connection.close();
      await closed;
    },
  };
}

async function send(connection: Connection, address: string, subject: string, text: string): Promise<string> {
  const sender = connection.open_sender({ target: terminusOf(address) });
  await first(sender, ["sendable"], ["sender_error", "sender_close"]);
  const outcome = first(sender, ["accepted", "rejected", "released", "modified"], ["sender_error", "sender_close"]);
  // The typings of rhea take a data section for a string.
  const body: unknown = rhea.message.data_section(Buffer.from(text));
  sender.send({ durable: true, subject, content_type: "application/xml", body });
  const name = await outcome;
  sender.close();
  return name;
}

async function receive(connection: Connection, address: string): Promise<readonly Received[]> {
  const received: Received[] = [];
  const receiver = connection.open_receiver({ source: terminusOf(address), credit_window: 0 });
  receiver.on("message", ({ message }: EventContext) => {
    const body: unknown = message?.body;
    const content: unknown = body && typeof body === "object" && "content" in body ? body.content : body;
    received.push({ subject: message?.subject, text: String(content) });
  });
  // A refusal is an attach without source, which a detach with the reason follows (AMQP 1.0, part 2.6.3).
  const hasSource = (): boolean => (receiver.source as { address?: string } | undefined)?.address !== undefined;
  await first(receiver, ["receiver_open"], ["receiver_error", "receiver_close"], hasSource);
  // Only now: rhea would give credit to a refused link, too, and Broker-J ends the session for that.
  receiver.add_credit(CREDIT);
  return received;
}

/** RabbitMQ keeps a queue over a restart only if the terminus that makes it is durable. */
function terminusOf(address: string): { address: string; durable?: 2; expiry_policy?: "never" } {
  return address.startsWith("/queue/") ? { address, durable: 2, expiry_policy: "never" } : { address };
}

/** The SASL mechanism PLAIN (RFC 4616) in the form that rhea calls. */
function plain({ name, password }: Credentials): object {
  return {
    start: (answer: (error: undefined, response: Buffer) => void) =>
      answer(undefined, Buffer.from(`\0${name}\0${password}`)),
  };
}

/** Resolves with the name of the first good event; rejects with the error behind a bad one, or after the time limit. */
function first(
  emitter: NodeJS.EventEmitter & { readonly error?: unknown },
  good: readonly string[],
  bad: readonly string[],
  isGood: () => boolean = () => true,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${good.join(" or ")} within ${LIMIT_MS} ms`)), LIMIT_MS);
    for (const name of good) {
      emitter.once(name, () => {
        if (!isGood()) return;
        clearTimeout(timer);
        resolve(name);
      });
    }
    for (const name of bad) {
      emitter.once(name, (context: EventContext) => {
        clearTimeout(timer);
        reject(asError(context.error ?? emitter.error, name));
      });
    }
  });
}

/** rhea gives an Error for a connection and a bare AMQP error (part 2.8.14) for a link. */
function asError(reason: unknown, event: string): Error {
  if (reason instanceof Error) return reason;
  const { condition, description } = (reason ?? {}) as { condition?: string; description?: string };
  return Object.assign(new Error(description ?? event), { condition });
}
