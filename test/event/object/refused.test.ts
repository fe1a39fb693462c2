import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { EventContentError, fromJson, fromObject, toObject, Event } from "../../../src/event/index.ts";
import { XqbusError } from "../../../src/errors.ts";
import type { Catalog } from "../../../src/schema/index.ts";
import { errorOf } from "../error-of.ts";
import { catalogOfType, read, throughJson, written } from "./harness.ts";

const TYPE = `<xs:complexType><xs:sequence>
  <xs:element name="Text" type="xs:string" minOccurs="0"/>
  <xs:element name="Size" type="xs:int" minOccurs="0"/>
  <xs:element name="Price" type="xs:decimal" minOccurs="0"/>
  <xs:element name="Load" type="xs:double" minOccurs="0"/>
  <xs:element name="On" type="xs:boolean" minOccurs="0"/>
  <xs:element name="When" type="xs:dateTime" minOccurs="0"/>
  <xs:element name="Kind" type="xs:QName" minOccurs="0"/>
  <xs:element name="Count" type="xs:unsignedLong" minOccurs="0" nillable="true"/>
  <xs:element name="Codes" type="xs:NMTOKENS" minOccurs="0"/>
  <xs:element name="Either" type="e:either" minOccurs="0"/>
  <xs:element name="Item" type="e:item" minOccurs="0" maxOccurs="9"/>
  <xs:element name="Note" type="e:note" minOccurs="0"/>
  <xs:element name="Free" minOccurs="0"/>
  <xs:element name="Tree" type="e:tree" minOccurs="0"/>
</xs:sequence><xs:attribute name="unit" type="xs:string"/></xs:complexType>`;

const MORE = `<xs:simpleType name="either"><xs:union memberTypes="xs:int xs:boolean"/></xs:simpleType>
<xs:complexType name="item"><xs:simpleContent><xs:extension base="xs:int"><xs:attribute name="n" type="xs:byte"/></xs:extension></xs:simpleContent></xs:complexType>
<xs:complexType name="note" mixed="true"><xs:sequence><xs:element name="b" type="xs:string" minOccurs="0" maxOccurs="9"/></xs:sequence></xs:complexType>
<xs:complexType name="tree"><xs:sequence><xs:element name="Tree" type="e:tree" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>`;

class Money {
  readonly amount = 1;
}

const circle: { Tree: unknown[] } = { Tree: [] };
circle.Tree.push(circle);

const throwing = {
  get Text(): string {
    throw new Error("not now");
  },
};

let catalog: Catalog;
beforeAll(async () => {
  catalog = await catalogOfType(TYPE, MORE);
});

