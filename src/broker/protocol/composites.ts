import { ProtocolFault } from "./protocol-fault.ts";
import type { Scanner } from "./scanner.ts";

/** What a field may hold; with `!` it must not be null. */
type FieldType = Primitive | `${Primitive}!` | keyof typeof DESCRIBED;
type Primitive = keyof typeof TYPE_CODES;

interface Field {
  readonly name: string;
  readonly type: string;
  readonly mandatory: boolean;
  /** Type codes of its values; those of a list where `descriptors` are given. */
  readonly codes: readonly number[];
  readonly descriptors: readonly number[] | undefined;
}

interface CompositeType {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** Composite types by descriptor. */
export type CompositeTypes = ReadonlyMap<number, CompositeType>;

const NULL = 0x40;
const LISTS: readonly number[] = [0x45, 0xc0, 0xd0];

/** Type codes of the primitive types (AMQP 1.0, part 1.6); `symbols` is a symbol or an array. */
const TYPE_CODES = {
  binary: [0xa0, 0xb0],
  boolean: [0x56, 0x41, 0x42],
  map: [0xc1, 0xd1],
  string: [0xa1, 0xb1],
  symbol: [0xa3, 0xb3],
  symbols: [0xa3, 0xb3, 0xe0, 0xf0],
  ubyte: [0x50],
  uint: [0x70, 0x52, 0x43],
  ulong: [0x80, 0x53, 0x44],
  ushort: [0x60],
} as const satisfies Record<string, readonly number[]>;

/** Descriptors of the composite values that a field may hold. A target may be a coordinator (0x30), which links refuse. */
const DESCRIBED = {
  error: [0x1d],
  outcome: [0x23, 0x24, 0x25, 0x26, 0x27],
  source: [0x28],
  target: [0x29, 0x30],
} as const satisfies Record<string, readonly number[]>;

/** The frames of AMQP 1.0, part 2.7, by descriptor. */
export const PERFORMATIVES: CompositeTypes = new Map([
  composite(0x10, "open", {
    "container-id": "string!",
    hostname: "string",
    "max-frame-size": "uint",
    "channel-max": "ushort",
    "idle-time-out": "uint",
    "outgoing-locales": "symbols",
    "incoming-locales": "symbols",
    "offered-capabilities": "symbols",
    "desired-capabilities": "symbols",
    properties: "map",
  }),
  composite(0x11, "begin", {
    "remote-channel": "ushort",
    "next-outgoing-id": "uint!",
    "incoming-window": "uint!",
    "outgoing-window": "uint!",
    "handle-max": "uint",
    "offered-capabilities": "symbols",
    "desired-capabilities": "symbols",
    properties: "map",
  }),
  composite(0x12, "attach", {
    name: "string!",
    handle: "uint!",
    role: "boolean!",
    "snd-settle-mode": "ubyte",
    "rcv-settle-mode": "ubyte",
    source: "source",
    target: "target",
    unsettled: "map",
    "incomplete-unsettled": "boolean",
    "initial-delivery-count": "uint",
    "max-message-size": "ulong",
    "offered-capabilities": "symbols",
    "desired-capabilities": "symbols",
    properties: "map",
  }),
  composite(0x13, "flow", {
    "next-incoming-id": "uint",
    "incoming-window": "uint!",
    "next-outgoing-id": "uint!",
    "outgoing-window": "uint!",
    handle: "uint",
    "delivery-count": "uint",
    "link-credit": "uint",
    available: "uint",
    drain: "boolean",
    echo: "boolean",
    properties: "map",
  }),
  composite(0x14, "transfer", {
    handle: "uint!",
    "delivery-id": "uint",
    "delivery-tag": "binary",
    "message-format": "uint",
    settled: "boolean",
    more: "boolean",
    "rcv-settle-mode": "ubyte",
    state: "outcome",
    resume: "boolean",
    aborted: "boolean",
    batchable: "boolean",
  }),
  composite(0x15, "disposition", {
    role: "boolean!",
    first: "uint!",
    last: "uint",
    settled: "boolean",
    state: "outcome",
    batchable: "boolean",
  }),
  composite(0x16, "detach", { handle: "uint!", closed: "boolean", error: "error" }),
  composite(0x17, "end", { error: "error" }),
  composite(0x18, "close", { error: "error" }),
]);

/** The one SASL frame that a client sends when it logs in with PLAIN (AMQP 1.0, part 5.3.3.2). */
export const SASL_FRAMES: CompositeTypes = new Map([
  composite(0x41, "sasl-init", { mechanism: "symbol!", "initial-response": "binary", hostname: "string" }),
]);

/** The section of a message that a broker may change (AMQP 1.0, part 3.2.1). */
export const MESSAGE_HEADER: CompositeTypes = new Map([
  composite(0x70, "header", {
    durable: "boolean",
    priority: "ubyte",
    ttl: "uint",
    "first-acquirer": "boolean",
    "delivery-count": "uint",
  }),
]);

/** A composite value whose fields were checked and not decoded. */
export class Composite {
  /** Its descriptor. */
  readonly code: number;
  readonly #type: CompositeType;
  readonly #bytes: Buffer;
  /** Where each field starts, and where the last one ends. */
  readonly #bounds: readonly number[];

