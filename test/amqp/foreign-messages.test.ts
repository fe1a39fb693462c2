import rhea from "rhea";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AMQPEventConsumer, type ConsumerOptions } from "../../src/amqp/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import { ScriptedBroker, type Script } from "./scripted-broker.ts";
import { expectSilence } from "./silence.ts";

const XML = "<Event><Greeting><Text>é€😀</Text></Greeting></Event>";
const LATIN1 = Buffer.from(
  '<?xml version="1.0" encoding="ISO-8859-1"?><Event><Greeting><Text>\xe9</Text></Greeting></Event>',
  "latin1",
);

const cleanUps: (() => unknown)[] = [];

expectSilence();

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function encoded(message: Record<string, unknown>): Buffer {
  return rhea.message.encode(message);
}

function data(bytes: Buffer): unknown {
  return rhea.message.data_section(bytes) as unknown;
}

interface Result {
  readonly texts: string[];
  readonly outcomes: readonly string[];
  readonly reasons: object[];
  readonly errors: XqbusError[];
}

/** What a consumer makes of the messages; the last one must be an event, so that the consumer is seen to go on. */
async function consume(
  messages: readonly Buffer[],
  options: ConsumerOptions = {},
  script: Script = {},
): Promise<Result> {
  const reasons: object[] = [];
  const broker = await ScriptedBroker.start({
    ...script,
    onOutcome: (_outcome, { remote_state }) => {
      const error: unknown = remote_state?.["error"];
      if (typeof error === "object" && error !== null) reasons.push(error);
    },
  });
  cleanUps.push(() => broker.close());
  const texts: string[] = [];
  const errors: XqbusError[] = [];
  const consumer = await AMQPEventConsumer.open(broker.url(), {
    callback: (event) => void texts.push(event.element.localName + (event.get("Text") ?? "")),
    onError: (error) => errors.push(error),
    ...options,
  });
  cleanUps.push(() => consumer.close());
  for (const message of messages) broker.publish(message);
  await vi.waitFor(() => expect(broker.outcomes).toHaveLength(messages.length), { timeout: 20_000 });
  return { texts, outcomes: broker.outcomes, reasons, errors };
}

