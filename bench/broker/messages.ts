/** The three kinds of messages that the benchmark sends; each has a body of about 400 bytes. */
export type Payload = "text" | "durable" | "event";

const BODY_BYTES = 400;
/** header (AMQP 1.0, part 3.2.1) with durable = true. */
const DURABLE = Buffer.from([0x00, 0x53, 0x70, 0xc0, 0x02, 0x01, 0x41]);
/** properties (part 3.2.4): six nulls, then the content-type. */
const XML_CONTENT = Buffer.concat([
  Buffer.from([0x00, 0x53, 0x73, 0xc0, 0x18, 0x07, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0xa3, 0x0f]),
  Buffer.from("application/xml"),
]);
/** The value that the matching filters look for. */
export const RECEIVER_ID = "SIP/voice.gonicus.de/4711";

const EVENT = Buffer.from(
  `<?xml version="1.0" encoding="UTF-8"?>
<Event xmlns="http://www.gonicus.de/Events">
  <PhoneStatus>
    <CallerId>+49302312504711</CallerId>
    <ReceiverId>${RECEIVER_ID}</ReceiverId>
    <Status>${"busy since this morning; ".repeat(8).trim()}</Status>
  </PhoneStatus>
</Event>
`,
);

/** One encoded message. The body of a text has room for a time at its start; see {@link stampTime}. */
export function messageOf(payload: Payload): Buffer {
  if (payload === "event") return Buffer.concat([XML_CONTENT, dataSection(EVENT)]);
  const body = dataSection(Buffer.alloc(BODY_BYTES, "x"));
  return payload === "durable" ? Buffer.concat([DURABLE, body]) : body;
}

/** Writes a time in ms into the last 8 bytes of an encoded message. */
export function stampTime(message: Buffer, timeMs: number): Buffer {
  const stamped = Buffer.from(message);
  stamped.writeDoubleBE(timeMs, stamped.length - 8);
  return stamped;
}

/** The time that {@link stampTime} wrote; `frame` may go on behind the message. */
export function timeOf(frame: Buffer): number {
  return frame.readDoubleBE(frame.readUInt32BE(0) - 8);
}

/** data (part 3.2.6). */
function dataSection(body: Buffer): Buffer {
  const header = Buffer.from([0x00, 0x53, 0x75, 0xb0, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}
