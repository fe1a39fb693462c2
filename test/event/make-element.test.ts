import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { Event, EventMaker } from "../../src/event/index.ts";
import type { MakerContent } from "../../src/event/index.ts";
import { errorOf } from "./error-of.ts";
import { EVENTS, vocabulary } from "./hand-made-vocabulary.ts";

const e = EventMaker<"Status" | "Name" | "Note">(vocabulary);

/** The inside of the start tag and the element, without the default namespace that every stand-alone element declares. */
function written(...content: MakerContent[]): string {
  return e
    .Status(...content)
    .toString()
    .replace(` xmlns="${EVENTS}"`, "");
}

describe("the content of an element", () => {
  const rows: readonly (readonly [what: string, content: readonly MakerContent[], xml: string])[] = [
    ["nothing", [], "<Status/>"],
    ["a string", ["busy"], "<Status>busy</Status>"],
    ["an empty string", [""], "<Status/>"],
    ["white space", [" \t\n"], "<Status> \t\n</Status>"],
    [
      "characters with a meaning in XML",
      [`a & b < c > d "e" 'f' ]]>`],
      `<Status>a &amp; b &lt; c &gt; d "e" 'f' ]]&gt;</Status>`,
    ],
    ["a carriage return", ["a\r\nb"], "<Status>a&#13;\nb</Status>"],
    ["characters of all planes", ["ä \u2028 \uFFFD 😀 \u{10FFFF}"], "<Status>ä \u2028 \uFFFD 😀 \u{10FFFF}</Status>"],
    ["strings that only together end a CDATA section", ["]]", ">"], "<Status>]]&gt;</Status>"],
    ["a whole number", [42], "<Status>42</Status>"],
    ["a negative number", [-7.25], "<Status>-7.25</Status>"],
    ["minus zero", [-0], "<Status>0</Status>"],
    ["a small number", [0.000001], "<Status>0.000001</Status>"],
    ["a number below 1e-6", [1.5e-7], "<Status>1.5E-7</Status>"],
    ["a large number", [123456789012345680000], "<Status>123456789012345680000</Status>"],
    ["a number from 1e21 on", [-1e21], "<Status>-1E21</Status>"],
    ["not a number", [NaN], "<Status>NaN</Status>"],
    ["infinity", [Infinity], "<Status>INF</Status>"],
    ["minus infinity", [-Infinity], "<Status>-INF</Status>"],
    ["a bigint", [-123456789012345678901234567890n], "<Status>-123456789012345678901234567890</Status>"],
    ["true", [true], "<Status>true</Status>"],
    ["false", [false], "<Status>false</Status>"],
    ["a Date", [new Date(Date.UTC(2026, 0, 31, 12, 30))], "<Status>2026-01-31T12:30:00.000Z</Status>"],
    ["a Date in the year 1", [new Date("0001-01-01T00:00:00Z")], "<Status>0001-01-01T00:00:00.000Z</Status>"],
    [
      "a Date in a year of five digits",
      [new Date("+012026-01-01T00:00:00Z")],
      "<Status>12026-01-01T00:00:00.000Z</Status>",
    ],
    ["an element", [e.Name("a")], "<Status><Name>a</Name></Status>"],
    ["elements", [e.Name("a"), e.Name("b")], "<Status><Name>a</Name><Name>b</Name></Status>"],
    ["an array of elements", [[e.Name("a"), e.Name("b")]], "<Status><Name>a</Name><Name>b</Name></Status>"],
    ["an array of values", [["a", 1, 2n, true]], "<Status>a 1 2 true</Status>"],
    ["an array of one value", [["a&b"]], "<Status>a&amp;b</Status>"],
    ["an empty array", [[]], "<Status/>"],
    ["mixed content", ["a", e.Name("b"), "<", e.Name(), 5], "<Status>a<Name>b</Name>&lt;<Name/>5</Status>"],
    ["several values", ["a", 1, true], "<Status>a1true</Status>"],
    ["attributes", [{ id: "7", Größe: 1 }], '<Status id="7" Größe="1"/>'],
    ["attributes behind content", ["busy", { id: "7" }], '<Status id="7">busy</Status>'],
    ["attributes in two objects", [{ a: 1 }, "busy", { b: 2 }], '<Status a="1" b="2">busy</Status>'],
    ["no attributes", [{}], "<Status/>"],
    ["an attribute left out", [{ a: undefined, b: "2" }], '<Status b="2"/>'],
    [
      "attributes of all kinds",
      [{ a: 1.5, b: 2n, c: false, d: new Date(0) }],
      '<Status a="1.5" b="2" c="false" d="1970-01-01T00:00:00.000Z"/>',
    ],
    [
      "an attribute with characters to escape",
      [{ a: `<"&'>\t\n\r` }],
      '<Status a="&lt;&quot;&amp;&apos;&gt;&#9;&#10;&#13;"/>',
    ],
    ["an object without prototype", [Object.assign(Object.create(null) as object, { a: "1" })], '<Status a="1"/>'],
    ["an object of another realm", [runInNewContext("({ a: '1' })") as { a: string }], '<Status a="1"/>'],
    [
      "attributes of XML",
      [{ "xml:lang": "de", "xml:space": "preserve" }],
      '<Status xml:lang="de" xml:space="preserve"/>',
    ],
    [
      "attributes of XML Schema",
      [{ "xsi:nil": true, id: "7" }],
      '<Status xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true" id="7"/>',
    ],
    [
      "a type of the element's namespace",
      [{ "xsi:type": "Long" }],
      '<Status xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Long"/>',
    ],
    [
      "a built-in type",
      [{ "xsi:type": "xs:int" }, 5],
      '<Status xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:int">5</Status>',
    ],
  ];

  it.each(rows)("can be %s", (_, content, xml) => {
    expect(written(...content)).toBe(xml);
  });

  it("can be a hundred thousand elements in one array", () => {
    expect(written(Array.from({ length: 100_000 }, () => e.Name())).length).toBe(
      "<Status></Status>".length + 100_000 * "<Name/>".length,
    );
  });

  it("can be nested as deep as receivers read, and no deeper", () => {
    let element = e.Name("innermost");
    for (let depth = 2; depth < 200; depth++) element = e.Name(element);
    const event = e.Event(element);
    expect(Event.parse(event.bytes).toString()).toBe(event.toString());
    expect(errorOf(() => e.Event(e.Name(element)))).toEqual({
      name: "XqbusError",
      code: "xqbus:limit-exceeded",
      message: 'content of "Event" is nested too deep: 201 elements, at most 200 are read',
    });
  });
});