describe("a message of a foreign sender", () => {
  const good: readonly [title: string, message: Buffer, text: string][] = [
    ["a data section without properties", encoded({ body: data(Buffer.from(XML)) }), "Greetingé€😀"],
    ["a string", encoded({ body: XML }), "Greetingé€😀"],
    ["a binary value", encoded({ body: Buffer.from(XML) }), "Greetingé€😀"],
    [
      "several data sections",
      encoded({ body: rhea.message.data_sections([...Buffer.from(XML)].map((b) => Buffer.of(b))) }),
      "Greetingé€😀",
    ],
    ["another encoding", encoded({ body: data(LATIN1) }), "Greetingé"],
    ["a string with an XML declaration", encoded({ body: `<?xml version="1.0"?>${XML}` }), "Greetingé€😀"],
    ["UTF-16", encoded({ body: data(Buffer.from(`\ufeff${XML}`, "utf16le")) }), "Greetingé€😀"],
    ["a byte order mark", encoded({ body: data(Buffer.from(`\ufeff${XML}`)) }), "Greetingé€😀"],
  ];

  it.each(good)("with the event in %s is read", async (_title, message, text) => {
    expect(await consume([message])).toEqual({ texts: [text], outcomes: ["accepted"], reasons: [], errors: [] });
  });

  it("gives the filter its properties with their types", async () => {
    const { types } = rhea;
    const application_properties = {
      long: types.wrap_long(Buffer.from("0000000100000001", "hex")),
      ulong: types.wrap_ulong(7) as unknown,
      byte: types.wrap_byte(-3) as unknown,
      double: types.wrap_double(5),
      yes: true,
      text: "012345",
      when: types.wrap_timestamp(1_000),
      list: [1],
    };
    const xquery = `
      declare variable $long external;   declare variable $ulong external;  declare variable $byte external;
      declare variable $double external; declare variable $yes external;    declare variable $text external;
      declare variable $when external;   declare variable $list as xs:string? external;
      $long instance of xs:integer and $long = 4294967297 and $ulong + $byte = 4 and $double instance of xs:double
        and $yes = true() and $text = '012345' and $when = xs:dateTime('1970-01-01T00:00:01Z') and empty($list)
        and $msg:subject = 'a.b' and $msg:delivery-count = 0`;
    const matching = encoded({ subject: "a.b", application_properties, body: XML });
    const other = encoded({ subject: "a.c", application_properties, body: XML });
    const missing = encoded({ subject: "a.b", body: XML });
    const { errors, ...rest } = await consume([matching, other, missing], { xquery });
    expect(rest).toEqual({
      texts: ["Greetingé€😀"],
      outcomes: ["accepted", "accepted", "accepted"],
      reasons: [],
    });
    expect(errors).toMatchObject([{ code: "XPDY0002" }]);
  });

  const bad: readonly [title: string, message: Buffer, reason: RegExp][] = [
    ["text that is no XML", encoded({ body: "hello" }), /./],
    ["XML that is not well-formed", encoded({ body: data(Buffer.from("<Event><A></Event>")) }), /./],
    ["a DOCTYPE", encoded({ body: `<!DOCTYPE a>${XML}` }), /DOCTYPE/],
    ["another document element", encoded({ body: "<Other><A/></Other>" }), /"Other"/],
    ["two events", encoded({ body: "<Event><A/><B/></Event>" }), /2 elements/],
    ["an empty body", encoded({ body: data(Buffer.alloc(0)) }), /./],
    ["no body", encoded({}), /it has no body/],
    ["a list", encoded({ body: [1, 2] }), /a list/],
    ["bytes that are no AMQP message", Buffer.from("deadbeef", "hex"), /not encoded as AMQP 1\.0 says/],
    ["no bytes at all", Buffer.alloc(0), /it has no body/],
    ["an array of four billion nulls", Buffer.from("005377f000000005ffffffff40", "hex"), /impossible/],
  ];

  it.each(bad)("with %s is rejected, counted and reported, and the next one comes", async (_title, message, reason) => {
    const { errors, reasons, ...rest } = await consume([message, encoded({ body: XML })]);
    expect(rest).toEqual({ texts: ["Greetingé€😀"], outcomes: ["rejected", "accepted"] });
    expect(errors).toMatchObject([{ code: "xqbus:invalid-event", message: reason }]);
    expect(reasons).toMatchObject([{ condition: "xqbus:invalid-event", description: reason }]);
  });

  it("that is too large is rejected without being kept, and the next one comes", async () => {
    const limits = { maxBytes: 100_000 };
    const large = encoded({ body: data(Buffer.alloc(5_000_000, 0x20)) });
    const { errors, ...rest } = await consume([large, encoded({ body: XML })], { limits });
    expect(rest).toMatchObject({ texts: ["Greetingé€😀"], outcomes: ["rejected", "accepted"] });
    expect(errors).toMatchObject([
      { code: "xqbus:limit-exceeded", message: "the message is larger than 165536 bytes (option limits.maxBytes)" },
    ]);
  });

  it("may be as large as the limit", async () => {
    const event = `<Event><Greeting>${" ".repeat(1_000_000)}</Greeting></Event>`;
    const limits = { maxBytes: event.length };
    expect(await consume([encoded({ body: event })], { limits })).toMatchObject({ outcomes: ["accepted"], errors: [] });
  });

  it("has its reason cut short for the broker, not for onError", async () => {
    const name = "x".repeat(900);
    const message = encoded({ body: `<Event><${name}/><${name}/></Event>` });
    const { errors, reasons } = await consume([message, encoded({ body: XML })]);
    expect((reasons[0] as { description: string }).description).toHaveLength(1_000);
    expect(errors[0]?.message.length).toBeGreaterThan(1_800);
  });

  it("that is settled before it is sent is handled as well", async () => {
    const broker = await ScriptedBroker.start({
      onAttach: (link) => {
        if (link.is_receiver()) return false;
        link.set_source({ address: "org.clacks" });
        link.on("sendable", () => {
          const sender = link as unknown as { send(message: Buffer, tag: undefined, format: number): object };
          if (sent++ < 3) Object.assign(sender.send(encoded({ body: XML }), undefined, 0), { settled: true });
        });
        return true;
      },
    });
    let sent = 0;
    cleanUps.push(() => broker.close());
    const consumer = await AMQPEventConsumer.open(broker.url(), { prefetch: 1, callback: () => undefined });
    cleanUps.push(() => consumer.close());
    await vi.waitFor(() => expect(consumer.counts.matched).toBe(3), { timeout: 20_000 });
  });
});