/** What is wrong with objects, by message. */
const REFUSED: readonly (readonly [content: object, code: string, message: string])[] = [
  [
    { Sise: 1 },
    "xqbus:unknown-name",
    'T.Sise is not declared by the schema; expected @unit, Text, Size, Price, Load, On, When, Kind, Count, Codes, Either, Item, … (did you mean "Size"?)',
  ],
  [
    { unit: "m" },
    "xqbus:unknown-name",
    'T.unit is not declared by the schema; expected @unit, Text, Size, Price, Load, On, When, Kind, Count, Codes, Either, Item, … (did you mean "@unit"?)',
  ],
  [
    { "@unti": "m" },
    "xqbus:unknown-name",
    'T["@unti"] is not declared by the schema; expected @unit, Text, Size, Price, Load, On, When, Kind, Count, Codes, Either, Item, … (did you mean "@unit"?)',
  ],
  [
    { "@xmlns": "m" },
    "xqbus:unknown-name",
    'T["@xmlns"] is no attribute; expected "@" and a name: "@unit", "@xml:lang", "@Q{namespace}unit"',
  ],
  [
    { "@a b": "m" },
    "xqbus:unknown-name",
    'T["@a b"] is no attribute; expected "@" and a name: "@unit", "@xml:lang", "@Q{namespace}unit"',
  ],
  [
    { "#any": [] },
    "xqbus:unknown-name",
    'T["#any"] is not declared by the schema; expected @unit, Text, Size, Price, Load, On, When, Kind, Count, Codes, Either, Item, …',
  ],
  [
    { "#text": "x" },
    "xqbus:unknown-name",
    'T["#text"] is not declared by the schema; expected @unit, Text, Size, Price, Load, On, When, Kind, Count, Codes, Either, Item, … (did you mean "Text"?)',
  ],
  [{ Tree: { Note: 1 } }, "xqbus:unknown-name", "T.Tree.Note is not declared by the schema; expected Tree"],
  [
    { Item: [{ "#text": 1, b: 1 }] },
    "xqbus:illegal-content",
    'T.Item[0] has "#text" and "b"; expected only one of them',
  ],
  [{ Item: [{ b: 1 }] }, "xqbus:unknown-name", "T.Item[0].b is not declared by the schema; expected @n, #text"],
  [{ Item: [{ "@n": 1 }] }, "xqbus:illegal-content", 'T.Item[0] lacks "#text", the text of its element'],
  [{ Item: [5] }, "xqbus:illegal-content", "T.Item[0] is a number; expected an object"],
  [
    { Item: { "#text": 5 } },
    "xqbus:illegal-content",
    "T.Item is a plain object; expected an array, because there may be several",
  ],
  [{ Item: [undefined] }, "xqbus:illegal-content", "T.Item[0] is undefined; expected an array without holes"],
  [{ Text: 5 }, "xqbus:illegal-content", "T.Text is the number 5; expected a string"],
  [{ Text: ["a"] }, "xqbus:illegal-content", "T.Text is an array; expected a string"],
  [{ Text: Symbol("a") }, "xqbus:illegal-content", "T.Text is a symbol; expected a string"],
  [{ Text: () => "a" }, "xqbus:illegal-content", "T.Text is a function; expected a string"],
  [{ Text: new Money() }, "xqbus:illegal-content", "T.Text is an instance of Money; expected a string"],
  [{ Text: new String("a") }, "xqbus:illegal-content", "T.Text is an instance of String; expected a string"],
  [{ Text: {} }, "xqbus:illegal-content", 'T.Text lacks "#text", the text of its element'],
  [{ Text: null }, "xqbus:illegal-content", "T.Text is null, but its element is not nillable"],
  [
    { Text: "a\0" },
    "xqbus:illegal-character",
    "T.Text has U+0000 at index 1; XML 1.0 allows TAB, LF, CR and the characters from U+0020 on, without surrogates, U+FFFE and U+FFFF",
  ],
  [
    { Text: "\ud800" },
    "xqbus:illegal-character",
    "T.Text has the lone surrogate U+D800 at index 0; XML 1.0 allows TAB, LF, CR and the characters from U+0020 on, without surrogates, U+FFFE and U+FFFF",
  ],
  [
    { "@unit": "\x01" },
    "xqbus:illegal-character",
    'T["@unit"] has U+0001 at index 0; XML 1.0 allows TAB, LF, CR and the characters from U+0020 on, without surrogates, U+FFFE and U+FFFF',
  ],
  [{ "@unit": null }, "xqbus:illegal-content", 'T["@unit"] is null; expected a string'],
  [{ "@unit": { a: 1 } }, "xqbus:illegal-content", 'T["@unit"] is a plain object; expected a string'],
  [{ Size: "5" }, "xqbus:illegal-content", 'T.Size is the string "5"; expected a whole number (xs:int)'],
  [{ Size: 1.5 }, "xqbus:illegal-content", "T.Size is the number 1.5; expected a whole number (xs:int)"],
  [{ Size: NaN }, "xqbus:illegal-content", "T.Size is the number NaN; expected a whole number (xs:int)"],
  [{ Size: "" }, "xqbus:illegal-content", 'T.Size is the string ""; expected a whole number (xs:int)'],
  [
    { Price: 1.5 },
    "xqbus:illegal-content",
    'T.Price is the number 1.5; expected a string in the form of xs:decimal, because numbers of JSON have 53 bits: "1.5"',
  ],
  [
    { Price: "1,5" },
    "xqbus:illegal-content",
    'T.Price is the string "1,5"; expected a string in the form of xs:decimal',
  ],
  [
    { Price: "1e5" },
    "xqbus:illegal-content",
    'T.Price is the string "1e5"; expected a string in the form of xs:decimal',
  ],
  [
    { Count: 5 },
    "xqbus:illegal-content",
    'T.Count is the number 5; expected a string in the form of xs:unsignedLong, because numbers of JSON have 53 bits: "5"',
  ],
  [
    { Count: { "#nil": false } },
    "xqbus:illegal-content",
    'T.Count has "#nil" with a boolean; expected true, or no such property',
  ],
  [
    { Count: { "#nil": true, "#text": "1" } },
    "xqbus:illegal-content",
    'T.Count has "#nil" and "#text"; expected only one of them',
  ],
  [
    { Load: "inf" },
    "xqbus:illegal-content",
    'T.Load is the string "inf"; expected a number, "INF", "-INF" or "NaN" (xs:double)',
  ],
  [{ On: "true" }, "xqbus:illegal-content", 'T.On is the string "true"; expected true or false'],
  [
    { When: new Date(NaN) },
    "xqbus:illegal-content",
    'content of "T.When" is an invalid Date; give a Date that holds a time',
  ],
  [{ Kind: "a:b" }, "xqbus:illegal-content", 'T.Kind is the string "a:b"; expected a string "Q{namespace}name"'],
  [{ Codes: "a b" }, "xqbus:illegal-content", 'T.Codes is the string "a b"; expected an array'],
  [
    { Codes: ["a", "b c"] },
    "xqbus:illegal-content",
    'T.Codes[1] is "b c", which holds white space; white space separates the items of a list',
  ],
  [{ Codes: ["a", ""] }, "xqbus:illegal-content", "T.Codes[1] is empty; white space separates the items of a list"],
  [{ Either: {} }, "xqbus:illegal-content", 'T.Either lacks "#text", the text of its element'],
  [
    { Either: 1.5 },
    "xqbus:illegal-content",
    "T.Either is the number 1.5; expected a whole number (xs:int) or true or false",
  ],
  [{ Free: 5 }, "xqbus:illegal-content", "T.Free is a number; expected an object"],
  [
    { Free: { "@xsi:type": "5" } },
    "xqbus:illegal-content",
    'T.Free["@xsi:type"] names no type; expected "name" for a type of the catalog, "xs:name" for a built-in one, or "Q{namespace}name"',
  ],
  [{ Note: "text" }, "xqbus:illegal-content", "T.Note is a string; expected an object"],
  [
    { Note: { "#content": "text" } },
    "xqbus:illegal-content",
    'T.Note["#content"] is a string; expected an array, because there may be several',
  ],
  [
    { Note: { "#content": [5] } },
    "xqbus:illegal-content",
    'T.Note["#content"][0] is a number; expected a text or an object with one element',
  ],
  [
    { Note: { "#content": [{}] } },
    "xqbus:illegal-content",
    'T.Note["#content"][0] is an object with no element; expected a text or an object with one element',
  ],
  [
    { Note: { "#content": [{ b: "1", c: "2" }] } },
    "xqbus:illegal-content",
    'T.Note["#content"][0] is an object with several elements; expected a text or an object with one element',
  ],
  [
    { Note: { "#content": [{ c: "1" }] } },
    "xqbus:unknown-name",
    'T.Note["#content"][0].c is not declared by the schema; expected b, #content',
  ],
  [
    { Note: { "#content": [], b: ["1"] } },
    "xqbus:illegal-content",
    'T.Note has "#content" and "b"; expected only one of them',
  ],
  [
    { [Symbol("hidden")]: 1 },
    "xqbus:illegal-content",
    "T has the property Symbol(hidden); expected names that are strings",
  ],
  [throwing, "xqbus:illegal-content", "T cannot be read: not now"],
  [new Map(), "xqbus:illegal-content", "T is an instance of Map; expected an object"],
  [[], "xqbus:illegal-content", "T is an array; expected an object"],
  [{ Tree: circle }, "xqbus:illegal-content", `T.Tree${".Tree[0]".repeat(9)}.Tree… is an object that contains itself`],
];

