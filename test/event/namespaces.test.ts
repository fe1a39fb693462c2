import { describe, expect, it } from "vitest";
import { EventMaker } from "../../src/event/index.ts";
import type { MadeElement } from "../../src/event/index.ts";
import type { Vocabulary } from "../../src/schema/index.ts";
import { internName } from "../../src/xml/index.ts";
import { errorOf } from "./error-of.ts";
import { EVENTS, FOREIGN, vocabulary } from "./hand-made-vocabulary.ts";

type Names = "PhoneStatus" | "Status" | "Foreign" | "Detail" | "Local" | "Inner" | "Shared" | "Either" | "Item";
const e = EventMaker<Names>(vocabulary);

/** What the envelope holds. */
function inEvent(element: MadeElement): string {
  const text = e.Event(element).toString();
  return text.slice(`<Event xmlns="${EVENTS}">`.length, -"</Event>".length);
}

describe("the namespace of an element", () => {
  const rows: readonly (readonly [what: string, element: MadeElement, xml: string])[] = [
    [
      "is not repeated where it stays the same",
      e.PhoneStatus(e.Status("a")),
      "<PhoneStatus><Status>a</Status></PhoneStatus>",
    ],
    [
      "is declared where it changes, and where it changes back",
      e.PhoneStatus(e.Foreign(e.Detail("a"), e.Status("b")), e.Status("c")),
      `<PhoneStatus><Foreign xmlns="${FOREIGN}"><Detail>a</Detail><Status xmlns="${EVENTS}">b</Status></Foreign><Status>c</Status></PhoneStatus>`,
    ],
    [
      "can be none",
      e.PhoneStatus(e.Local(e.Inner("a")), e.Local()),
      '<PhoneStatus><Local xmlns=""><Inner>a</Inner></Local><Local xmlns=""/></PhoneStatus>',
    ],
    [
      "stands before attributes",
      e.PhoneStatus(e.Local({ id: 1 })),
      '<PhoneStatus><Local xmlns="" id="1"/></PhoneStatus>',
    ],
    [
      "is the parent's where the name is declared in several",
      e.PhoneStatus(e.Shared("a"), e.Foreign(e.Shared("b"))),
      `<PhoneStatus><Shared>a</Shared><Foreign xmlns="${FOREIGN}"><Shared>b</Shared></Foreign></PhoneStatus>`,
    ],
    [
      "is the envelope's where the parent's does not declare the name",
      e.PhoneStatus(e.Local(e.Shared("a"))),
      `<PhoneStatus><Local xmlns=""><Shared xmlns="${EVENTS}">a</Shared></Local></PhoneStatus>`,
    ],
    [
      "is the first declared where neither of them declares the name",
      e.PhoneStatus(e.Either("a"), e.Local(e.Either("b"))),
      `<PhoneStatus><Either xmlns="${FOREIGN}">a</Either><Local xmlns=""><Either>b</Either></Local></PhoneStatus>`,
    ],
    [
      "follows from what the parent's turned out to be",
      e.Foreign(e.Item(e.Item("a"))),
      `<Foreign xmlns="${FOREIGN}"><Item><Item>a</Item></Item></Foreign>`,
    ],
    [
      "can be said",
      e.PhoneStatus(e.element("{}Item", "a"), e.element(`{${FOREIGN}}Item`, "b"), e.element(`{${EVENTS}}Item`, "c")),
      `<PhoneStatus><Item xmlns="">a</Item><Item xmlns="${FOREIGN}">b</Item><Item>c</Item></PhoneStatus>`,
    ],
  ];

  it.each(rows)("%s", (_, element, xml) => {
    expect(inEvent(element)).toBe(xml);
  });

  it("is found anew in each place where an element is used", () => {
    const shared = e.Shared("a");
    expect(inEvent(e.Foreign(shared))).toBe(`<Foreign xmlns="${FOREIGN}"><Shared>a</Shared></Foreign>`);
    expect(inEvent(e.PhoneStatus(shared))).toBe("<PhoneStatus><Shared>a</Shared></PhoneStatus>");
  });

  it("is the one that the event reports", () => {
    expect([e.Event(e.PhoneStatus()).namespace, e.Event(e.Shared()).namespace, e.Event(e.Foreign()).namespace]).toEqual(
      [EVENTS, EVENTS, FOREIGN],
    );
  });

  it("has to be one that declares the name", () => {
    expect(errorOf(() => e.element("{urn:x}Status"))).toEqual({
      name: "UnknownNameError",
      code: "xqbus:unknown-name",
      message: `"{urn:x}Status" is not declared by the catalog (did you mean "{${EVENTS}}Status"?)`,
    });
  });

  it("is escaped like any other attribute", () => {
    const awkward: Vocabulary = {
      namespace: 'urn:a"&<b',
      eventNames: [],
      elementNames: (localName) => [internName('urn:a"&<b', localName)],
      suggest: () => undefined,
    };
    const event = EventMaker<"A">(awkward);
    expect(event.Event(event.A()).toString()).toBe('<Event xmlns="urn:a&quot;&amp;&lt;b"><A/></Event>');
    expect(event.Event(event.A()).element.name.namespace).toBe('urn:a"&<b');
  });

  it("can be none for the whole catalog", () => {
    const plain = EventMaker<"A">({
      namespace: "",
      eventNames: ["A"],
      elementNames: (localName) => [internName("", localName)],
      suggest: () => undefined,
    });
    expect(plain.Event(plain.A("a")).toString()).toBe("<Event><A>a</A></Event>");
  });
});
