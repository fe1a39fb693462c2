import { connect } from "node:net";
import type { Socket } from "node:net";

/**
 * A load client that costs next to nothing, so that what is measured is the broker: fixed frames, no checks, one session,
 * one link, handle 0. It speaks to a broker that offers SASL PLAIN.
 */
export interface LeanOptions {
  readonly url: string;
  readonly containerId: string;
  readonly role: "sender" | "receiver";
  readonly address: string;
}

const SASL_HEADER = Buffer.from("AMQP\x03\x01\x00\x00", "latin1");
const AMQP_HEADER = Buffer.from("AMQP\x00\x01\x00\x00", "latin1");
const HEADER_BYTES = 8;
const WINDOW = 0x7fff_ffff;
const TRANSFER = 0x14;
const DISPOSITION = 0x15;
const FLOW = 0x13;
const SASL_OUTCOME = 0x44;
/** Credit of a receiver, topped up at half. */
const CREDIT = 1000;

/** One connection with one link. */
export class LeanClient {
  readonly #socket: Socket;
  readonly #options: LeanOptions;
  #rest: Buffer = Buffer.alloc(0);
  #chunks: Buffer[] = [];
  #flushAsked = false;
  /** Headers of the broker that are still to come. */
  #headers = 2;
  #attached: () => void = () => undefined;
  /** Messages that arrived, or that were accepted. */
  #count = 0;
  #wanted = Infinity;
  #reached: () => void = () => undefined;
  #credit = 0;
  #sent = 0;
  #toSend = 0;
  #payload: Buffer = Buffer.alloc(0);
  #unanswered: number | undefined;
  #received = 0;

