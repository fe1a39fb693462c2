import type { AmqpValue } from "../../src/broker/protocol/codec/amqp-value.ts";
import {
  boolean,
  composite,
  list,
  NULL,
  string,
  symbol,
  ubyte,
  uint,
  ushort,
} from "../../src/broker/protocol/codec/amqp-value.ts";
import { encodeValue } from "../../src/broker/protocol/codec/encode-value.ts";
import type { Chances } from "./fuzz-contents.ts";
import { someMessage, someState, someTerminus } from "./fuzz-contents.ts";
import { MESSAGE, rawFrame } from "./raw-client.ts";

const EXTREMES: readonly number[] = [
  0, 1, 2, 3, 255, 256, 2047, 2048, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
];

/** mulberry32: numbers from 0 to 1, the same ones for the same seed. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What an honest client would know about a session of its own. */
interface Model {
  readonly channel: number;
  /** Whether each attached handle is a publisher's. */
  readonly handles: Map<number, boolean>;
  deliveryId: number;
  names: number;
}

/**
 * Makes frames that no client should send. Most of them are allowed where they come, with numbers that nobody would
 * choose, so that a connection gets somewhere before it ends.
 */
export class FrameFuzzer {
  readonly #random: () => number;
  readonly #sessions: Model[] = [];
  readonly #chances: Chances = { int: (below) => this.int(below), extreme: () => this.#extreme() };

  constructor(seed: number) {
    this.#random = generator(seed);
  }

  /** The next frame. */
  next(): Buffer {
    const kind = this.int(1000);
    if (kind < 985) return this.#allowed();
    if (kind < 991) return this.#strange();
    if (kind < 995) return this.#mutated(this.#allowed());
    if (kind < 997) return rawFrame(this.bytes(this.int(200)));
    return kind < 999 ? this.bytes(this.int(64)) : Buffer.from([0x7f, 0xff, 0xff, 0xff, 2, 0, 0, 0]);
  }