describe("an object that is no event", () => {
  it.each(REFUSED.map((row) => [row[2], row] as const))("is refused: %s", (_title, [content, code, message]) => {
    expect(errorOf(() => fromObject("T", content, catalog))).toEqual({
      name: message.includes("U+") || message.includes("invalid Date") ? "XqbusError" : "EventContentError",
      code,
      message,
    });
  });

  it.each([[null], [undefined], [5], ["text"]])("%s is refused like one", (content) => {
    expect(() => fromObject("T", content as unknown as object, catalog)).toThrow(EventContentError);
  });

  it("is refused by the name of its type, with the one that was probably meant", () => {
    expect(errorOf(() => fromObject("t", {}, catalog))).toEqual({
      name: "UnknownNameError",
      code: "xqbus:unknown-name",
      message: '"t" is not an event type of this catalog (did you mean "T"?)',
    });
  });

  it("is refused with what is no catalog", () => {
    expect(errorOf(() => fromObject("T", {}, "catalog" as never))).toMatchObject({ code: "xqbus:illegal-argument" });
  });
});

describe("an object without end", () => {
  const nested = (levels: number): object => {
    let tree: object = {};
    for (let level = 1; level < levels; level++) tree = { Tree: [tree] };
    return { Tree: tree };
  };

  it("may be as deep as a receiver reads, and no deeper", () => {
    const deepest = fromObject("T", nested(198), catalog);
    expect(Event.parse(deepest.bytes).name).toBe("T");
    expect(errorOf(() => fromObject("T", nested(199), catalog))).toMatchObject({
      code: "xqbus:limit-exceeded",
      message: expect.stringMatching(/… is nested too deep; an event has at most 200 levels of elements$/) as string,
    });
    expect(errorOf(() => fromObject("T", nested(5), catalog, { limits: { maxDepth: 6 } })).code).toBe(
      "xqbus:limit-exceeded",
    );
  });

  it("is refused when few objects make a document of millions of elements", () => {
    let tree: object = {};
    for (let level = 0; level < 100; level++) tree = { Tree: [tree, tree] };
    expect(errorOf(() => fromObject("T", { Tree: tree }, catalog))).toMatchObject({
      code: "xqbus:limit-exceeded",
      message: expect.stringMatching(/ makes an event of more than 4194304 bytes$/) as string,
    });
  });

  it("is refused when a text is too long, in bytes", () => {
    const content = { Text: "é".repeat(600) };
    expect(errorOf(() => fromObject("T", content, catalog, { limits: { maxBytes: 1000 } }))).toEqual({
      name: "EventContentError",
      code: "xqbus:limit-exceeded",
      message: "T makes an event of more than 1000 bytes",
    });
  });

  it("costs nothing when an array has nothing but a length", () => {
    const holes = new Array<unknown>(4_000_000_000);
    for (const content of [{ Item: holes }, { Codes: holes }, { Note: { "#content": holes } }, { Either: holes }]) {
      expect(errorOf(() => fromObject("T", content, catalog)).code).toBe("xqbus:illegal-content");
    }
  });

  it("is refused as a document that was read with wider limits", () => {
    const levels = 300;
    const markup = `<T>${"<Tree>".repeat(levels)}${"</Tree>".repeat(levels)}</T>`;
    const event = Event.parse(`<Event xmlns="http://www.gonicus.de/Events">${markup}</Event>`, {
      limits: { maxDepth: 1000 },
      catalog,
    });
    expect(errorOf(() => event.content)).toMatchObject({ code: "xqbus:limit-exceeded" });
  });
});

