import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { bytesOf, Event, EventMaker } from "../../src/event/index.ts";
import { errorOf } from "./error-of.ts";
import { EVENTS, vocabulary } from "./hand-made-vocabulary.ts";

const e = EventMaker<"PhoneStatus" | "CallerId" | "Status" | "Name" | "Note" | "Foreign" | "Detail">(vocabulary);

describe("an Event", () => {
  const text =
    `<Event xmlns="${EVENTS}"><PhoneStatus><CallerId>äöü</CallerId>` + "<Status>busy</Status></PhoneStatus></Event>";
  const made = e.Event(e.PhoneStatus(e.CallerId("äöü"), e.Status("busy")));
  const read = Event.parse(Buffer.from(text));

  describe.each([
    ["made by the maker", made],
    ["read from bytes", read],
    ["read from a string", Event.parse(text)],
  ])("%s", (_, event) => {
    it("has text, bytes, name, namespace and document", () => {
      expect(event.toString()).toBe(text);
      expect(Buffer.from(event.bytes).toString()).toBe(text);
      expect([event.name, event.namespace]).toEqual(["PhoneStatus", EVENTS]);
      expect(event.document.documentElement.localName).toBe("Event");
      expect(event.element.localName).toBe("PhoneStatus");
    });

    it("reads its document once", () => {
      expect(event.document).toBe(event.document);
      expect(event.element).toBe(event.element);
    });

    it("can be written for people", () => {
      expect(event.toString({ pretty: true })).toBe(
        [
          `<Event xmlns="${EVENTS}">`,
          "  <PhoneStatus>",
          "    <CallerId>äöü</CallerId>",
          "    <Status>busy</Status>",
          "  </PhoneStatus>",
          "</Event>",
        ].join("\n"),
      );
      expect(event.toString({ pretty: false })).toBe(text);
    });

    it("shows itself as XML", () => {
      expect(`${String(event)}\n${inspect(event)}\n${inspect({ event }, { breakLength: Infinity })}`).toBe(
        `${text}\n${text}\n{ event: ${text} }`,
      );
    });

    it("gives bytes that are the caller's to change", () => {
      event.bytes.fill(0);
      expect(Buffer.from(event.bytes).toString()).toBe(text);
      expect(event.bytes).not.toBe(event.bytes);
    });

    it("gives senders its bytes without a copy", () => {
      expect(bytesOf(event)).toBe(bytesOf(event));
      expect(Buffer.from(bytesOf(event)).toString()).toBe(text);
    });

    it("cannot be changed", () => {
      const record = event as unknown as Record<string, unknown>;
      for (const name of ["bytes", "name", "namespace", "document", "element", "get", "toString", "other"]) {
        expect(() => (record[name] = 1), name).toThrow(TypeError);
      }
      expect(() => Object.defineProperty(event, "name", { value: "Other" })).toThrow(TypeError);
      expect(event.name).toBe("PhoneStatus");
    });
  });

  it("does not follow the bytes that it was read from", () => {
    const bytes = Buffer.from(text);
    const event = Event.parse(bytes);
    bytes.fill(0x20);
    expect(event.toString()).toBe(text);
    expect(Buffer.from(event.bytes).toString()).toBe(text);
  });

  it("can be as large as the maker made it", () => {
    const event = e.Event(e.PhoneStatus(e.Note("x".repeat(5_000_000)), Object.fromEntries(attributes(300))));
    expect(event.get("Note")?.length).toBe(5_000_000);
    expect(event.element.attributes.length).toBe(300);
  });
});

describe("the fields of an event", () => {
  const event = e.Event(
    e.PhoneStatus(
      { id: "7", "xml:lang": "de" },
      e.Name({ id: "a" }, "first"),
      e.Note("some ", e.Name({ id: "b" }, "inner"), " text"),
      e.Name("second"),
      e.Name(),
      e.Foreign(e.Detail("far")),
    ),
  );

  const rows: readonly (readonly [path: string, values: readonly string[]])[] = [
    ["Name", ["first", "second", ""]],
    ["Note", ["some inner text"]],
    ["Note/Name", ["inner"]],
    ["Foreign/Detail", ["far"]],
    ["Name/@id", ["a"]],
    ["Note/Name/@id", ["b"]],
    ["@id", ["7"]],
    ["@lang", ["de"]],
    ["Elephant", []],
    ["Name/Name", []],
    ["PhoneStatus", []],
    ["PhoneStatus/Name", []],
    ["@elephant", []],
    ["Elephant/@id", []],
  ];

  it.each(rows)("at %s are %j", (path, values) => {
    expect(event.getAll(path)).toEqual(values);
    expect(event.get(path)).toBe(values[0]);
  });

  it.each([
    "",
    "/",
    "/Name",
    "Name/",
    "Name//Name",
    ".",
    "*",
    "e:Name",
    "@",
    "@id/Name",
    "Name[1]",
    " Name",
    "@@id",
    "a b",
  ])("are not at the path %j", (path) => {
    expect(errorOf(() => event.get(path))).toEqual({
      name: "XqbusError",
      code: "xqbus:illegal-argument",
      message:
        `${JSON.stringify(path)} is not a path; give local names separated by "/", ` +
        'the last one may be an @attribute: "CallerId", "NetworkDevice/@id"',
    });
  });
});

function attributes(count: number): [string, number][] {
  return Array.from({ length: count }, (_, index) => [`a${index}`, index]);
}
