import fc from "fast-check";
import rhea from "rhea";
import { describe, expect, it } from "vitest";
import { encodeMessage } from "../../src/amqp/encode-message.ts";
import { decodeMessage } from "../../src/amqp/message.ts";
import { ValueReader } from "../../src/amqp/value-reader.ts";
import { XqbusError } from "../../src/errors.ts";

const { types } = rhea;
const XML = "<Event/>";
const NOTHING_KNOWN = { deliveryCount: 0, applicationProperties: {} };
const FORM = "an event is XML in a data section, a string or a binary value";

function encoded(message: Record<string, unknown>): Buffer {
  return rhea.message.encode(message);
}

function textOf(document: Uint8Array | string): string {
  return typeof document === "string" ? document : Buffer.from(document).toString();
}

describe("an encoded event", () => {
  it("comes back with its bytes and properties", () => {
    const outgoing = fc.record({
      bytes: fc.uint8Array({ maxLength: 2_000 }),
      messageId: fc.string({ unit: "grapheme" }),
      subject: fc.string({ unit: "grapheme" }),
      creationTime: fc.date({ noInvalidDate: true }),
      durable: fc.boolean(),
    });
    fc.assert(
      fc.property(outgoing, (message) => {
        const { document, properties } = decodeMessage(encodeMessage(message));
        expect(Buffer.from(document as Uint8Array).equals(message.bytes)).toBe(true);
        const { messageId, subject, creationTime } = message;
        expect(properties).toEqual({
          ...NOTHING_KNOWN,
          messageId,
          subject,
          creationTime,
          contentType: "application/xml",
        });
      }),
    );
  });

  it("is read by rhea as one data section with header and properties", () => {
    const creationTime = new Date("2026-11-21T10:00:00Z");
    const bytes = Buffer.from(XML);
    const message = rhea.message.decode(
      encodeMessage({ bytes, messageId: "m-1", subject: "org.clacks.event.A", creationTime, durable: true }),
    );
    expect({ ...message, body: (message["body"] as { content: Buffer }).content.toString() }).toMatchObject({
      durable: true,
      message_id: "m-1",
      subject: "org.clacks.event.A",
      content_type: "application/xml",
      creation_time: creationTime,
      body: XML,
    });
  });
});