describe("an object in another form", () => {
  it.each<[title: string, content: object, markup: string]>([
    ["in another order", { Size: 1, Text: "a", "@unit": "m" }, '<T unit="m"><Text>a</Text><Size>1</Size></T>'],
    ["with undefined properties", { Size: undefined, Text: "a" }, "<T><Text>a</Text></T>"],
    ["without prototype", Object.assign(Object.create(null) as object, { Text: "a" }), "<T><Text>a</Text></T>"],
    [
      "with bigints",
      { Price: 12345678901234567890n, Size: 5n, Count: 1n },
      "<T><Size>5</Size><Price>12345678901234567890</Price><Count>1</Count></T>",
    ],
    ["with a Date", { When: new Date("2026-01-31T12:00:00Z") }, "<T><When>2026-01-31T12:00:00.000Z</When></T>"],
    ["with the special numbers of JavaScript", { Load: -Infinity }, "<T><Load>-INF</Load></T>"],
    ["with a large number", { Load: 1e21 }, "<T><Load>1E21</Load></T>"],
    ["with mixed content by its fields", { Note: { b: ["1", "2"] } }, "<T><Note><b>1</b><b>2</b></Note></T>"],
    [
      "with markup in a text",
      { Text: '<a>&"', "@unit": "\"<'\n" },
      '<T unit="&quot;&lt;&apos;&#10;"><Text>&lt;a&gt;&amp;"</Text></T>',
    ],
    [
      "with nil",
      { Count: null },
      '<T><Count xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/></T>',
    ],
    [
      "with elements of its own namespace by their full name",
      { Free: { "#content": [{ "Q{http://www.gonicus.de/Events}x": "1" }] } },
      "<T><Free><x>1</x></Free></T>",
    ],
    [
      "with elements of the namespace xml",
      { Free: { "#content": [{ "Q{http://www.w3.org/XML/1998/namespace}x": "1" }] } },
      "<T><Free><xml:x>1</xml:x></Free></T>",
    ],
  ])("%s is taken", (_title, content, markup) => {
    expect(written("T", content, catalog)).toBe(markup);
  });

  it("is read by the order of the content model where that depends on what is there", async () => {
    const other = await catalogOfType(
      `<xs:complexType><xs:sequence maxOccurs="9"><xs:element name="k" type="xs:string"/><xs:element name="v" type="xs:int"/></xs:sequence></xs:complexType>`,
    );
    expect(written("T", { v: [1, 2], k: ["a", "b"] }, other)).toBe("<T><k>a</k><v>1</v><k>b</k><v>2</v></T>");
    expect(written("T", { v: [1, 2, 3], k: ["a"] }, other)).toBe("<T><k>a</k><v>1</v><v>2</v><v>3</v></T>");
  });
});

