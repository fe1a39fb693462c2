import fc from "fast-check";
import { parseXmlDocument } from "slimdom";
import { describe, expect, it } from "vitest";
import { Event, EventMaker } from "../../src/event/index.ts";
import type { MadeElement } from "../../src/event/index.ts";
import { XmlElement, XmlText, isXmlChar } from "../../src/xml/index.ts";
import { errorOf } from "./error-of.ts";
import { EVENTS, vocabulary } from "./hand-made-vocabulary.ts";

/** What a caller asks for. */
interface Plan {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: readonly (string | Plan)[];
}

/** What a reader finds: adjacent text is one text, and empty text is none. */
interface Found {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: readonly (string | Found)[];
}

const e = EventMaker(vocabulary);
const names = [
  "Status",
  "Name",
  "Note",
  "Foreign",
  "Detail",
  "Local",
  "Inner",
  "Shared",
  "Either",
  "Item",
  "my-name.1",
  "Größe",
];

const xmlString = fc
  .string({ unit: "binary", size: "small" })
  .map((s) => [...s].filter((c) => isXmlChar(c.codePointAt(0) ?? 0)).join(""));
const awkwardString = fc.constantFrom("]]>", "<!--", "&amp;", "\r\n", "\r", " ", "\t", "", "<![CDATA[", "\u0085\u2028");
const text = fc.oneof({ weight: 3, arbitrary: xmlString }, awkwardString);
const attributes = fc.dictionary(fc.constantFrom("a", "b", "c-1", "ä", "__proto__x"), text, { maxKeys: 3 });

const { plan } = fc.letrec<{ plan: Plan; content: string | Plan }>((tie) => ({
  content: fc.oneof({ depthSize: "small", withCrossShrink: true }, text, tie("plan")),
  plan: fc.record({
    name: fc.constantFrom(...names),
    attributes,
    content: fc.array(tie("content"), { maxLength: 4 }),
  }),
}));

function make({ name, attributes, content }: Plan): MadeElement {
  return e.element(name, attributes, ...content.map((part) => (typeof part === "string" ? part : make(part))));
}

/** The rule of the contract: the only namespace, else the parent's, else the catalog's, else the first. */
function expected({ name, attributes, content }: Plan, parentNamespace: string): Found {
  const declared = vocabulary.elementNames(name).map(({ namespace }) => namespace);
  const wanted = [parentNamespace, EVENTS].find((candidate) => declared.includes(candidate));
  const namespace = wanted ?? declared[0] ?? "";
  const parts = content.map((part) => (typeof part === "string" ? part : expected(part, namespace)));
  return { name, namespace, attributes: { ...attributes }, content: merged(parts) };
}

function merged(parts: readonly (string | Found)[]): readonly (string | Found)[] {
  const result: (string | Found)[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === "string" && typeof last === "string") result[result.length - 1] = last + part;
    else if (part !== "") result.push(part);
  }
  return result;
}

function foundInLightTree(element: XmlElement): Found {
  return {
    name: element.name.localName,
    namespace: element.name.namespace,
    attributes: Object.fromEntries(element.attributes.map(({ nodeName, value }) => [nodeName, value])),
    content: element.children.map((child) => {
      if (child instanceof XmlText) return child.data;
      if (child instanceof XmlElement) return foundInLightTree(child);
      throw new Error(`the maker never writes ${child.nodeName}`);
    }),
  };
}

type SlimdomElement = NonNullable<ReturnType<typeof parseXmlDocument>["documentElement"]>;

function foundBySlimdom(element: SlimdomElement): Found {
  return {
    name: element.localName,
    namespace: element.namespaceURI ?? "",
    attributes: Object.fromEntries(
      element.attributes.filter(({ name }) => !name.startsWith("xmlns")).map(({ name, value }) => [name, value]),
    ),
    content: merged(
      element.childNodes.map((child) =>
        child.nodeType === 3 ? (child.nodeValue ?? "") : foundBySlimdom(child as SlimdomElement),
      ),
    ),
  };
}

describe("whatever is made", () => {
  it("is read again as it was meant", () => {
    fc.assert(
      fc.property(plan, (wanted) => {
        const event = e.Event(make(wanted));
        const found = expected(wanted, EVENTS);
        expect(foundInLightTree(event.element)).toEqual(found);
        expect(foundInLightTree(Event.parse(event.bytes).element)).toEqual(found);
        expect([event.name, event.namespace]).toEqual([found.name, found.namespace]);
      }),
      { numRuns: 500 },
    );
  });

  it("is read by another parser as it was meant", () => {
    fc.assert(
      fc.property(plan, (wanted) => {
        const root = parseXmlDocument(e.Event(make(wanted)).toString()).documentElement;
        expect(root === null ? null : foundBySlimdom(root)).toEqual({
          name: "Event",
          namespace: EVENTS,
          attributes: {},
          content: [expected(wanted, EVENTS)],
        });
      }),
      { numRuns: 500 },
    );
  });

  it("is its own bytes, text and tree", () => {
    fc.assert(
      fc.property(plan, (wanted) => {
        const event = e.Event(make(wanted));
        expect(Buffer.from(event.bytes).toString()).toBe(event.toString());
        expect(Event.parse(event.toString()).toString()).toBe(event.toString());
        expect(Event.parse(event.bytes).bytes).toEqual(event.bytes);
      }),
    );
  });

  it("declares a default namespace only where it changes", () => {
    fc.assert(
      fc.property(plan, (wanted) => {
        const changes = (found: Found, outer: string): number =>
          found.content.reduce<number>(
            (sum, part) => (typeof part === "string" ? sum : sum + changes(part, found.namespace)),
            found.namespace === outer ? 0 : 1,
          );
        const written =
          e
            .Event(make(wanted))
            .toString()
            .match(/<[^<>]* xmlns="[^<>]*>/g) ?? [];
        expect(written.length).toBe(1 + changes(expected(wanted, EVENTS), EVENTS));
      }),
    );
  });
});

describe("a string that XML cannot hold", () => {
  const illegal = fc
    .oneof(fc.integer({ min: 0, max: 0x1f }), fc.integer({ min: 0xd800, max: 0xdfff }), fc.constantFrom(0xfffe, 0xffff))
    .filter((codeUnit) => !isXmlChar(codeUnit))
    .map((codeUnit) => String.fromCharCode(codeUnit));

  it("is refused wherever it stands, with the index of its first illegal character", () => {
    fc.assert(
      fc.property(xmlString, illegal, xmlString, fc.boolean(), (before, character, after, inAttribute) => {
        const value = before + character + after;
        const error = errorOf(() => e.element("Status", inAttribute ? { id: value } : value));
        const codePoint = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
        expect(error.code).toBe("xqbus:illegal-character");
        expect(error.message).toContain(inAttribute ? 'attribute "id" of "Status" has ' : 'content of "Status" has ');
        expect(error.message).toContain(`U+${codePoint} at index ${before.length};`);
      }),
    );
  });
});