describe("what cannot be written", () => {
  const usable =
    "give a string, number, bigint, boolean, Date or element, an array of elements or of values, or attributes as a plain object";
  const usableAttribute = "give a string, number, bigint, boolean or Date, or undefined to leave the attribute out";
  const allowed = "XML 1.0 allows TAB, LF, CR and the characters from U+0020 on, without surrogates, U+FFFE and U+FFFF";
  const attributeNames = "give an XML name without colon, or one of xsi:nil, xsi:type, xml:lang, xml:space";
  class Phone {}
  const sparse: string[] = ["a"];
  sparse[2] = "c";

  const rows: readonly (readonly [what: string, content: readonly unknown[], code: string, message: string])[] = [
    ["undefined", [undefined], "illegal-content", `content of "Status" cannot be undefined; ${usable}`],
    ["null", [null], "illegal-content", `content of "Status" cannot be null; ${usable}`],
    ["a function", [() => "busy"], "illegal-content", `content of "Status" cannot be a function; ${usable}`],
    [
      "a factory that nobody called",
      [e.Name],
      "illegal-content",
      `content of "Status" cannot be a function; ${usable}`,
    ],
    ["a symbol", [Symbol("busy")], "illegal-content", `content of "Status" cannot be a symbol; ${usable}`],
    ["a Map", [new Map()], "illegal-content", `content of "Status" cannot be an instance of Map; ${usable}`],
    [
      "a Promise",
      [Promise.resolve("busy")],
      "illegal-content",
      `content of "Status" cannot be an instance of Promise; ${usable}`,
    ],
    [
      "an object of a class",
      [new Phone()],
      "illegal-content",
      `content of "Status" cannot be an instance of Phone; ${usable}`,
    ],
    [
      "bytes",
      [Buffer.from("busy")],
      "illegal-content",
      `content of "Status" cannot be an instance of Buffer; ${usable}`,
    ],
    [
      "an event",
      [e.Event(e.Name())],
      "illegal-content",
      `content of "Status" cannot be an instance of Event; ${usable}`,
    ],
    [
      "an invalid Date",
      [new Date(NaN)],
      "illegal-content",
      'content of "Status" is an invalid Date; give a Date that holds a time',
    ],
    [
      "a Date before the year 1",
      [new Date("0000-12-31T00:00:00Z")],
      "illegal-content",
      'content of "Status" is a Date before the year 1 (0000-12-31T00:00:00.000Z); give the xs:dateTime as a string',
    ],
    [
      "a mixed array",
      [["a", e.Name("b")]],
      "illegal-content",
      'content of "Status" is an array that mixes values and elements (element "Name" at index 1); ' +
        "give an array of elements, or an array of values, which is written as a list",
    ],
    [
      "a mixed array that begins with an element",
      [[e.Name("b"), "a"]],
      "illegal-content",
      'content of "Status" is an array that mixes values and elements (element "Name" at index 0); ' +
        "give an array of elements, or an array of values, which is written as a list",
    ],
    [
      "an array in an array",
      [[["a"]]],
      "illegal-content",
      `content of "Status" cannot be an array with an array at index 0; ${usable}`,
    ],
    [
      "an array with null",
      [["a", null]],
      "illegal-content",
      `content of "Status" cannot be an array with null at index 1; ${usable}`,
    ],
    [
      "an array with a hole",
      [sparse],
      "illegal-content",
      `content of "Status" cannot be an array with undefined at index 1; ${usable}`,
    ],
    [
      "an array with attributes",
      [[{ a: "1" }]],
      "illegal-content",
      `content of "Status" cannot be an array with a plain object at index 0; ${usable}`,
    ],
    [
      "a list item with white space",
      [["a", "b c"]],
      "illegal-content",
      'content of "Status" is a list whose item "b c" at index 1 holds white space; white space separates the items of a list',
    ],
    [
      "an empty list item",
      [["a", ""]],
      "illegal-content",
      'content of "Status" is a list whose item "" at index 1 is empty; white space separates the items of a list',
    ],
    [
      "a control character",
      ["abc\u0001"],
      "illegal-character",
      `content of "Status" has U+0001 at index 3; ${allowed}`,
    ],
    ["a NUL", ["\0"], "illegal-character", `content of "Status" has U+0000 at index 0; ${allowed}`],
    [
      "a lone surrogate",
      ["a\uD83D"],
      "illegal-character",
      `content of "Status" has the lone surrogate U+D83D at index 1; ${allowed}`,
    ],
    [
      "a low surrogate first",
      ["\uDE00\uD83D"],
      "illegal-character",
      `content of "Status" has the lone surrogate U+DE00 at index 0; ${allowed}`,
    ],
    [
      "half a character on each side",
      ["\uD83D", "\uDE00"],
      "illegal-character",
      `content of "Status" has the lone surrogate U+D83D at index 0; ${allowed}`,
    ],
    ["a non-character", ["\uFFFE"], "illegal-character", `content of "Status" has U+FFFE at index 0; ${allowed}`],
    [
      "an illegal character in a list",
      [["a", "\u0002"]],
      "illegal-character",
      `content of "Status" has U+0002 at index 2; ${allowed}`,
    ],
    [
      "an illegal character in an attribute",
      [{ id: "a\u0003" }],
      "illegal-character",
      `attribute "id" of "Status" has U+0003 at index 1; ${allowed}`,
    ],
    [
      "an attribute that is null",
      [{ id: null }],
      "illegal-content",
      `attribute "id" of "Status" cannot be null; ${usableAttribute}`,
    ],
    [
      "an attribute that is an array",
      [{ id: ["a"] }],
      "illegal-content",
      `attribute "id" of "Status" cannot be an array; ${usableAttribute}`,
    ],
    [
      "an attribute that is an object",
      [{ id: { a: 1 } }],
      "illegal-content",
      `attribute "id" of "Status" cannot be a plain object; ${usableAttribute}`,
    ],
    [
      "an attribute that is an element",
      [{ id: e.Name("a") }],
      "illegal-content",
      `attribute "id" of "Status" cannot be an instance of MadeElement; ${usableAttribute}`,
    ],
    [
      "an attribute that is an invalid Date",
      [{ id: new Date(NaN) }],
      "illegal-content",
      'attribute "id" of "Status" is an invalid Date; give a Date that holds a time',
    ],
    [
      "an attribute given twice",
      [{ id: "1" }, { id: "1" }],
      "illegal-content",
      'attribute "id" of "Status" is given twice; give it once',
    ],
    [
      "an attribute without name",
      [{ "": "1" }],
      "illegal-name",
      `"" cannot be the name of an attribute of "Status"; ${attributeNames}`,
    ],
    [
      "an attribute whose name is none",
      [{ 'a="1" b': "1" }],
      "illegal-name",
      `"a=\\"1\\" b" cannot be the name of an attribute of "Status"; ${attributeNames}`,
    ],
    [
      "an attribute whose name begins with a digit",
      [{ "1a": "1" }],
      "illegal-name",
      `"1a" cannot be the name of an attribute of "Status"; ${attributeNames}`,
    ],
    [
      "an attribute with a prefix",
      [{ "xsi:schemaLocation": "x y" }],
      "illegal-name",
      `"xsi:schemaLocation" cannot be the name of an attribute of "Status"; ${attributeNames}`,
    ],
    [
      "a namespace declaration",
      [{ xmlns: "urn:x" }],
      "illegal-name",
      'attribute "xmlns" of "Status" declares a namespace; leave it out, the maker declares what the catalog says',
    ],
    [
      "a declaration of a prefix",
      [{ "xmlns:x": "urn:x" }],
      "illegal-name",
      'attribute "xmlns:x" of "Status" declares a namespace; leave it out, the maker declares what the catalog says',
    ],
    [
      "a type with a prefix that nobody declares",
      [{ "xsi:type": "e:Long" }],
      "illegal-content",
      'attribute "xsi:type" of "Status" is "e:Long", whose prefix is not declared; ' +
        "write xs: before a built-in type, and no prefix before a type of the element's namespace",
    ],
  ];

  it.each(rows)("is %s", (_, content, code, message) => {
    const factory = e.Status as (...content: readonly unknown[]) => unknown;
    expect(errorOf(() => factory(...content))).toEqual({ name: "XqbusError", code: `xqbus:${code}`, message });
  });
});

describe("a made element", () => {
  it("can be used several times", () => {
    const name = e.Name("a");
    expect(written(name, name, e.Note(name))).toBe(
      "<Status><Name>a</Name><Name>a</Name><Note><Name>a</Name></Note></Status>",
    );
  });

  it("does not follow the array and the object that it was made of", () => {
    const values = ["a"];
    const elements = [e.Name("a")];
    const attributes = { id: "1" };
    const list = e.Status(values, attributes);
    const parent = e.Note(elements);
    values.push("b");
    elements.push(e.Name("b"));
    attributes.id = "2";
    expect(list.toString()).toBe(`<Status xmlns="${EVENTS}" id="1">a</Status>`);
    expect(parent.toString()).toBe(`<Note xmlns="${EVENTS}"><Name>a</Name></Note>`);
  });

  it("says its name, and shows itself as XML", () => {
    expect(e.Status("busy").name).toBe("Status");
    expect(String(e.Status("busy"))).toBe(`<Status xmlns="${EVENTS}">busy</Status>`);
  });
});
