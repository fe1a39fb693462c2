import { describe, expect, it } from "vitest";
import { Event } from "../../src/event/index.ts";
import { XmlSyntaxError } from "../../src/xml/index.ts";
import { errorOf } from "./error-of.ts";
import { EVENTS } from "./hand-made-vocabulary.ts";

const BODY = `<Event xmlns="${EVENTS}"><Note>Größe €</Note></Event>`;

function utf16(text: string, mark = true): Buffer {
  return Buffer.from((mark ? "\uFEFF" : "") + text, "utf16le");
}

describe("reading an event", () => {
  const kept: readonly (readonly [what: string, text: string])[] = [
    ["as it is", BODY],
    ["with an XML declaration", `<?xml version="1.0"?>\n${BODY}`],
    ["with an XML declaration of UTF-8", `<?xml version='1.0' encoding='utf-8' standalone="yes" ?>${BODY}`],
    ["with white space, comments and instructions", `<!-- a -->\n<?b c?>\n${BODY}\n<!--d-->\n`],
    [
      "with white space, comments and instructions in the envelope",
      `<Event>\n <!-- a --> <?b?>\r\n\t<Note/> <![CDATA[ ]]> </Event>`,
    ],
    ["with line ends of Windows", BODY.replace("><", ">\r\n<")],
    ["with references and CDATA sections", "<Event><Note>&#65;&amp;<![CDATA[<]]></Note></Event>"],
    ["with odd white space in tags", `<Event  xmlns = '${EVENTS}' ><Note a='1'\n></Note ></Event >`],
    ["with prefixes", `<e:Event xmlns:e="${EVENTS}"><e:Note/></e:Event>`],
    ["with an envelope of another namespace", '<Event xmlns="urn:other"><Note xmlns=""/></Event>'],
    ["with an event called Event", "<Event><Event/></Event>"],
  ];

  it.each(kept)("keeps the very same bytes %s", (_, text) => {
    const bytes = Buffer.from(text);
    expect(Buffer.from(Event.parse(bytes).bytes).equals(bytes)).toBe(true);
    expect(Event.parse(bytes).toString()).toBe(text);
    expect(Buffer.from(Event.parse(text).bytes).equals(bytes)).toBe(true);
    expect(Event.parse(text).toString()).toBe(text);
  });

  it("keeps the byte order mark in the bytes, not in the text", () => {
    const bytes = Buffer.from(`\uFEFF${BODY}`);
    expect(Buffer.from(Event.parse(bytes).bytes).equals(bytes)).toBe(true);
    expect(Event.parse(bytes).toString()).toBe(BODY);
    expect(Event.parse(`\uFEFF${BODY}`).toString()).toBe(BODY);
  });

  const declared = (encoding: string): string =>
    `<?xml version="1.0" encoding="${encoding}" standalone="no"?>\n${BODY}`;
  const plain = `<?xml version="1.0" standalone="no"?>\n${BODY}`;
  const latin1 = `<Event xmlns="${EVENTS}"><Note>Größe</Note></Event>`;
  const converted: readonly (readonly [what: string, input: Uint8Array | string, text: string])[] = [
    ["UTF-16", utf16(BODY), BODY],
    ["UTF-16 that declares itself", utf16(declared("UTF-16")), plain],
    ["UTF-16 of the other byte order", utf16(declared("UTF-16")).swap16(), plain],
    ["UTF-16 without byte order mark", utf16(declared("UTF-16"), false), plain],
    [
      "ISO-8859-1",
      Buffer.from(`<?xml version="1.0" encoding='ISO-8859-1'?>${latin1}`, "latin1"),
      `<?xml version="1.0"?>${latin1}`,
    ],
    [
      "windows-1252",
      Buffer.from('<?xml version="1.0" encoding="windows-1252"?><Event><Note>\x80</Note></Event>', "latin1"),
      '<?xml version="1.0"?><Event><Note>€</Note></Event>',
    ],
    ["a string that was UTF-16 once", declared("UTF-16"), plain],
    [
      "a string that was ISO-8859-1 once",
      `<?xml version='1.0'\nencoding = 'ISO-8859-1' ?>${BODY}`,
      `<?xml version='1.0' ?>${BODY}`,
    ],
  ];

  it.each(converted)("converts %s to UTF-8", (_, input, text) => {
    const event = Event.parse(input);
    expect(event.toString()).toBe(text);
    expect(Buffer.from(event.bytes).toString()).toBe(text);
    expect(Event.parse(event.bytes).get("@none")).toBe(undefined);
    expect(Event.parse(event.bytes).document.documentElement.localName).toBe("Event");
  });

  it("reads a view into a larger buffer", () => {
    const bytes = Buffer.from(`<junk/>${BODY}<junk/>`);
    const view = new Uint8Array(bytes.buffer, bytes.byteOffset + "<junk/>".length, Buffer.byteLength(BODY));
    expect(Event.parse(view).toString()).toBe(BODY);
  });
});

