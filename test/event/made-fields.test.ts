import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Event, EventMaker, fieldReader, type MadeElement } from "../../src/event/index.ts";
import { fieldsInMarkup } from "../../src/event/made-fields.ts";

/** Without the types of the shipped events: what is made here need not be valid. */
const e = new EventMaker() as unknown as Record<string, (...content: unknown[]) => MadeElement>;

function eventOf(content: MadeElement): Event {
  return e["Event"]?.(content) as unknown as Event;
}

function phone(...content: unknown[]): Event {
  return eventOf(element("PhoneStatus", ...content));
}

function element(name: string, ...content: unknown[]): MadeElement {
  const factory = e[name];
  if (factory === undefined) throw new Error(`no factory ${name}`);
  return factory(...content);
}

const FIELDS = ["CallerId", "ReceiverId", "Status", "Absent"];

function fieldsOf(event: Event): (string | undefined)[] {
  return FIELDS.map(fieldReader(event));
}

describe("the fields of an event", () => {
  it("are what the tree says, whatever their text is", () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom(..."<>&\"'\r\n\t ]/="), fc.string({ unit: "grapheme", maxLength: 1 })),
    });
    const legal = text.filter((each) => !/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(each));
    fc.assert(
      fc.property(legal, legal, legal, (caller, receiver, note) => {
        const fieldsGiven = [element("CallerId", caller), element("ReceiverId", receiver), element("Status")];
        const made = phone({ "xml:lang": note }, ...fieldsGiven);
        const fields = fieldsOf(made);
        expect(fields).toEqual(FIELDS.map((name) => made.get(name)));
        expect(fieldsOf(Event.parse(made.bytes))).toEqual(fields);
      }),
    );
  });

  it("are those of the first of several, and of the tree where they have child elements", () => {
    const status = (text: string): MadeElement => element("Status", text);
    const caller = element("CallerId", status("c"));
    const made = phone(status("a"), status("b"), caller, element("ReceiverId", "d"));
    expect(fieldsOf(made)).toEqual(["c", "d", "a", undefined]);
  });

  it.each(["<!-- -->", "<?p?>", "<![CDATA[x]]>"])("are not read off markup with %s", (part) => {
    expect(fieldsInMarkup(`<Event><A>${part}</A></Event>`)).toBeUndefined();
  });

  it("are read past prefixes, attributes and depth", () => {
    const markup = `<x:Event a="<>/"><x:A b=">"><x:B c="/>">1</x:B><C/><D><B>2</B></D><F>&#x1F600;&#13;&lt;&amp;lt;</F></x:A></x:Event>`;
    expect([...(fieldsInMarkup(markup) ?? [])]).toEqual([
      ["B", "1"],
      ["C", ""],
      ["D", null],
      ["F", "😀\r<&lt;"],
    ]);
    expect(fieldsInMarkup("<Event")).toBeUndefined();
  });
});
