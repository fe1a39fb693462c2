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
  readonly terminus: LeanTerminus;
  /** Told of each message, with the bytes of its frame. */
  readonly onMessage?: (frame: Buffer) => void;
}

/** Where a link begins or ends. */
export interface LeanTerminus {
  readonly address: string;
  /** Whether the queue outlasts its link and the broker (AMQP 1.0, part 3.5.5 and 3.5.6). */
  readonly durable?: boolean;
  /** What the broker filters by. */
  readonly xquery?: string;
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
/** Performatives that a broker sends when it wants no more of it: detach, end, close. */
const REFUSALS: ReadonlySet<number> = new Set([0x16, 0x17, 0x18]);
/** Brokers give up a client of which they hear nothing. */
const HEARTBEAT_MS = 5000;
const HEARTBEAT = Buffer.from([0, 0, 0, 8, 2, 0, 0, 0]);

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
    // Without it an error, such as the end of the broker, would end this process without a word of where it was.
    this.#socket.on("error", (error) => console.error(`lean client: ${error.message}`));
    const heartbeat = setInterval(() => this.#write(HEARTBEAT), HEARTBEAT_MS);
    this.#socket.on("close", () => clearInterval(heartbeat));
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
    } else if (code === TRANSFER) this.#onTransfer(frame);
    else if (REFUSALS.has(code)) this.#refused(frame.subarray(0, size));
    else if (code === DISPOSITION) this.#onDisposition(new FieldCursor(frame));
    else if (code === FLOW) this.#onFlow(new FieldCursor(frame));
    else if (code === 0x12 && this.#options.role === "receiver") {
      this.#flow();
      this.#attached();
    }
  }

  #start(): void {
    const { containerId, role, terminus } = this.#options;
    const isReceiver = role === "receiver";
    this.#write(
      AMQP_HEADER,
      frameOf(composite(0x10, [string(containerId)])),
      frameOf(composite(0x11, [NULL, uint(0), uint(WINDOW), uint(WINDOW)])),
      frameOf(
        composite(0x12, [
          ...[
            string(role),
            uint(0),
            Buffer.of(isReceiver ? 0x41 : 0x42),
            NULL,
            NULL,
            sourceOf(terminus),
            targetOf(terminus),
          ],
          ...[NULL, NULL, isReceiver ? NULL : uint(0)],
        ]),
      ),
    );
  }

  #refused(frame: Buffer): void {
    const text = frame.toString("latin1").replaceAll(/[^ -~]+/g, " ");
    console.error(`lean client, ${this.#options.terminus.address}: the broker ended the link: ${text}`);
  }

  /** Every message is accepted, as one range for each piece that came. */
  #onTransfer(frame: Buffer): void {
    this.#options.onMessage?.(frame);
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
const UNSETTLED_STATE: Buffer = Buffer.of(0x52, 2);
const NEVER: Buffer = symbol("never");
const XQUERY_FILTER = "apache.org:xquery-filter:string";

/** source (part 3.5.3): address, durable, expiry-policy, timeout, dynamic, two properties, filter. */
function sourceOf({ address, durable = false, xquery }: LeanTerminus): Buffer {
  const filter = xquery === undefined ? NULL : filterSet(xquery);
  const kept = durable ? [UNSETTLED_STATE, NEVER] : [NULL, NULL];
  return composite(0x28, [string(address), ...kept, NULL, NULL, NULL, NULL, filter]);
}

/** target (part 3.5.4). */
function targetOf({ address, durable = false }: LeanTerminus): Buffer {
  return composite(0x29, [string(address), ...(durable ? [UNSETTLED_STATE, NEVER] : [])]);
}

/** A map with one described value. */
function filterSet(xquery: string): Buffer {
  const described = Buffer.concat([Buffer.of(0), symbol(XQUERY_FILTER), string(xquery)]);
  const content = Buffer.concat([symbol("xquery"), described]);
  const header = Buffer.from([0xd1, 0, 0, 0, 0, 0, 0, 0, 2]);
  header.writeUInt32BE(4 + content.length, 1);
  return Buffer.concat([header, content]);
}

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
  if (content.length < 255) {
    return Buffer.concat([Buffer.of(0x00, 0x53, code, 0xc0, content.length + 1, fields.length), content]);
  }
  const header = Buffer.from([0x00, 0x53, code, 0xd0, 0, 0, 0, 0, 0, 0, 0, fields.length]);
  header.writeUInt32BE(content.length + 4, 4);
  return Buffer.concat([header, content]);
}

function uint(value: number): Buffer {
  const bytes = Buffer.of(0x70, 0, 0, 0, 0);
  bytes.writeUInt32BE(value >>> 0, 1);
  return bytes;
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  if (bytes.length < 256) return sized(0xa1, bytes);
  const header = Buffer.from([0xb1, 0, 0, 0, 0]);
  header.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([header, bytes]);
}

function symbol(value: string): Buffer {
  return sized(0xa3, Buffer.from(value, "latin1"));
}

function sized(code: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(code, bytes.length), bytes]);
}