describe("what is no event", () => {
  const rule = 'an event is an element "Event" around exactly one element and no text';
  const rows: readonly (readonly [text: string, found: string])[] = [
    ["<PhoneStatus/>", 'the document element is "PhoneStatus"'],
    ["<event><a/></event>", 'the document element is "event"'],
    ['<e:Note xmlns:e="urn:x"><Event><a/></Event></e:Note>', 'the document element is "e:Note"'],
    ["<Event/>", 'the element "Event" holds no element'],
    ["<Event>busy</Event>", 'the element "Event" holds no element'],
    ["<Event><!-- <a/> --></Event>", 'the element "Event" holds no element'],
    ["<Event><a/><b/></Event>", 'the element "Event" holds 2 elements ("a", "b")'],
    ["<Event><a/><b/><c/><d/></Event>", 'the element "Event" holds 4 elements ("a", "b", …)'],
    ["<Event> busy<a/></Event>", 'the element "Event" holds the text "busy"'],
    ["<Event><a/>\u00a0</Event>", 'the element "Event" holds the text "\u00a0"'],
    [`<Event><a/>${"x".repeat(50)}</Event>`, `the element "Event" holds the text "${"x".repeat(40)}…"`],
    ['<e:Event xmlns:e="urn:x"/>', 'the element "e:Event" holds no element'],
  ];

  it.each(rows)("is %s", (text, found) => {
    const expected = { name: "XqbusError", code: "xqbus:invalid-event", message: `${found}; ${rule}` };
    expect(errorOf(() => Event.parse(text))).toEqual(expected);
    expect(errorOf(() => Event.parse(Buffer.from(text)))).toEqual(expected);
  });

  it("is what is not well-formed", () => {
    expect(() => Event.parse("<Event><a></Event>")).toThrow(XmlSyntaxError);
    expect(errorOf(() => Event.parse("", { source: "status.xml" })).message).toMatch(/^status\.xml:1:1: /);
    expect(errorOf(() => Event.parse(Buffer.from([0x3c, 0xff]))).code).toBe("xqbus:not-well-formed");
    expect(errorOf(() => Event.parse("<!DOCTYPE Event><Event><a/></Event>")).code).toBe("xqbus:doctype-refused");
  });

  it("is what exceeds the given limits", () => {
    expect(errorOf(() => Event.parse("<Event><a/></Event>", { limits: { maxBytes: 10 } })).code).toBe(
      "xqbus:limit-exceeded",
    );
    expect(errorOf(() => Event.parse("<Event><a/></Event>", { limits: { maxDepth: 1 } })).code).toBe(
      "xqbus:limit-exceeded",
    );
  });

  it("is a value that is neither bytes nor a string", () => {
    expect(errorOf(() => Event.parse(null as unknown as string)).code).toBe("xqbus:illegal-argument");
  });
});