describe("an event that is not valid", () => {
  it.each<[markup: string, content: object]>([
    ["<T><Size>five</Size><On>yes</On></T>", { Size: "five", On: "yes" }],
    ["<T><Text>a</Text>b</T>", { "#content": [{ Text: "a" }, "b"] }],
    ["<T><Text>a</Text><Text>b</Text></T>", { "#content": [{ Text: "a" }, { Text: "b" }] }],
    ["<T><Text>a</Text><New>b</New></T>", { Text: "a", "#any": [{ New: "b" }] }],
    ["<T><Size>1</Size><Text>a</Text></T>", { Size: 1, Text: "a" }],
    ["<T><Text>a<b/></Text></T>", { Text: { "#content": ["a", { b: "" }] } }],
    ["<T n='1'/>", { "@n": "1" }],
    ['<T xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="a:b"/>', { "@xsi:type": "a:b" }],
    [
      '<T xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"><Size>1</Size></T>',
      { "@xsi:nil": "true", Size: 1 },
    ],
    ['<T xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>', { "#nil": true }],
    ["<T><Kind>p:x</Kind></T>", { Kind: "p:x" }],
    ["<Unknown>a<b/></Unknown>", { "#content": ["a", { b: "" }] }],
  ])("%s has a content in which nothing is lost", (markup, content) => {
    expect(toObject(read(markup, catalog), catalog)).toEqual(content);
  });
});

