import rhea from "rhea";
import { describe, expect, it } from "vitest";
import { checkMessage, withDeliveryCount } from "../../../src/broker/protocol/message-sections.ts";
import { ProtocolFault } from "../../../src/broker/protocol/protocol-fault.ts";

const BODY = "005375a00101";

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(" ", ""), "hex");
}

describe("A message", () => {
  it.each([
    ["with a body alone", BODY],
    ["with several data sections", BODY + BODY],
    ["with several sequences", "00537645 00537645"],
    ["with a value", "00537740"],
    ["with all sections", `00537045 005371c10100 005372c10100 00537345 005374c10100 ${BODY} 005378c10100`],
    ["with a long descriptor", "0080000000000000 0075a00101"],
  ])("%s is taken", (_name, text) => {
    checkMessage(hex(text));
  });

  it.each([
    ["without a body", "00537045", "it has no body section"],
    ["with sections in the wrong order", `${BODY} 00537345`, "section 0x73 follows 0x75"],
    ["with two headers", `00537045 00537045 ${BODY}`, "section 0x70 follows 0x70"],
    ["with two values", "00537740 00537740", "section 0x77 follows 0x77"],
    ["with data and a value", `${BODY} 00537740`, "section 0x77 follows 0x75"],
    ["with an unknown section", `${BODY} 00537945`, "section 0x79 follows 0x75"],
    ["with a string for data", "005375a10161", "section 0x75 has type 0xa1"],
  ])("%s is not taken", (_name, text, problem) => {
    expect(() => checkMessage(hex(text))).toThrow(
      new ProtocolFault("amqp:decode-error", `the message is not well-formed: ${problem}`),
    );
  });

  it.each([
    ["a header with too many fields", "005370c00706404040404040", "header has 6 fields; expected 5"],
    ["a header with a wrong field", "005370c0020143", "header.durable has type 0x43; expected boolean"],
    ["bytes that end too early", "005375a00501", "5 bytes wanted where 1 are left, at byte 5"],
    ["a section that is not described", "40", "type 0x40; expected a described value, at byte 0"],
    ["an unknown symbol", "00a30161", "a descriptor that is a symbol and none of AMQP 1.0, at byte 4"],
    [
      "a descriptor of another type",
      "00a10161",
      "a descriptor of type 0xa1; expected a number (ulong) or a symbol, at byte 1",
    ],
  ])("with %s is not taken", (_name, text, problem) => {
    expect(() => checkMessage(hex(text))).toThrow(new ProtocolFault("amqp:decode-error", problem));
  });
});

describe("A message that failed", () => {
  it.each([
    ["gets a header", BODY, "005370c00a05 40404040 7000000002"],
    [
      "keeps the other fields of its header",
      `005370c00b05 41 5007 700000ffff 42 43 ${BODY}`,
      "005370c00f05 41 5007 700000ffff 42 7000000002",
    ],
    ["keeps a short header", `005370c0020141 ${BODY}`, "005370c00a05 41404040 7000000002"],
    ["keeps an empty header", `00537045 ${BODY}`, "005370c00a05 40404040 7000000002"],
    ["counts from zero on", `005370c00504 40404040 ${BODY}`, "005370c00a05 40404040 7000000002"],
    ["counts on from a number", `005370c00705 40404040 5205 ${BODY}`, "005370c00a05 40404040 7000000007"],
    ["stops at the largest number", `005370c00a05 40404040 70ffffffff ${BODY}`, "005370c00a05 40404040 70ffffffff"],
  ])("%s", (_name, before, header) => {
    expect(withDeliveryCount(hex(before), 2).toString("hex")).toBe(hex(header + BODY).toString("hex"));
  });

  it("is the same for its consumer, but for the count", () => {
    const message = {
      durable: true,
      ttl: 70_000,
      subject: "s",
      application_properties: { a: 1 },
      body: rhea.message.data_section(Buffer.from("<Event/>")) as unknown,
    };
    const decoded = rhea.message.decode(withDeliveryCount(rhea.message.encode(message), 3));
    expect({ ...decoded }).toMatchObject({ ...message, delivery_count: 3 });
  });
});
