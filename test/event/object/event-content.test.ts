import { describe, expect, it } from "vitest";
import { Event, EventMaker, fromObject, toJson, toObject } from "../../../src/event/index.ts";
import { EVENTS, catalogOfType, event } from "./harness.ts";

const PHONE = event("<PhoneStatus><CallerId>1</CallerId><ReceiverId>2</ReceiverId><Status>busy</Status></PhoneStatus>");
const SIZE = `<xs:complexType><xs:sequence><xs:element name="Size" type="xs:int"/></xs:sequence></xs:complexType>`;

describe("the content of an event", () => {
  it("has the types of the default directories", () => {
    expect(Event.parse(PHONE).content).toStrictEqual({ CallerId: "1", ReceiverId: "2", Status: "busy" });
  });

  it("has the types of the catalog that the event was read, made or written with", async () => {
    const catalog = await catalogOfType(SIZE);
    const maker = EventMaker<string>(catalog);
    const events = [
      Event.parse(event("<T><Size>5</Size></T>"), { catalog }),
      maker.Event(maker.element("T", maker.element("Size", 5))),
      fromObject("T", { Size: 5 }, catalog),
    ];
    for (const each of events) {
      expect(each.content).toStrictEqual({ Size: 5 });
      expect(JSON.stringify(each)).toBe('{"T":{"Size":5}}');
    }
  });

  it("is untyped where the catalog does not know the event", () => {
    const unknown = Event.parse(event("<T><Size>5</Size></T>"));
    expect(unknown.content).toStrictEqual({ "#content": [{ Size: "5" }] });
  });

  it("is made once and cannot be changed", () => {
    const { content } = Event.parse(PHONE);
    const read = Event.parse(PHONE);
    expect(read.content).toBe(read.content);
    expect(Object.isFrozen(content)).toBe(true);
    const log = Event.parse(
      event("<UserSession><Id>1</Id><User><Name>a</Name><Name>b</Name></User></UserSession>"),
    ).content;
    expect(log).toStrictEqual({ Id: "1", User: { Name: ["a", "b"] } });
    expect([log["User"], (log["User"] as { Name: unknown }).Name].every(Object.isFrozen)).toBe(true);
  });

  it("can be had to change", () => {
    const read = Event.parse(PHONE);
    expect(fromObject("PhoneStatus", { ...toObject(read), Status: "idle" }).get("Status")).toBe("idle");
  });

  it("has the name of the event in JSON, with its namespace where that is not the catalog's", async () => {
    const catalog = await catalogOfType(SIZE);
    expect(toJson(Event.parse(event("<T><Size>5</Size></T>")), catalog)).toEqual({ T: { Size: 5 } });
    expect(JSON.stringify(Event.parse(event('<x xmlns="urn:x"/>')))).toBe('{"Q{urn:x}x":{"#content":[]}}');
    expect(toJson(Event.parse(event("<__proto__/>")), catalog)).toEqual(JSON.parse('{"__proto__":{"#content":[]}}'));
  });

  it("makes an event in the namespace of the catalog", () => {
    expect(fromObject("ClientPoll", {}).toString()).toBe(`<Event xmlns="${EVENTS}"><ClientPoll/></Event>`);
  });
});