  int(below: number): number {
    return Math.floor(this.#random() * below);
  }

  bytes(size: number): Buffer {
    return Buffer.from(Array.from({ length: size }, () => this.int(256)));
  }

  #allowed(): Buffer {
    const session = this.#sessions[this.int(this.#sessions.length)];
    if (session === undefined || (this.#sessions.length < 3 && this.int(30) === 0)) return this.#begin();
    const { channel, handles } = session;
    const attached = [...handles.keys()];
    // Once in a while a handle that is not attached.
    const handle = this.int(300) === 0 ? this.int(8) : (attached[this.int(attached.length)] ?? 0);
    const action = this.int(100);
    if (handles.size === 0 || (handles.size < 6 && action < 12)) return onChannel(channel, this.#attach(session));
    if (action < 16) {
      handles.delete(handle);
      return onChannel(channel, composite(0x16, [uint(handle), boolean(this.int(2) === 0)]));
    }
    if (action < 40) return onChannel(channel, this.#flow(handle, handles.get(handle) === false));
    if (action < 60) return onChannel(channel, this.#disposition());
    if (action < 61) return this.#end(session);
    if (action < 63) return rawFrame(Buffer.alloc(0));
    const publishers = attached.filter((key) => handles.get(key));
    if (publishers.length === 0 && this.int(50) > 0) return onChannel(channel, this.#flow(handle, true));
    return this.#transfer(session, publishers[this.int(publishers.length)] ?? handle);
  }

  #begin(): Buffer {
    const used = this.#sessions.map(({ channel }) => channel);
    const channel = [0, 1, 2, 3].find((free) => !used.includes(free)) ?? 0;
    this.#sessions.push({ channel, handles: new Map(), deliveryId: 0, names: 0 });
    const windows = [uint(this.#extreme()), uint(this.int(3) === 0 ? this.#extreme() : 2048), uint(this.#extreme())];
    return onChannel(channel, composite(0x11, [NULL, ...windows]));
  }

  #end(session: Model): Buffer {
    this.#sessions.splice(this.#sessions.indexOf(session), 1);
    return onChannel(session.channel, composite(0x17, []));
  }

  #attach({ handles, names }: Model): AmqpValue {
    const handle = [0, 1, 2, 3, 4, 5].find((free) => !handles.has(free)) ?? 0;
    const publishes = this.int(2) === 0;
    handles.set(handle, publishes);
    const terminus = (code: number): AmqpValue => (this.int(50) === 0 ? NULL : someTerminus(code, this.#chances));
    return composite(0x12, [
      string(`link ${handle} ${this.int(20) === 0 ? "again" : names}`),
      uint(handle),
      boolean(!publishes),
      ubyte(this.int(3)),
      ubyte(this.int(2)),
      terminus(0x28),
      terminus(this.int(50) === 0 ? 0x30 : 0x29),
      NULL,
      NULL,
      uint(this.#extreme()),
    ]);
  }

  #flow(handle: number, isConsumer: boolean): AmqpValue {
    const window = uint(this.int(4) === 0 ? this.#extreme() : 2048);
    const session = [this.int(4) === 0 ? uint(this.#extreme()) : NULL, window, uint(0), uint(this.#extreme())];
    if (this.int(6) === 0)
      return composite(0x13, [...session, NULL, NULL, NULL, NULL, NULL, boolean(this.int(2) === 0)]);
    return composite(0x13, [
      ...session,
      uint(handle),
      isConsumer && this.int(3) > 0 ? NULL : uint(this.#extreme()),
      uint(this.int(2) === 0 ? 100 : this.#extreme()),
      NULL,
      boolean(this.int(4) === 0),
      boolean(this.int(4) === 0),
    ]);
  }

  #disposition(): AmqpValue {
    const first = this.int(2) === 0 ? this.int(30) : this.#extreme();
    const last = this.int(2) === 0 ? (first + this.int(5)) >>> 0 : this.#extreme();
    return composite(0x15, [
      boolean(this.int(8) > 0),
      uint(first),
      this.#maybe(uint(last)),
      boolean(this.int(2) === 0),
      this.#maybe(someState(this.#chances)),
    ]);
  }

  #transfer(session: Model, handle: number): Buffer {
    const wrong = this.int(200) === 0;
    const more = this.int(8) === 0;
    const fields = [
      uint(handle),
      uint(wrong ? this.#extreme() : session.deliveryId),
      { type: "binary", value: this.bytes(this.int(8)) } as const,
      uint(this.int(30) === 0 ? 1 : 0),
      boolean(this.int(3) === 0),
      boolean(more),
      NULL,
      NULL,
      boolean(this.int(200) === 0),
      boolean(this.int(20) === 0),
    ];
    const frame = onChannel(session.channel, composite(0x14, fields), this.#payload(more));
    if (!more) session.deliveryId++;
    return frame;
  }

  #payload(more: boolean): Buffer {
    if (this.int(10) === 0) return this.bytes(this.int(50));
    const message = this.int(2) === 0 ? MESSAGE : someMessage(this.#chances);
    return more ? message.subarray(0, this.int(message.length)) : message;
  }

  /** A known performative with fields of any type. */
  #strange(): Buffer {
    const fields = Array.from({ length: this.int(14) }, () => this.#anything(0));
    return onChannel(this.int(3), composite(0x10 + this.int(10), fields));
  }

  #anything(depth: number): AmqpValue {
    switch (this.int(depth > 5 ? 7 : 10)) {
      case 0:
        return NULL;
      case 1:
        return boolean(this.int(2) === 0);
      case 2:
        return uint(this.#extreme());
      case 3:
        return string("x".repeat(this.int(300)));
      case 4:
        return symbol("y".repeat(this.int(10)));
      case 5:
        return ushort(this.int(0x1_0000));
      case 6:
        return { type: "ulong", value: BigInt(this.#extreme()) };
      case 7:
        return list(Array.from({ length: this.int(5) }, () => this.#anything(depth + 1)));
      case 8:
        return { type: "map", value: [[this.#anything(depth + 1), this.#anything(depth + 1)]] };
      default:
        return composite(0x10 + this.int(0x70), [this.#anything(depth + 1)]);
    }
  }

  #mutated(frame: Buffer): Buffer {
    for (let i = this.int(4); i >= 0 && frame.length > 4; i--) frame[4 + this.int(frame.length - 4)] = this.int(256);
    return this.int(4) === 0 ? frame.subarray(0, this.int(frame.length)) : frame;
  }

  #extreme(): number {
    return EXTREMES[this.int(EXTREMES.length)] ?? 0;
  }

  #maybe(value: AmqpValue): AmqpValue {
    return this.int(3) === 0 ? NULL : value;
  }
}

function onChannel(channel: number, performative: AmqpValue, payload: Buffer = Buffer.alloc(0)): Buffer {
  const frame = rawFrame(Buffer.concat([encodeValue(performative), payload]));
  frame.writeUInt16BE(channel, 6);
  return frame;
}