describe("a message of a foreign sender", () => {
  const data = (text: string): unknown => rhea.message.data_section(Buffer.from(text)) as unknown;
  const bodies: readonly [title: string, body: unknown][] = [
    ["a data section", data(XML)],
    ["several data sections", rhea.message.data_sections([Buffer.from("<Eve"), Buffer.from("nt/>")])],
    ["a string", XML],
    ["a binary value", Buffer.from(XML)],
    ["a symbol", types.wrap_symbol(XML)],
  ];

  it.each(bodies)("may hold the document in %s", (_title, body) => {
    const { document, properties } = decodeMessage(encoded({ body }));
    expect([textOf(document), properties]).toEqual([XML, NOTHING_KNOWN]);
  });

  const uuid = Buffer.from("0123456789abcdef0123456789abcdef", "hex");
  const ids: readonly [title: string, id: unknown, text: string][] = [
    ["text", "a-1", "a-1"],
    ["a small number", 7, "7"],
    ["a number beyond 2^53", types.wrap_ulong(Buffer.from("ffffffffffffffff", "hex")), "18446744073709551615"],
    ["a uuid", types.wrap_uuid(uuid), "01234567-89ab-cdef-0123-456789abcdef"],
    ["bytes", types.wrap_binary(Buffer.from([1, 255])), "01ff"],
  ];

  it.each(ids)("may have %s as message id and correlation id", (_title, id, text) => {
    const { properties } = decodeMessage(encoded({ message_id: id, correlation_id: id, body: XML }));
    expect(properties).toEqual({ ...NOTHING_KNOWN, messageId: text, correlationId: text });
  });

  it("shows its user, count and application properties", () => {
    const application_properties = {
      text: "é",
      yes: true,
      nothing: null,
      small: 5,
      negative: -5,
      fraction: 1.5,
      safe: types.wrap_long(2 ** 53 - 1),
      long: types.wrap_long(Buffer.from("8000000000000000", "hex")),
      ulong: types.wrap_ulong(Buffer.from("0020000000000000", "hex")) as unknown,
      time: new Date(5),
      bytes: Buffer.from([1]),
      uuid: types.wrap_uuid(uuid),
      char: types.wrap_char(0x1f600),
      list: [1, [2, "x"]],
      map: { a: { b: 1 } },
      described: types.wrap_described("v", "some:descriptor"),
      constructor: "c",
    };
    const { properties } = decodeMessage(
      encoded({ user_id: Buffer.from("müller"), delivery_count: 3, application_properties, body: XML }),
    );
    expect(properties).toEqual({
      userId: "müller",
      deliveryCount: 3,
      applicationProperties: {
        ...application_properties,
        safe: 2 ** 53 - 1,
        long: -(2n ** 63n),
        ulong: 2n ** 53n,
        uuid: "01234567-89ab-cdef-0123-456789abcdef",
        char: "😀",
        described: "v",
      },
    });
  });

  it("cannot reach the prototype of an object", () => {
    const application_properties = JSON.parse('{"__proto__": {"polluted": true}}') as unknown;
    const { properties } = decodeMessage(encoded({ application_properties, body: XML }));
    expect(Object.keys(properties.applicationProperties)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  const without: readonly [title: string, body: unknown, found: string][] = [
    ["nothing", undefined, "it has no body"],
    ["a list in a value", types.wrap_list([1]), "its amqp-value is a list"],
    ["a map", { a: 1 }, "its amqp-value is a map"],
    ["a number", 5, "its amqp-value is a number"],
    ["a date", new Date(0), "its amqp-value is not a string"],
    ["a sequence", rhea.message.sequence_section([1, 2]), "it has an amqp-sequence"],
  ];

  it.each(without)("with %s as body is refused", (_title, body, found) => {
    expect(() => decodeMessage(encoded({ body }))).toThrow(
      new XqbusError("xqbus:invalid-event", `the message holds no document: ${found}; ${FORM}`),
    );
  });

  const broken: readonly [title: string, hex: string, reason: string][] = [
    ["an unknown type", "00534afe", "unknown AMQP type 0xfe at byte 3"],
    ["a section without descriptor", "a10161", "a section without a descriptor"],
    ["data that ends too early", "005375a005aa", "5 bytes are missing at byte 5"],
    ["a size behind the end", "005373d0000000ff00000001", "a size of 255 at byte 8 reaches behind the end"],
    [
      "a list of four billion items",
      "005373d000000004ffffffff",
      "a count of 4294967295 before byte 12 is impossible in 0 bytes",
    ],
    [
      "an array of four billion nulls",
      "005377f000000005ffffffff40",
      "a count of 4294967295 before byte 13 is impossible in 1000 bytes",
    ],
    ["a map with an odd count", "005374c1020140", "a map with the odd count 1"],
    ["bytes behind a list", "005373c003014040", "1 bytes too many before byte 8"],
    ["text that is not UTF-8", "005377a101ff", "The encoded data was not valid for encoding utf-8"],
    ["a char beyond Unicode", "0053777300110000", "Invalid code point 1114112"],
    ["descriptors without end", "00".repeat(50), "more than 32 nested values at byte 33"],
    ["lists without end", `005377${"c0ff01".repeat(50)}`, "a size of 255 at byte 5 reaches behind the end"],
  ];

  it.each(broken)("with %s is refused", (_title, hex, reason) => {
    expect(() => decodeMessage(Buffer.from(hex, "hex"))).toThrow(
      new XqbusError("xqbus:invalid-event", `the message is not encoded as AMQP 1.0 says: ${reason}`),
    );
  });

  it("is read or refused, whatever its bytes are", () => {
    const mutated = fc
      .tuple(fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 }), fc.nat(300))
      .map(([changes, length]) => {
        const bytes = encoded({ subject: "s", application_properties: { a: [1, { b: "c" }] }, body: data(XML) });
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        return bytes.subarray(0, length);
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        try {
          decodeMessage(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: "XqbusError", code: "xqbus:invalid-event" });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("the value reader", () => {
  it("reads what rhea writes", () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.double({ noNaN: true }).filter((n) => !Number.isInteger(n)),
        fc.string({ unit: "grapheme" }),
        fc.date({ noInvalidDate: true }),
        fc.array(tie("value"), { maxLength: 5 }),
      ),
    })).value;
    fc.assert(
      fc.property(value, (written) => {
        expect(new ValueReader(encodedValue(written)).read()).toEqual(written);
      }),
    );
  });

  it("reads arrays of plain and of described values", () => {
    const array = encodedValue(types.wrap_array(["a", "b"], 0xa3, undefined));
    expect(new ValueReader(array).read()).toEqual(["a", "b"]);
    const described = Buffer.from("e0080200530154ff05", "hex");
    described[1] = described.length - 2;
    expect(new ValueReader(described).read()).toEqual([
      { descriptor: 1, value: -1 },
      { descriptor: 1, value: 5 },
    ]);
  });
});

/** The bytes of one value: rhea encodes messages only, so as their body, behind the three bytes of its descriptor. */
function encodedValue(value: unknown): Buffer {
  const message = encoded({ body: value });
  const body = message.lastIndexOf(Buffer.from([0x00, 0x53, 0x77]));
  return message.subarray(body + 3);
}
