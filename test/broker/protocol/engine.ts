import { once } from "node:events";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { resolveAccess } from "../../../src/broker/access/access-options.ts";
import { LoginThrottle } from "../../../src/broker/access/login-throttle.ts";
import { ClientLog } from "../../../src/broker/client-log.ts";
import { SYSTEM_CLOCK } from "../../../src/broker/clock.ts";
import { Credentials } from "../../../src/broker/access/credentials.ts";
import { DEFAULT_BROKER_LIMITS } from "../../../src/broker/limits.ts";
import type { BrokerLimits } from "../../../src/broker/limits.ts";
import { MemoryBudget } from "../../../src/broker/node/memory-budget.ts";
import type { BrokerContext } from "../../../src/broker/protocol/broker-context.ts";
import { ClientConnection } from "../../../src/broker/protocol/client-connection.ts";
import { FrameReader } from "../../../src/broker/protocol/frame-reader.ts";
import { LinkRegistry } from "../../../src/broker/protocol/link-registry.ts";
import { TickQueue } from "../../../src/broker/protocol/tick-queue.ts";
import { newTally } from "../../../src/broker/tally.ts";
import { AMQP_HEADER, BEGIN, frames, OPEN, SASL_HEADER } from "../raw-client.ts";
import { ScriptedNodes } from "./scripted-nodes.ts";

/** A frame from the broker, as rhea's decoder sees it. */
export interface ReceivedFrame {
  /** `open`, `begin`, `attach` …; `heartbeat` for an empty frame. */
  readonly type: string;
  readonly channel: number;
  /** Fields by rhea's names; null or undefined where they are missing. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly payload: Buffer;
  readonly size: number;
}

interface RheaFrame {
  readonly channel: number;
  readonly performative?: Record<string, unknown> & { dispatch(target: object, frame: object): void };
  readonly payload?: Buffer;
}

const decoder = createRequire(import.meta.url)("rhea/lib/frames.js") as { read_frame(bytes: Buffer): RheaFrame };

const TYPES: Readonly<Record<number, string>> = {
  ...{ 0x10: "open", 0x11: "begin", 0x12: "attach", 0x13: "flow", 0x14: "transfer" },
  ...{ 0x15: "disposition", 0x16: "detach", 0x17: "end", 0x18: "close" },
};

/** Its session is begun and ended at once, to know that everything before it was answered. */
const FENCE_CHANNEL = 15;
/** The broker answers at once, and sends messages at the end of its turn; a long message takes several turns. */
const FENCES = 4;
const WINDOWS = { next_outgoing_id: 0, incoming_window: 2048, outgoing_window: 2048 };

/** Starts a connection's ids at other numbers than 0. */
export interface EngineOptions extends Partial<BrokerLimits> {
  readonly firstId?: number;
}

/** The protocol engine on a port, with nodes that the test scripts. */
export class Engine {
  readonly nodes: ScriptedNodes = new ScriptedNodes();
  readonly context: BrokerContext;
  readonly #server: Server;
  readonly #peers: Peer[] = [];

  private constructor({ firstId = 0, ...limits }: EngineOptions) {
    const all = { ...DEFAULT_BROKER_LIMITS, ...limits };
    this.context = {
      log: new ClientLog(undefined, SYSTEM_CLOCK),
      login: {
        ...resolveAccess({}, false),
        credentials: new Credentials({ admin: "secret", bob: "secret" }),
        throttle: new LoginThrottle(1000, SYSTEM_CLOCK),
      },
      limits: all,
      nodes: this.nodes,
      budget: new MemoryBudget(all.maxTotalBytes),
      tally: newTally(),
      links: new LinkRegistry(),
      ticks: new TickQueue(),
      containerId: "engine",
      capabilities: ["ANONYMOUS-RELAY"],
      properties: { product: "test" },
      firstId,
    };
    this.#server = createServer({ noDelay: true }, (socket) => new ClientConnection(socket, this.context));
  }

