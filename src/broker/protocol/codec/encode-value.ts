import type { AmqpArray, AmqpType, AmqpValue } from "./amqp-value.ts";
import { FIXED_TYPES } from "./fixed-types.ts";

const DESCRIBED = 0x00;
const MAX_ONE_BYTE = 0xff;
const NOTHING: Buffer = Buffer.alloc(0);

type Undescribed = Exclude<AmqpValue, { type: "described" }>;

/** A value without its type code, in the smallest encoding and in the one that any value of the type has. */
interface Encodings {
  readonly code: number;
  readonly data: Buffer;
  readonly wideCode: number;
  /** Made on demand: only arrays whose elements differ in size need it. */
  readonly wideData: () => Buffer;
}

/** Type codes of the types of variable size (AMQP 1.0, part 1.6): with sizes of one byte, and of four. */
const SIZED_CODES = {
  binary: [0xa0, 0xb0],
  string: [0xa1, 0xb1],
  symbol: [0xa3, 0xb3],
  list: [0xc0, 0xd0],
  map: [0xc1, 0xd1],
  array: [0xe0, 0xf0],
} as const satisfies Partial<Record<AmqpType, readonly [number, number]>>;

/** The value with its type code, in its smallest encoding. */
export function encodeValue(value: AmqpValue): Buffer {
  if (value.type === "described") {
    return Buffer.concat([Buffer.of(DESCRIBED), encodeValue(value.descriptor), encodeValue(value.value)]);
  }
  const { code, data } = encodingsOf(value);
  return Buffer.concat([Buffer.of(code), data]);
}

function encodingsOf(value: Undescribed): Encodings {
  switch (value.type) {
    case "binary":
      return sized("binary", value.value);
    case "string":
      return sized("string", Buffer.from(value.value, "utf8"));
    case "symbol":
      return sized("symbol", Buffer.from(value.value, "latin1"));
    case "list":
      return value.value.length === 0 ? emptyList() : compound("list", value.value.length, value.value);
    case "map":
      return compound("map", value.value.length * 2, value.value.flat());
    case "array":
      return counted("array", value.value.length, arrayContent(value));
    default:
      return fixed(value);
  }
}

function fixed(value: Undescribed): Encodings {
  const encodings = FIXED_TYPES[value.type] ?? [];
  const narrow = encodings.find(({ fits }) => fits(value));
  const wide = encodings.at(-1);
  if (narrow === undefined || wide === undefined) {
    throw new RangeError(`a value is none of the AMQP type ${value.type}`);
  }
  return { code: narrow.code, data: narrow.write(value), wideCode: wide.code, wideData: () => wide.write(value) };
}

function sized(type: "binary" | "string" | "symbol", content: Buffer): Encodings {
  return withSizes(type, content.length, (prefix) => Buffer.concat([prefix, content]));
}

function compound(type: "list" | "map", count: number, items: readonly AmqpValue[]): Encodings {
  return counted(type, count, Buffer.concat(items.map(encodeValue)));
}

/** A size, which includes the count, then the count, then the content. */
function counted(type: "list" | "map" | "array", count: number, content: Buffer): Encodings {
  const [code, wideCode] = SIZED_CODES[type];
  const wideData = (): Buffer => Buffer.concat([uint32(content.length + 4), uint32(count), content]);
  if (count > MAX_ONE_BYTE || content.length + 1 > MAX_ONE_BYTE) {
    return { code: wideCode, data: wideData(), wideCode, wideData };
  }
  return { code, data: Buffer.concat([Buffer.of(content.length + 1, count), content]), wideCode, wideData };
}

function withSizes(type: keyof typeof SIZED_CODES, size: number, join: (prefix: Buffer) => Buffer): Encodings {
  const [code, wideCode] = SIZED_CODES[type];
  const wideData = (): Buffer => join(uint32(size));
  return size > MAX_ONE_BYTE
    ? { code: wideCode, data: wideData(), wideCode, wideData }
    : { code, data: join(Buffer.of(size)), wideCode, wideData };
}

function emptyList(): Encodings {
  const wideData = (): Buffer => Buffer.concat([uint32(4), uint32(0)]);
  return { code: 0x45, data: NOTHING, wideCode: 0xd0, wideData };
}

/** The constructor stands once, before the elements, so all of them have the same encoding (AMQP 1.0, part 1.6.24). */
function arrayContent({ of, descriptor, value }: AmqpArray): Buffer {
  const elements = value.map((element) => {
    if (element.type !== of) throw new RangeError(`an array of ${of} has an element of the type ${element.type}`);
    return encodingsOf(element);
  });
  const code = elements[0]?.code ?? emptyArrayCode(of);
  const alike = elements.every((element) => element.code === code);
  const constructor = descriptor === undefined ? [] : [Buffer.of(DESCRIBED), encodeValue(descriptor)];
  const first = elements[0];
  if (alike || first === undefined) {
    return Buffer.concat([...constructor, Buffer.of(code), ...elements.map(({ data }) => data)]);
  }
  return Buffer.concat([...constructor, Buffer.of(first.wideCode), ...elements.map(({ wideData }) => wideData())]);
}

function emptyArrayCode(type: AmqpType): number {
  return type in SIZED_CODES
    ? SIZED_CODES[type as keyof typeof SIZED_CODES][0]
    : (FIXED_TYPES[type]?.at(-1)?.code ?? 0x40);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
