import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Server as TlsServer } from "node:tls";
import { messageOf, XqbusError } from "../errors.ts";
import { AccessControl } from "./access/access-control.ts";
import type { AccessRule } from "./access/access-rule.ts";
import { resolveAccess } from "./access/access-options.ts";
import { Credentials, randomPassword } from "./access/credentials.ts";
import type { Users } from "./access/credentials.ts";
import { LoginThrottle } from "./access/login-throttle.ts";
import { ANONYMOUS_USER, IN_PROCESS_USER } from "./access/user-name.ts";
import { ClientLog } from "./client-log.ts";
import type { Broker, BrokerCounts, BrokerOptions, BrokerTlsOptions, InProcessAccess } from "./broker.ts";
import { MemorySocket } from "./in-process/memory-socket.ts";
import { resolveBrokerLimits } from "./limits.ts";
import { SYSTEM_CLOCK } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { MemoryBudget } from "./node/memory-budget.ts";
import { BrokerNodes } from "./node/broker-nodes.ts";
import { BrokerManagement } from "./node/management.ts";
import type { UnroutedOptions } from "./node/node-store.ts";
import { QueuePolicies } from "./node/queue-policies.ts";
import { brokerProperties } from "./product.ts";
import type { BrokerContext } from "./protocol/broker-context.ts";
import { ClientConnection } from "./protocol/client-connection.ts";
import type { ClientSocket } from "./protocol/client-socket.ts";
import { peerOf } from "./protocol/peer.ts";
import { LinkRegistry } from "./protocol/link-registry.ts";
import type { Nodes } from "./protocol/nodes.ts";
import { TickQueue } from "./protocol/tick-queue.ts";
import type { MessageStore } from "./store/message-store.ts";
import { openStore } from "./store/open-store.ts";
import { newTally } from "./tally.ts";
import { changeCertificates, tlsServer } from "./tls-server.ts";

const LOOPBACK = "127.0.0.1";
const DEFAULT_DOMAIN = "org.clacks";
/** Interfaces "all of them"; a client needs an address instead. */
const REACHABLE_AT: Readonly<Record<string, string>> = { "0.0.0.0": LOOPBACK, "::": "::1", "": LOOPBACK };

/**
 * Starts a broker in this process; resolves when it listens.
 *
 * @throws XqbusError `xqbus:port-in-use` when another process listens there, `xqbus:illegal-argument` for an option that
 *   cannot be used, `xqbus:invalid-certificate` when certificate and key are not a pair of PEM, and what {@link openStore} throws
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  // What cannot be used is told before there is a file.
  if (options.store !== undefined) new EmbeddedBroker(options);
  const store = options.store && (await openStore(options.store));
  try {
    const broker = new EmbeddedBroker(options, { store });
    await broker.recover();
    await broker.listen();
    return broker;
  } catch (error) {
    await store?.close();
    throw error;
  }
}

/** What a broker without a port has instead of the usual. */
export interface BrokerSeams {
  readonly clock?: Clock;
  /** Puts something between the engine and the nodes. */
  readonly observe?: (nodes: Nodes) => Nodes;
  /** Open; the broker closes it. */
  readonly store?: MessageStore | undefined;
}

/** The broker of this process; it is reached over a port, or by what {@link EmbeddedBroker.serve} is given. */
export class EmbeddedBroker implements Broker {
  readonly host: string;
  readonly management: BrokerManagement;
  readonly inProcess: InProcessAccess;
  readonly #context: BrokerContext;
  readonly #access: AccessControl;
  readonly #nodes: BrokerNodes;
  readonly #store: MessageStore | undefined;
  readonly #server: Server;
  /** The same, when it speaks TLS. */
  readonly #tlsServer: TlsServer | undefined;
  readonly #secure: boolean;
  readonly #sockets = new Set<ClientSocket>();
  /** TCP connections whose TLS handshake is not over, by the client's address and port. */
  readonly #handshakes = new Map<string, Socket>();
  readonly #clients = new Set<ClientConnection>();
  #port: number;
  #closing: Promise<void> | undefined;