  private constructor(options: LeanOptions) {
    const { hostname, port } = new URL(options.url);
    this.#options = options;
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on("data", (bytes: Buffer) => this.#receive(bytes));
  }

  /** Resolves when the link is attached; a sender has credit then. */
  static async open(options: LeanOptions): Promise<LeanClient> {
    const client = new LeanClient(options);
    client.#write(SASL_HEADER, client.#saslInit());
    await new Promise<void>((resolve) => (client.#attached = resolve));
    return client;
  }

  /** Sends so many messages as fast as credit allows; resolves when all are accepted. */
  send(payload: Buffer, count: number): Promise<void> {
    this.#payload = payload;
    this.#toSend += count;
    const done = this.receive(count);
    this.#pump();
    return done;
  }

  /** Resolves when so many more have arrived, or were accepted. */
  receive(count: number): Promise<void> {
    this.#wanted = (this.#wanted === Infinity ? 0 : this.#wanted) + count;
    if (this.#count >= this.#wanted) return Promise.resolve();
    return new Promise((resolve) => (this.#reached = resolve));
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    let data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (data.length >= HEADER_BYTES) {
      const isHeader = this.#headers > 0 && data[0] === 0x41;
      const size = isHeader ? HEADER_BYTES : data.readUInt32BE(0);
      if (data.length < size) break;
      if (isHeader) this.#headers--;
      else this.#onFrame(data, size);
      data = data.subarray(size);
    }
    this.#rest = data;
  }

  #onFrame(frame: Buffer, size: number): void {
    if (size === HEADER_BYTES) return;
    const code = frame[10] ?? 0;
    if (frame[5] === 1) {
      if (code === SASL_OUTCOME) this.#start();
    } else if (code === TRANSFER) this.#onTransfer();
    else if (code === DISPOSITION) this.#onDisposition(new FieldCursor(frame));
    else if (code === FLOW) this.#onFlow(new FieldCursor(frame));
    else if (code === 0x12 && this.#options.role === "receiver") {
      this.#flow();
      this.#attached();
    }
  }

  #start(): void {
    const { containerId, role, address } = this.#options;
    const isReceiver = role === "receiver";
    const terminus = (code: number): Buffer => composite(code, [string(address)]);
    this.#write(
      AMQP_HEADER,
      frameOf(composite(0x10, [string(containerId)])),
      frameOf(composite(0x11, [NULL, uint(0), uint(WINDOW), uint(WINDOW)])),
      frameOf(
        composite(0x12, [
          ...[string(role), uint(0), Buffer.of(isReceiver ? 0x41 : 0x42), NULL, NULL, terminus(0x28), terminus(0x29)],
          ...[NULL, NULL, isReceiver ? NULL : uint(0)],
        ]),
      ),
    );
  }

  /** Every message is accepted, as one range for each piece that came. */
  #onTransfer(): void {
    const id = this.#received++;
    if (this.#unanswered === undefined) {
      this.#unanswered = id;
      setImmediate(() => this.#accept());
    }
    this.#counted(1);
  }

  #accept(): void {
    const first = this.#unanswered ?? 0;
    this.#unanswered = undefined;
    const fields = [Buffer.of(0x41), uint(first), uint(this.#received - 1), Buffer.of(0x41), composite(0x24, [])];
    this.#write(frameOf(composite(DISPOSITION, fields)));
    if (this.#credit - this.#received <= CREDIT / 2) this.#flow();
  }

  #flow(): void {
    this.#credit = this.#received + CREDIT;
    const session = [uint(this.#received), uint(WINDOW), uint(0), uint(WINDOW)];
    this.#write(frameOf(composite(FLOW, [...session, uint(0), uint(this.#received), uint(CREDIT)])));
  }

  #onDisposition(fields: FieldCursor): void {
    fields.uint();
    const first = fields.uint() ?? 0;
    this.#counted((fields.uint() ?? first) - first + 1);
  }

  #onFlow(fields: FieldCursor): void {
    for (let i = 0; i < 5; i++) fields.uint();
    const deliveryCount = fields.uint() ?? 0;
    this.#credit = deliveryCount + (fields.uint() ?? 0);
    this.#attached();
    this.#pump();
  }

  #pump(): void {
    if (this.#options.role !== "sender") return;
    while (this.#toSend > 0 && this.#sent < this.#credit) {
      this.#toSend--;
      const id = uint(this.#sent++);
      const tag = Buffer.concat([Buffer.of(0xa0, id.length), id]);
      this.#write(frameOf(composite(TRANSFER, [uint(0), id, tag, uint(0), Buffer.of(0x42)]), this.#payload));
    }
  }

  #counted(messages: number): void {
    this.#count += messages;
    if (this.#count >= this.#wanted) this.#reached();
  }

  #write(...frames: readonly Buffer[]): void {
    this.#chunks.push(...frames);
    if (this.#flushAsked) return;
    this.#flushAsked = true;
    setImmediate(() => {
      this.#flushAsked = false;
      this.#socket.write(Buffer.concat(this.#chunks));
      this.#chunks = [];
    });
  }

  #saslInit(): Buffer {
    const { username, password } = new URL(this.#options.url);
    const response = Buffer.from(`\0${decodeURIComponent(username)}\0${decodeURIComponent(password)}`);
    const init = composite(0x41, [Buffer.from("\xa3\x05PLAIN", "latin1"), sized(0xa0, response)]);
    const frame = frameOf(init);
    frame[5] = 1;
    return frame;
  }
}

const NULL: Buffer = Buffer.of(0x40);

/** Reads numbers and booleans one after the other; what it does not know it takes for null. */
class FieldCursor {
  readonly #frame: Buffer;
  #at: number;
  #left: number;

  constructor(frame: Buffer) {
    const wide = frame[11] === 0xd0;
    this.#frame = frame;
    this.#at = wide ? 20 : 14;
    this.#left = wide ? frame.readUInt32BE(16) : (frame[13] ?? 0);
  }

  uint(): number | undefined {
    if (this.#left-- <= 0) return undefined;
    const code = this.#frame[this.#at++];
    if (code === 0x52) return this.#frame[this.#at++];
    if (code === 0x43) return 0;
    if (code !== 0x70) return undefined;
    this.#at += 4;
    return this.#frame.readUInt32BE(this.#at - 4);
  }
}

function frameOf(performative: Buffer, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 2, 0, 0, 0]);
  header.writeUInt32BE(HEADER_BYTES + performative.length + payload.length);
  return Buffer.concat([header, performative, payload]);
}

function composite(code: number, fields: readonly Buffer[]): Buffer {
  const content = Buffer.concat(fields);
  return Buffer.concat([Buffer.of(0x00, 0x53, code, 0xc0, content.length + 1, fields.length), content]);
}

function uint(value: number): Buffer {
  const bytes = Buffer.of(0x70, 0, 0, 0, 0);
  bytes.writeUInt32BE(value >>> 0, 1);
  return bytes;
}

function string(value: string): Buffer {
  return sized(0xa1, Buffer.from(value, "utf8"));
}

function sized(code: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(code, bytes.length), bytes]);
}
