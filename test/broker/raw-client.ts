import { once } from "node:events";
import { createRequire } from "node:module";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Broker } from "../../src/broker/index.ts";

/** rhea's frame encoder: its field names, and no check of anything. */
export interface FrameEncoder {
  write_frame(frame: object): Buffer;
  amqp_frame(channel: number, performative?: object, payload?: Buffer): object;
  sasl_frame(performative: object): object;
  open(fields: object): object;
  begin(fields: object): object;
  attach(fields: object): object;
  flow(fields: object): object;
  transfer(fields: object): object;
  disposition(fields: object): object;
  detach(fields: object): object;
  end(fields: object): object;
  close(fields: object): object;
  sasl_init(fields: object): object;
  sasl_response(fields: object): object;
}

interface Termini {
  source(fields: object): { described(): object };
  target(fields: object): { described(): object };
}

const require = createRequire(import.meta.url);
export const frames: FrameEncoder = require("rhea/lib/frames.js") as FrameEncoder;
const termini = require("rhea/lib/terminus.js") as Termini;

export const SASL_HEADER: Buffer = Buffer.from("AMQP\x03\x01\x00\x00", "latin1");
export const AMQP_HEADER: Buffer = Buffer.from("AMQP\x00\x01\x00\x00", "latin1");

/** A message with the data section "event". */
export const MESSAGE: Buffer = Buffer.from("\x00\x53\x75\xa0\x05event", "latin1");

/** An encoded frame of an AMQP connection, channel 0. */
export function frame(performative: object, payload?: Buffer): Buffer {
  return frames.write_frame(frames.amqp_frame(0, performative, payload));
}

/** A frame with these bytes for a body; type 0 is AMQP, 1 is SASL. */
export function rawFrame(body: Buffer, type = 0, dataOffset = 2): Buffer {
  const header = Buffer.from([0, 0, 0, 0, dataOffset, type, 0, 0]);
  header.writeUInt32BE(header.length + body.length);
  return Buffer.concat([header, body]);
}

/** Headers and sasl-init of a login with PLAIN. */
export function login(broker: Broker): Buffer {
  const { username, password } = new URL(broker.url());
  const response = Buffer.from(`\0${decodeURIComponent(username)}\0${decodeURIComponent(password)}`);
  const init = frames.sasl_frame(frames.sasl_init({ mechanism: "PLAIN", initial_response: response }));
  return Buffer.concat([SASL_HEADER, frames.write_frame(init)]);
}

export const OPEN: Buffer = frame(frames.open({ container_id: "raw" }));
export const BEGIN: Buffer = frame(frames.begin({ next_outgoing_id: 0, incoming_window: 2048, outgoing_window: 2048 }));

/** The attach of a publisher. */
export function attachSender(fields: object = {}): Buffer {
  return frame(
    frames.attach({
      name: "out",
      handle: 0,
      role: false,
      source: termini.source({}).described(),
      target: termini.target({ address: "org.clacks" }).described(),
      initial_delivery_count: 0,
      ...fields,
    }),
  );
}

/** The attach of a consumer. */
export function attachReceiver(fields: object = {}): Buffer {
  return frame(
    frames.attach({
      name: "in",
      handle: 1,
      role: true,
      source: termini.source({ address: "org.clacks" }).described(),
      target: termini.target({}).described(),
      ...fields,
    }),
  );
}

/** Login, open and begin in one piece. */
export function sessionStart(broker: Broker): Buffer {
  return Buffer.concat([login(broker), AMQP_HEADER, OPEN, BEGIN]);
}

/** A socket that sends bytes which no client would. */
export class RawClient {
  readonly socket: Socket;
  /** Everything that the broker sent, once it has closed the connection. */
  readonly closed: Promise<Buffer>;
  readonly #chunks: Buffer[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => this.#chunks.push(chunk));
    // The broker may close while bytes are on their way to it.
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => socket.once("close", () => resolve(Buffer.concat(this.#chunks))));
  }

  static async connect(broker: Broker): Promise<RawClient> {
    const socket = connect({ host: broker.host, port: broker.port, noDelay: true });
    const client = new RawClient(socket);
    await once(socket, "connect");
    return client;
  }

  /** Resolves when the broker has sent that text. */
  async received(text: string): Promise<void> {
    while (!Buffer.concat(this.#chunks).includes(text)) await once(this.socket, "data");
  }

  write(...bytes: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(bytes));
  }
}