  constructor(options: BrokerOptions, { clock = SYSTEM_CLOCK, observe = (nodes) => nodes, store }: BrokerSeams = {}) {
    const limits = resolveBrokerLimits(options);
    const access = resolveAccess(options, options.tls?.requestCert === true);
    const budget = new MemoryBudget(limits.maxTotalBytes);
    const tally = newTally();
    this.host = options.host ?? LOOPBACK;
    this.#port = options.port ?? 0;
    this.#secure = options.tls !== undefined;
    const unrouted = unroutedOptions(options);
    this.#access = new AccessControl(options.rules, tally, clock, access.userIds);
    const policies = new QueuePolicies(options.queuePolicies);
    const context = { limits, budget, tally, clock, unrouted, store, policies };
    const nodes = new BrokerNodes(context, options.onPublish, this.#access);
    this.#nodes = nodes;
    this.#store = store;
    this.management = new BrokerManagement(nodes.store, this.#clients);
    this.#context = {
      login: {
        ...access,
        credentials: new Credentials(options.users),
        throttle: new LoginThrottle(access.maxFailedLogins, clock),
      },
      limits,
      log: new ClientLog(options.log, clock),
      budget,
      tally,
      nodes: observe(nodes),
      links: new LinkRegistry(),
      ticks: new TickQueue(),
      containerId: `xqbus-${randomUUID()}`,
      capabilities: ["ANONYMOUS-RELAY", "SHARED-SUBS", "DELAYED_DELIVERY"],
      properties: brokerProperties(),
      firstId: 0,
    };
    this.inProcess = this.#inProcess();
    this.#tlsServer = options.tls === undefined ? undefined : tlsServer(options.tls, limits.handshakeTimeoutMs);
    this.#server = this.#tlsServer ?? createServer({ noDelay: true });
    this.#server.on("tlsClientError", (error: Error, socket: Socket) => {
      this.#context.log.report("xqbus:invalid-certificate", `a TLS handshake failed: ${error.message}`, peerOf(socket));
    });
    this.#server.on("connection", (socket: Socket) => this.#admit(socket));
    this.#server.on("secureConnection", (socket: Socket) => {
      // One that had to make place ends by itself.
      if (this.#handshakes.delete(peerOf(socket))) this.serve(socket);
    });
  }

  get port(): number {
    return this.#port;
  }

  get counts(): BrokerCounts {
    return { ...this.#context.tally, queuedBytes: this.#context.budget.used, damaged: this.#store?.damaged ?? 0 };
  }

  /** Makes the nodes again that are on disk. */
  async recover(): Promise<void> {
    await this.#nodes.recover((await this.#store?.recover()) ?? []);
  }

  async listen(): Promise<void> {
    try {
      this.#server.listen({ host: this.host, port: this.#port });
      await once(this.#server, "listening");
    } catch (error) {
      throw listenError(error, this.host, this.#port);
    }
    // A failed accept concerns one client, and there is nobody to tell.
    this.#server.on("error", () => {});
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  url(user?: string, domain: string = DEFAULT_DOMAIN): string {
    const { user: name, password = "***" } = this.#context.login.credentials.passwordOf(user);
    const host = REACHABLE_AT[this.host] ?? this.host;
    const authority = `${host.includes(":") ? `[${host}]` : host}:${this.#port}`;
    const login = `${encodeURIComponent(name)}:${encodeURIComponent(password)}`;
    return `${this.#secure ? "amqps" : "amqp"}://${login}@${authority}/${encodeURIComponent(domain)}`;
  }

  /** Serves the client at the other end of a connection. */
  serve(socket: ClientSocket, context: BrokerContext = this.#context): void {
    const client = new ClientConnection(socket, context);
    this.#clients.add(client);
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#clients.delete(client);
      this.#sockets.delete(socket);
    });
    if (this.#closing !== undefined) client.shutDown();
  }

  reloadRules(rules: readonly AccessRule[]): void {
    this.#access.replace(rules);
  }

  reloadTls(tls: BrokerTlsOptions): void {
    if (this.#tlsServer === undefined) {
      throw new XqbusError("xqbus:illegal-argument", "the broker was started without TLS; expected the option tls");
    }
    changeCertificates(this.#tlsServer, tls);
  }

  reloadUsers(users: Users): void {
    const { login } = this.#context;
    const credentials = new Credentials(users);
    login.credentials = credentials;
    for (const client of this.#clients) {
      const { user } = client;
      if (user === undefined || user === ANONYMOUS_USER || user === IN_PROCESS_USER || credentials.has(user)) continue;
      client.shutDown({ condition: "amqp:unauthorized-access", description: "the user does not exist any more" });
    }
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#shutDown());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #inProcess(): InProcessAccess {
    const password = randomPassword();
    const { login, ...shared } = this.#context;
    // A name that no user of the broker may have.
    const credentials = new Credentials({ [IN_PROCESS_USER]: password }, () => undefined);
    const context = {
      ...shared,
      login: { ...login, mechanisms: ["PLAIN" as const], externalUsers: undefined, credentials },
    };
    const connect = (): Duplex => {
      const [client, server] = MemorySocket.pair(() => undefined);
      this.serve(server, context);
      return client;
    };
    return { user: IN_PROCESS_USER, password, connect };
  }

  #admit(socket: Socket): void {
    const peer = peerOf(socket);
    const { maxConnections } = this.#context.limits;
    socket.on("error", () => {});
    if (this.#handshakes.size + this.#clients.size >= maxConnections) {
      this.#context.log.report(
        "amqp:resource-limit-exceeded",
        `there are ${maxConnections} connections, the limit (maxConnections)`,
        peer,
      );
      if (!this.#makePlace()) {
        socket.destroy();
        return;
      }
    }
    if (!this.#secure) return this.serve(socket);
    this.#sockets.add(socket);
    this.#handshakes.set(peer, socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#handshakes.delete(peer);
    });
  }

  /** Ends the connection that has been without login for longest, or strangers could keep users out. @returns whether there was one */
  #makePlace(): boolean {
    for (const [peer, socket] of this.#handshakes) {
      this.#handshakes.delete(peer);
      socket.destroy();
      return true;
    }
    for (const client of this.#clients) {
      if (client.isLoggedIn) continue;
      this.#clients.delete(client);
      client.shutDown();
      return true;
    }
    return false;
  }

  async #shutDown(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#handshakes.values()) socket.destroy();
    for (const client of this.#clients) client.shutDown();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, this.#context.limits.closeTimeoutMs);
    await Promise.all([closed, ...[...this.#clients].map((client) => client.ended)]);
    clearTimeout(timer);
    await this.#store?.close();
  }
}

function unroutedOptions({ unrouted = false }: BrokerOptions): UnroutedOptions | undefined {
  if (unrouted === false) return undefined;
  return unrouted === true ? {} : unrouted;
}

function listenError(error: unknown, host: string, port: number): XqbusError {
  const place = `port ${port} of ${host}`;
  if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") {
    return new XqbusError(
      "xqbus:port-in-use",
      `${place} is in use; end the process that listens there, or choose another port (0 takes a free one)`,
      { cause: error },
    );
  }
  const reason = LISTEN_ERRORS[(error as NodeJS.ErrnoException).code ?? ""] ?? messageOf(error);
  return new XqbusError("xqbus:illegal-argument", `the broker cannot listen on ${place}: ${reason}`, { cause: error });
}

const NOT_OURS = "this machine has no such address; expected one of its own, 127.0.0.1 (itself) or 0.0.0.0 (everybody)";

const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EACCES: "this user may not; choose a port above 1023",
  EADDRNOTAVAIL: NOT_OURS,
  EAI_AGAIN: NOT_OURS,
  ENOTFOUND: NOT_OURS,
};