  constructor(code: number, type: CompositeType, bytes: Buffer, bounds: readonly number[]) {
    this.code = code;
    this.#type = type;
    this.#bytes = bytes;
    this.#bounds = bounds;
  }

  /** The encoded field, constructor included; undefined when it is null or left out at the end. */
  encoded(name: string): Buffer | undefined {
    const index = this.#type.fields.findIndex((field) => field.name === name);
    const end = this.#bounds[index + 1];
    if (end === undefined) return undefined;
    const field = this.#bytes.subarray(this.#bounds[index], end);
    return field[0] === NULL ? undefined : field;
  }

  /** The content of a binary, string or symbol. */
  binary(name: string): Buffer | undefined {
    const field = this.encoded(name);
    return field?.subarray((field[0] ?? 0) < 0xb0 ? 2 : 5);
  }

  /** The value of a uint. */
  uint(name: string): number | undefined {
    const field = this.encoded(name);
    if (field === undefined) return undefined;
    return field.length === 1 ? 0 : field.readUIntBE(1, field.length - 1);
  }
}

/**
 * Passes over a composite value, which must be one of `types` with the right fields.
 *
 * @throws ProtocolFault `amqp:decode-error`, or `amqp:not-implemented` for a composite of another kind in a field
 */
export function readComposite(scanner: Scanner, types: CompositeTypes): Composite {
  const code = scanner.descriptor();
  const type = types.get(code);
  if (type === undefined) throw decodeError(`the descriptor 0x${code.toString(16)} is not expected here`);
  const { count, end } = scanner.enterList();
  if (count > type.fields.length) throw decodeError(`${type.name} has ${count} fields; expected ${type.fields.length}`);
  const bounds = [scanner.position];
  for (const [index, field] of type.fields.entries()) {
    if (index < count) bounds.push(passField(scanner, type, field));
    else if (field.mandatory) throw decodeError(`${type.name} has no ${field.name}, which is mandatory`);
  }
  if (scanner.position !== end) throw decodeError(`${type.name} has a size that its fields do not fill`);
  return new Composite(code, type, scanner.bytes, bounds);
}

/** Returns where the field ends. */
function passField(scanner: Scanner, type: CompositeType, field: Field): number {
  if (scanner.nextType() !== NULL || field.mandatory) {
    const start = scanner.position;
    if (field.descriptors !== undefined) assertDescriptor(scanner.descriptor(), `${type.name}.${field.name}`, field);
    if (!field.codes.includes(scanner.nextType())) {
      const found = `0x${scanner.nextType().toString(16)}`;
      throw decodeError(`${type.name}.${field.name} has type ${found}; expected ${field.type}`);
    }
    scanner.position = start;
  }
  scanner.skip();
  return scanner.position;
}

function assertDescriptor(descriptor: number, place: string, { descriptors = [] }: Field): void {
  if (descriptors.includes(descriptor)) return;
  const supported = descriptors.map((code) => `0x${code.toString(16)}`).join(", ");
  throw new ProtocolFault(
    "amqp:not-implemented",
    `${place} has the descriptor 0x${descriptor.toString(16)}; supported: ${supported}`,
  );
}

function composite(
  code: number,
  name: string,
  fields: Readonly<Record<string, FieldType>>,
): readonly [number, CompositeType] {
  return [code, { name, fields: Object.entries(fields).map(([field, type]) => fieldOf(field, type)) }];
}

function fieldOf(name: string, declared: FieldType): Field {
  const mandatory = declared.endsWith("!");
  const type = mandatory ? declared.slice(0, -1) : declared;
  if (type in DESCRIBED) {
    return { name, type, mandatory, codes: LISTS, descriptors: DESCRIBED[type as keyof typeof DESCRIBED] };
  }
  return { name, type, mandatory, codes: TYPE_CODES[type as Primitive], descriptors: undefined };
}

function decodeError(description: string): ProtocolFault {
  return new ProtocolFault("amqp:decode-error", description);
}