  static async start(options: EngineOptions = {}): Promise<Engine> {
    const engine = new Engine(options);
    engine.#server.listen(0, "127.0.0.1");
    await once(engine.#server, "listening");
    return engine;
  }

  /** A client that has sent nothing. */
  async socket(): Promise<Peer> {
    const socket = connect({ host: "127.0.0.1", port: (this.#server.address() as AddressInfo).port, noDelay: true });
    await once(socket, "connect");
    const peer = new Peer(socket);
    this.#peers.push(peer);
    return peer;
  }

  /** A client that has logged in, opened and begun a session; the answers to that are read. */
  async peer(open: Buffer = OPEN, begin: Buffer = BEGIN, user = "admin"): Promise<Peer> {
    const peer = await this.socket();
    peer.write(login(user), AMQP_HEADER, open, begin);
    await peer.next("begin");
    return peer;
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) peer.socket.destroy();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }
}

/** The SASL part of a connection. */
export function login(user = "admin"): Buffer {
  const init = frames.sasl_init({ mechanism: "PLAIN", initial_response: Buffer.from(`\0${user}\0secret`) });
  return Buffer.concat([SASL_HEADER, frames.write_frame(frames.sasl_frame(init))]);
}

/** A client that sends what it is told and reads frames. */
export class Peer {
  readonly socket: Socket;
  /** Resolves when the broker has closed the connection. */
  readonly closed: Promise<void>;
  readonly #reader = new FrameReader(1 << 24);
  readonly #waiting: ReceivedFrame[] = [];
  #wake: () => void = () => {};
  #isClosed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => {
      for (const unit of this.#reader.read(bytes)) this.#receive(unit);
      this.#wake();
    });
    socket.on("error", () => {});
    this.closed = new Promise((resolve) =>
      socket.once("close", () => {
        this.#isClosed = true;
        this.#wake();
        resolve();
      }),
    );
  }

  write(...bytes: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(bytes));
  }

  /** The next frame of that type; those before it are thrown away. */
  async next(type: string): Promise<ReceivedFrame> {
    for (;;) {
      const frame = this.#waiting.shift();
      if (frame?.type === type) return frame;
      if (frame !== undefined) continue;
      if (this.#isClosed) throw new Error(`the connection was closed; a frame "${type}" was expected`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** All frames up to the next one of that type, which is the last. */
  async until(type: string): Promise<readonly ReceivedFrame[]> {
    const read: ReceivedFrame[] = [];
    for (;;) {
      const frame = this.#waiting.shift();
      if (frame !== undefined) read.push(frame);
      if (frame?.type === type) return read;
      if (frame !== undefined) continue;
      if (this.#isClosed) throw new Error(`the connection was closed; a frame "${type}" was expected`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Everything that came since the last frame that was read, once the broker has nothing more to say. */
  async rest(): Promise<readonly ReceivedFrame[]> {
    const read: ReceivedFrame[] = [];
    for (let turn = 0; turn < FENCES; turn++) {
      this.write(on(FENCE_CHANNEL, frames.begin(WINDOWS)), on(FENCE_CHANNEL, frames.end({})));
      do read.push(...(await this.until("end")));
      while (read.at(-1)?.channel !== FENCE_CHANNEL);
    }
    return read.filter(({ channel }) => channel !== FENCE_CHANNEL);
  }

  #receive(unit: Buffer): void {
    // Protocol headers, and the SASL frames.
    if (unit.subarray(0, 4).equals(AMQP_HEADER.subarray(0, 4)) || unit[5] === 1) return;
    if (unit.length === 8) {
      this.#waiting.push({ type: "heartbeat", channel: 0, fields: {}, payload: Buffer.alloc(0), size: 8 });
      return;
    }
    const { channel, performative = {}, payload = Buffer.alloc(0) } = decoder.read_frame(unit);
    const type = TYPES[unit[10] ?? 0] ?? "unknown";
    this.#waiting.push({ type, channel, fields: performative, payload, size: unit.length });
  }
}

/** A flow of the peer's session, and of a link when it has a handle. */
export function flow(fields: object = {}, channel = 0): Buffer {
  return on(
    channel,
    frames.flow({ next_incoming_id: 0, incoming_window: 2048, next_outgoing_id: 0, outgoing_window: 2048, ...fields }),
  );
}

/** A frame on a channel. */
export function on(channel: number, performative: object, payload?: Buffer): Buffer {
  return frames.write_frame(frames.amqp_frame(channel, performative, payload));
}
