import type { AmqpValue } from "../../src/broker/protocol/codec/amqp-value.ts";
import {
  binary,
  boolean,
  composite,
  NULL,
  string,
  symbol,
  symbols,
  ubyte,
  uint,
  ulong,
} from "../../src/broker/protocol/codec/amqp-value.ts";
import { encodeValue } from "../../src/broker/protocol/codec/encode-value.ts";

/** Chances that a fuzzer takes. */
export interface Chances {
  readonly int: (below: number) => number;
  readonly extreme: () => number;
}

const CAPABILITIES: readonly (readonly string[])[] = [
  ...[[], [], ["queue"], ["queue", "exclusive"], ["topic"], ["shared"], ["shared", "global"], ["example:other"]],
];
/** None that stays for ever. */
const EXPIRY_POLICIES: readonly string[] = ["link-detach", "session-end", "connection-close"];
const ADDRESSES: readonly string[] = [
  "fuzz.0",
  "fuzz.1",
  "fuzz.0.dead-letter",
  "queue://fuzz.q",
  "amq.topic",
  "fuzz.0.unrouted",
];
const FILTERS: readonly (readonly [descriptor: bigint, value: AmqpValue])[] = [
  [0x468c_0000_0001n, string("#.#.#.*.a")],
  [0x468c_0000_0002n, { type: "map", value: [[string("x-match"), string("any")]] }],
  [0x468c_0000_0003n, { type: "list", value: [] }],
  [0x468c_0000_0004n, string("a BETWEEN 1 AND 1E308 OR b LIKE '%_%_%' ESCAPE '_'")],
  [0x468c_0000_0005n, string("every $a in //*, $b in //* satisfies $a = $b")],
  [0x468c_0000_0005n, string("//(")],
];

/** A source (0x28) or target (0x29) that some client might ask for. */
export function someTerminus(code: number, chances: Chances): AmqpValue {
  const { int } = chances;
  const common = [
    int(30) === 0 ? NULL : string(ADDRESSES[int(int(3) === 0 ? ADDRESSES.length : 2)] ?? ""),
    uint(int(3)),
    int(2) === 0 ? NULL : symbol(EXPIRY_POLICIES[int(EXPIRY_POLICIES.length)] ?? ""),
    int(20) === 0 ? uint(1 + int(2)) : NULL,
    boolean(int(30) === 0),
    NULL,
  ];
  const capabilities = symbols(CAPABILITIES[int(CAPABILITIES.length)] ?? []);
  if (code !== 0x28) return composite(code, [...common, capabilities]);
  const filter = FILTERS[int(FILTERS.length)];
  const filterSet: AmqpValue =
    filter === undefined || int(3) > 0
      ? NULL
      : {
          type: "map",
          value: [[symbol("f"), { type: "described", descriptor: ulong(filter[0]), value: filter[1] }]],
        };
  return composite(code, [...common, symbol(int(4) === 0 ? "copy" : "move"), filterSet, NULL, NULL, capabilities]);
}

/** A well-formed message with wishes that few have. */
export function someMessage({ int, extreme }: Chances): Buffer {
  const sections: AmqpValue[] = [];
  if (int(2) === 0) {
    const ttl = int(2) === 0 ? NULL : uint(extreme());
    sections.push(composite(0x70, [boolean(true), ubyte(int(256)), ttl, NULL, uint(extreme())]));
  }
  if (int(3) === 0) {
    const time: AmqpValue =
      int(2) === 0
        ? { type: "timestamp", value: BigInt.asIntN(64, BigInt(extreme()) * BigInt(extreme())) }
        : { type: "ulong", value: 2n ** 64n - 1n };
    const name = int(2) === 0 ? "x-opt-delivery-time" : "x-opt-delivery-delay";
    sections.push(section(0x72, { type: "map", value: [[symbol(name), time]] }));
  }
  if (int(3) === 0) {
    const to = string(ADDRESSES[int(ADDRESSES.length)] ?? "");
    const expiry: AmqpValue = { type: "timestamp", value: BigInt.asIntN(64, BigInt(extreme()) * BigInt(extreme())) };
    sections.push(
      composite(0x73, [NULL, NULL, to, string("a.b"), NULL, NULL, NULL, NULL, int(3) === 0 ? expiry : NULL]),
    );
  }
  if (int(3) === 0) sections.push(section(0x74, { type: "map", value: [[string("a"), uint(extreme())]] }));
  sections.push(
    section(0x75, binary(Buffer.from(int(3) === 0 ? `<e>${"<f/>".repeat(int(50))}</e>` : "x".repeat(int(300))))),
  );
  return Buffer.concat(sections.map(encodeValue));
}

/** An outcome, or `received`, with fields. */
export function someState({ int, extreme }: Chances): AmqpValue {
  switch (int(6)) {
    case 0:
      return composite(0x23, [uint(extreme()), ulong(BigInt(extreme()))]);
    case 1:
      return composite(0x25, [composite(0x1d, [symbol("test:no"), string("n".repeat(int(2000)))])]);
    case 2:
      return composite(0x27, [boolean(int(2) === 0), boolean(int(2) === 0), NULL]);
    default:
      return composite([0x24, 0x24, 0x26][int(3)] ?? 0x24, []);
  }
}

function section(code: number, value: AmqpValue): AmqpValue {
  return { type: "described", descriptor: ulong(BigInt(code)), value };
}
