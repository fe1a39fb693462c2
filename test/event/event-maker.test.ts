import assert from "node:assert/strict";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { UnknownNameError } from "../../src/schema/index.ts";
import type { Vocabulary } from "../../src/schema/index.ts";
import { Event, EventMaker, MadeElement } from "../../src/event/index.ts";
import { errorOf } from "./error-of.ts";
import { EVENTS, vocabulary } from "./hand-made-vocabulary.ts";

const PHONE_STATUS =
  `<Event xmlns="${EVENTS}"><PhoneStatus><CallerId>012345</CallerId>` +
  "<ReceiverId>12343424</ReceiverId><Status>busy</Status></PhoneStatus></Event>";

describe("an EventMaker", () => {
  it.each([
    ["new EventMaker(vocabulary)", () => new EventMaker(vocabulary)],
    ["EventMaker(vocabulary)", () => EventMaker(vocabulary)],
    ["new EventMaker(catalog)", () => new EventMaker({ vocabulary })],
    ["EventMaker()", () => EventMaker()],
    ["new EventMaker()", () => new EventMaker()],
  ])("called as %s writes the seed's example", (_, maker) => {
    const e = maker();
    const event = e.Event(e.PhoneStatus(e.CallerId("012345"), e.ReceiverId("12343424"), e.Status("busy")));
    expect(event).toBeInstanceOf(Event);
    expect(event.toString()).toBe(PHONE_STATUS);
    expect(Buffer.from(event.bytes).equals(Buffer.from(PHONE_STATUS))).toBe(true);
    expect(e).toBeInstanceOf(EventMaker);
  });

  it("writes names that are no identifiers", () => {
    const e = EventMaker<"my-name.1" | "Größe">(vocabulary);
    expect(e.Event(e["my-name.1"](e.Größe(3))).toString()).toBe(
      `<Event xmlns="${EVENTS}"><my-name.1><Größe>3</Größe></my-name.1></Event>`,
    );
  });

  it("refuses an unknown name as soon as it is looked up", () => {
    const e = EventMaker<"phonestatus">(vocabulary);
    expect(errorOf(() => e.phonestatus)).toEqual({
      name: "UnknownNameError",
      code: "xqbus:unknown-name",
      message: '"phonestatus" is not declared by the catalog (did you mean "PhoneStatus"?)',
    });
    expect(() => e.phonestatus).toThrow(UnknownNameError);
  });

  it("says nothing else where no name is similar", () => {
    const e = EventMaker<"Elephant">(vocabulary);
    expect(errorOf(() => e.Elephant).message).toBe('"Elephant" is not declared by the catalog');
  });

  it("tells whether a name is declared", () => {
    const e = EventMaker(vocabulary);
    expect(["PhoneStatus", "Elephant", "then", "Event", "element"].map((name) => name in e)).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  it("gives the same factory each time", () => {
    const e = EventMaker(vocabulary);
    expect(e.PhoneStatus).toBe(e.PhoneStatus);
  });

  it("has factories that work on their own", () => {
    const { Event: envelope, PhoneStatus, element } = EventMaker(vocabulary);
    expect(envelope(PhoneStatus(element("Status", "busy"))).get("Status")).toBe("busy");
  });

  it("knows the names that a catalog got later", () => {
    const empty: Vocabulary = { ...vocabulary, elementNames: () => [] };
    const catalog = { vocabulary: empty };
    const e = EventMaker(catalog);
    expect(errorOf(() => e.Status).code).toBe("xqbus:unknown-name");
    catalog.vocabulary = vocabulary;
    expect(e.Status("busy").name).toBe("Status");
  });

  it.each([
    ["a Promise of a catalog", Promise.resolve({ vocabulary }), "an instance of Promise"],
    ["a name", "PhoneStatus", "a string"],
    ["a number", 5, "a number"],
  ])("cannot take its names from %s", (_, source, kind) => {
    expect(errorOf(() => (EventMaker as (source: unknown) => unknown)(source))).toEqual({
      name: "XqbusError",
      code: "xqbus:illegal-argument",
      message: `the EventMaker cannot take its names from ${kind}; give a catalog (await loadCatalog()) or a vocabulary`,
    });
  });
});

describe("an EventMaker as a JavaScript object", () => {
  const e = EventMaker<"Status" | "Other">(vocabulary);

  it("can be awaited, although the catalog declares an element then", async () => {
    expect(await Promise.resolve(e)).toBe(e);
  });

  it("can be printed, compared, copied and turned into JSON and text", () => {
    for (const options of [{}, { showHidden: true, showProxy: true, customInspect: false, depth: 9 }]) {
      expect(inspect(e, options)).toContain("EventMaker");
    }
    expect(JSON.stringify({ e })).toBe('{"e":{}}');
    expect(`${String(e as unknown)} ${Object.prototype.toString.call(e)}`).toBe("[object Object] [object Object]");
    expect({ ...e }).toEqual({});
    assert.notDeepStrictEqual(e, { Status: 1 });
    expect(e).toEqual(e);
    expect(() => expect(e).toEqual({ a: 1 })).toThrow("to deeply equal");
    expect(() => expect({ a: 1 }).toEqual(e)).toThrow("to deeply equal");
    const probes = ["$$typeof", "@@__IMMUTABLE_ITERABLE__@@", "nodeType", "asymmetricMatch", "href", "inspect"];
    expect(probes.map((name) => Reflect.get(e, name) as unknown)).toEqual(probes.map(() => undefined));
  });

  it("cannot be changed", () => {
    const maker = e as unknown as Record<string, unknown>;
    for (const name of ["Status", "Other", "Event", "element", "then"]) {
      expect(() => (maker[name] = 1), name).toThrow(TypeError);
    }
    expect(e.Status("busy")).toBeInstanceOf(MadeElement);
  });

  it("leaves what the language looks up alone, and makes elements of these names with element()", () => {
    for (const name of ["toString", "valueOf", "hasOwnProperty"]) {
      expect(Reflect.get(e, name), name).toBe(Reflect.get(Object.prototype, name));
    }
    expect(e.constructor).toBe(EventMaker);
    expect(Object.keys(e)).toEqual([]);
    const names = ["then", "toJSON", "toString", "constructor", "__proto__", "element", "Event", "Status"];
    expect(names.map((name) => e.element(name, "a").toString())).toEqual(
      names.map((name) => `<${name} xmlns="${EVENTS}">a</${name}>`),
    );
  });

  it("has a factory for a declared name that consoles look up", () => {
    expect(EventMaker<"length">(vocabulary).length(5).toString()).toBe(`<length xmlns="${EVENTS}">5</length>`);
  });

  it.each(["Elephant", "valueOf", "", "a b", "{}", "{urn:x", "}"])("refuses element(%j)", (name) => {
    expect(errorOf(() => e.element(name)).code).toBe("xqbus:unknown-name");
  });
});

describe("the envelope", () => {
  const e = EventMaker<"PhoneStatus" | "Status">(vocabulary);
  const envelope = e.Event as (...content: readonly unknown[]) => Event;

  it("takes attributes on either side of the event", () => {
    const xml = `<Event xmlns="${EVENTS}" id="1"><Status>busy</Status></Event>`;
    expect(e.Event(e.Status("busy"), { id: 1 }).toString()).toBe(xml);
    expect(e.Event({ id: 1 }, e.Status("busy")).toString()).toBe(xml);
  });

  it("takes an array of one element", () => {
    expect(envelope([e.Status()]).name).toBe("Status");
  });

  const rows: readonly (readonly [found: string, content: readonly unknown[]])[] = [
    ["nothing", []],
    ["nothing", [{ id: 1 }]],
    ["text", ["busy"]],
    ["text", [""]],
    ["text", ["busy", e.PhoneStatus()]],
    ["2 elements", [e.PhoneStatus(), e.PhoneStatus()]],
    ["3 elements", [[e.PhoneStatus(), e.PhoneStatus()], e.Status()]],
  ];

  it.each(rows)("does not hold %s (row %#)", (found, content) => {
    expect(errorOf(() => envelope(...content))).toEqual({
      name: "XqbusError",
      code: "xqbus:illegal-content",
      message: `an Event holds exactly one event; found ${found}, give one element`,
    });
  });

  it("refuses what no element takes", () => {
    expect(errorOf(() => envelope(null)).message).toMatch(/^content of "Event" cannot be null; give /);
    expect(errorOf(() => envelope(e.Event(e.Status()))).message).toMatch(
      /^content of "Event" cannot be an instance of Event; /,
    );
  });
});