describe("JSON that is no event", () => {
  it.each<[json: string | object, code: string, message: RegExp]>([
    ["{", "xqbus:invalid-event", /^the text is not JSON: /],
    ["", "xqbus:invalid-event", /^the text is not JSON: /],
    ["[]", "xqbus:invalid-event", /^the JSON is an array; expected an object with one event/],
    ["null", "xqbus:invalid-event", /^the JSON is null; /],
    ["{}", "xqbus:invalid-event", /^the JSON is an empty object; /],
    ['{"T":{},"U":{}}', "xqbus:invalid-event", /^the JSON is an object with 2 properties; /],
    ['{"T":null}', "xqbus:illegal-content", /^T is null; expected an object$/],
    ['{"U":{}}', "xqbus:unknown-name", /^"U" is not an event type of this catalog/],
    ['{"__proto__":{}}', "xqbus:unknown-name", /^"__proto__" is not an event type of this catalog/],
    ['{"T":{"__proto__":{"Text":"a"}}}', "xqbus:unknown-name", /^T\.__proto__ is not declared by the schema; /],
    [" ".repeat(5000), "xqbus:limit-exceeded", /^the JSON text is longer than 4000 UTF-16 code units$/],
    [
      `{"T":${'{"Tree":['.repeat(5000)}${"]}".repeat(5000)}}`.slice(0, 3000),
      "xqbus:invalid-event",
      /^the text is not JSON: /,
    ],
  ])("%j is refused", (json, code, message) => {
    const { code: found, message: told } = errorOf(() => fromJson(json, catalog, { limits: { maxBytes: 1000 } }));
    expect({ found, told }).toEqual({ found: code, told: expect.stringMatching(message) as string });
  });

  it.each([
    ['{"T":{"Text":"a"}}'],
    ['{"name":"T","id":"1","content":{"Text":"a"},"xml":"<Event/>"}'],
    [{ T: { Text: "a" } }],
  ])("%j is an event", (json) => {
    expect(toObject(fromJson(json, catalog), catalog)).toEqual({ Text: "a" });
  });
});

describe("whatever is given", () => {
  const key = fc.oneof(
    fc.constantFrom(
      "Text",
      "Size",
      "Item",
      "Note",
      "Free",
      "Tree",
      "b",
      "@unit",
      "@n",
      "@xsi:type",
      "@xsi:nil",
      "__proto__",
    ),
    fc.constantFrom(
      "#text",
      "#content",
      "#any",
      "#nil",
      "Q{}x",
      "Q{urn:x}y",
      "@Q{urn:x}z",
      "@xml:lang",
      "@Q{\0}a",
      "Q{a{}}b",
    ),
    fc.string({ unit: "binary", maxLength: 4 }),
  );
  const scalar = fc.oneof(
    fc.constantFrom(null, undefined, true, 1.5, 7, "7", "xs:int", "tree", "item", ""),
    fc.anything(),
  );
  const { value } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
    value: fc.oneof({ depthSize: "small" }, scalar, tie("object"), fc.array(tie("value"), { maxLength: 3 })),
    object: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  }));

  it("is an event that reads back as well-formed, or is refused with an error of ours", () => {
    let made = 0;
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 3 }), (content) => {
        let event: Event;
        try {
          event = fromObject("T", content, catalog);
        } catch (error) {
          expect(error).toBeInstanceOf(XqbusError);
          expect((error as XqbusError).code).not.toBe("xqbus:internal");
          return;
        }
        made++;
        const again = Event.parse(event.bytes, { catalog });
        expect(throughJson(again.content)).toStrictEqual(again.content);
      }),
      { numRuns: 5000 },
    );
    expect(made).toBeGreaterThan(200);
  });
});
