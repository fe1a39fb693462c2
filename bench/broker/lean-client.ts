import { connect } from "node:net";
import type { Socket } from "node:net";
import { FieldCursor, HEADER_BYTES, composite, frameOf, sized, string, uint } from "./lean-frames.ts";
import { NULL, sourceOf, targetOf } from "./lean-termini.ts";
import type { LeanTerminus } from "./lean-termini.ts";

/**
 * A load client that costs next to nothing, so that what is measured is the broker: fixed frames, hardly any checks, one session,
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

const SASL_HEADER = Buffer.from("AMQP\x03\x01\x00\x00", "latin1");
const AMQP_HEADER = Buffer.from("AMQP\x00\x01\x00\x00", "latin1");
const WINDOW = 0x7fff_ffff;
const TRANSFER = 0x14;
const DISPOSITION = 0x15;
const FLOW = 0x13;
const BEGIN = 0x11;
const ATTACH = 0x12;
const SASL_OUTCOME = 0x44;
const ACCEPTED = 0x24;
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
  /** Up to which delivery there is credit. */
  #credit = 0;
  /** A sender's: up to which transfer the session has room. */
  #window = 0;
  #sent = 0;
  readonly #outbox: { readonly payload: Buffer; left: number }[] = [];
  /** Number of the broker's first transfer. */
  #firstTransfer = 0;
  #received = 0;
  /** Deliveries that are to be accepted: the first, and the one that came last. */
  #unanswered: number | undefined;
  #lastDelivery = 0;

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

  /** Sends so many messages as fast as the broker lets it; resolves when all are accepted. */
  send(payload: Buffer, count: number): Promise<void> {
    const accepted = this.receive(count);
    this.post(payload, count);
    return accepted;
  }

  /** Likewise, without an answer. */
  post(payload: Buffer, count = 1): void {
    this.#outbox.push({ payload, left: count });
    this.#pump();
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
    else if (code === BEGIN) this.#onBegin(new FieldCursor(frame));
    else if (code === ATTACH && this.#options.role === "receiver") {
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
      frameOf(composite(BEGIN, [NULL, uint(0), uint(WINDOW), uint(WINDOW)])),
      frameOf(
        composite(ATTACH, [
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
    this.#complain(`the broker ended the link: ${text}`);
  }

  #complain(what: string): void {
    console.error(`lean client, ${this.#options.terminus.address}: ${what}`);
  }

  #onBegin(fields: FieldCursor): void {
    this.#firstTransfer = fields.skip(1).uint() ?? 0;
    this.#window = fields.uint() ?? 0;
  }

  /** Every message is accepted, as one range for each piece that came. */
  #onTransfer(frame: Buffer): void {
    this.#options.onMessage?.(frame);
    this.#received++;
    this.#lastDelivery = new FieldCursor(frame).skip(1).uint() ?? this.#lastDelivery;
    if (this.#unanswered === undefined) {
      this.#unanswered = this.#lastDelivery;
      setImmediate(() => this.#accept());
    }
    this.#counted(1);
  }

  #accept(): void {
    const first = this.#unanswered ?? 0;
    this.#unanswered = undefined;
    const fields = [Buffer.of(0x41), uint(first), uint(this.#lastDelivery), Buffer.of(0x41), composite(ACCEPTED, [])];
    this.#write(frameOf(composite(DISPOSITION, fields)));
    if (this.#credit - this.#received <= CREDIT / 2) this.#flow();
  }

  #flow(): void {
    this.#credit = this.#received + CREDIT;
    const session = [uint(this.#firstTransfer + this.#received), uint(WINDOW), uint(0), uint(WINDOW)];
    this.#write(frameOf(composite(FLOW, [...session, uint(0), uint(this.#received), uint(CREDIT)])));
  }

  #onDisposition(fields: FieldCursor): void {
    const first = fields.skip(1).uint() ?? 0;
    const last = fields.uint() ?? first;
    const outcome = fields.skip(1).descriptor();
    if (outcome !== ACCEPTED) this.#complain(`messages ${first} to ${last} have the outcome ${outcome ?? "null"}`);
    this.#counted(last - first + 1);
  }

  /** A flow without a handle is about the session alone and says nothing about credit (part 2.7.4). */
  #onFlow(fields: FieldCursor): void {
    const nextTransfer = fields.uint() ?? 0;
    this.#window = nextTransfer + (fields.uint() ?? 0);
    if (fields.skip(2).uint() !== undefined) {
      const deliveryCount = fields.uint() ?? 0;
      this.#credit = deliveryCount + (fields.uint() ?? 0);
      this.#attached();
    }
    this.#pump();
  }

  #pump(): void {
    if (this.#options.role !== "sender") return;
    for (let next = this.#outbox[0]; next !== undefined; next = this.#outbox[0]) {
      if (this.#sent >= this.#credit || this.#sent >= this.#window) return;
      const id = uint(this.#sent++);
      const tag = Buffer.concat([Buffer.of(0xa0, id.length), id]);
      this.#write(frameOf(composite(TRANSFER, [uint(0), id, tag, uint(0), Buffer.of(0x42)]), next.payload));
      if (--next.left === 0) this.#outbox.shift();
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
