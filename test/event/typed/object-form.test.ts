import { beforeAll, describe, expect, it } from "vitest";
import { EventMaker } from "../../../src/event/index.ts";
import type { MadeElement } from "../../../src/event/index.ts";
import type { Catalog } from "../../../src/schema/index.ts";
import { EVENTS, catalogWith, eventXsd, xsd } from "../../schema/harness.ts";
import { errorOf } from "../error-of.ts";

const STRING = 'type="xs:string"';

const FILES = {
  "Order.xsd": eventXsd(
    "Order",
    `<xs:element name="Id" ${STRING}/>
     <xs:element name="Item" maxOccurs="unbounded">
       <xs:complexType>
         <xs:simpleContent>
           <xs:extension base="xs:decimal"><xs:attribute name="unit" ${STRING}/><xs:attribute name="codes" type="xs:NMTOKENS"/></xs:extension>
         </xs:simpleContent>
       </xs:complexType>
     </xs:element>
     <xs:element name="Sizes" minOccurs="0"><xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType></xs:element>
     <xs:element name="Paid" type="xs:dateTime" nillable="true" minOccurs="0"/>
     <xs:element name="Note" type="e:Note" minOccurs="0"/>
     <xs:element name="Part" type="e:Part" minOccurs="0" maxOccurs="unbounded"/>`,
  ),
  "Types.xsd": xsd(
    `<xs:complexType name="Note" mixed="true">
       <xs:choice minOccurs="0" maxOccurs="unbounded"><xs:element name="Bold" ${STRING}/><xs:element name="Code" ${STRING}/></xs:choice>
     </xs:complexType>
     <xs:complexType name="Part">
       <xs:sequence><xs:element name="Part" type="e:Part" minOccurs="0"/></xs:sequence><xs:attribute name="no" type="xs:int"/>
     </xs:complexType>`,
  ),
  "Pairs.xsd": xsd(
    `<xs:element name="Pairs"><xs:complexType>
       <xs:sequence maxOccurs="unbounded"><xs:element name="Key" ${STRING}/><xs:element name="Value" ${STRING}/></xs:sequence>
       <xs:attribute name="Key" ${STRING}/>
     </xs:complexType></xs:element>`,
  ),
  "Open.xsd": xsd(
    `<xs:element name="Open"><xs:complexType>
       <xs:sequence><xs:element name="Id" ${STRING}/><xs:any namespace="##any" processContents="lax" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
       <xs:anyAttribute processContents="skip"/>
     </xs:complexType></xs:element>
     <xs:element name="Extra" ${STRING}/>`,
  ),
  "A.xsd": eventXsd("A", `<xs:element name="Place">${place("Street", "Town")}</xs:element>`),
  "B.xsd": eventXsd("B", `<xs:element name="Place">${place("Town", "Street")}</xs:element>`),
  "Foreign.xsd": xsd(
    `<xs:element name="Foreign"><xs:complexType><xs:sequence>
       <xs:element name="Id" ${STRING} form="unqualified"/><xs:element name="Here" ${STRING}/>
     </xs:sequence></xs:complexType></xs:element>`,
    "urn:x",
  ),
};

function place(...names: readonly string[]): string {
  const fields = names.map((name) => `<xs:element name="${name}" ${STRING}/>`).join("");
  return `<xs:complexType><xs:sequence>${fields}<xs:element name="Country" ${STRING} minOccurs="0"/></xs:sequence></xs:complexType>`;
}

let catalog: Catalog;
let e: EventMaker<string>;

beforeAll(async () => {
  catalog = await catalogWith(FILES);
  expect(catalog.problems).toEqual([]);
  e = EventMaker(catalog);
});

/** The element without the default namespace that every stand-alone element declares. */
function written(element: MadeElement): string {
  return element.toString().replace(` xmlns="${EVENTS}"`, "");
}

describe("an element given as an object", () => {
  const rows: readonly (readonly [what: string, name: string, object: object, xml: string])[] = [
    [
      "has its fields in the order of the schema",
      "Order",
      { Item: ["1"], Id: "7" },
      "<Order><Id>7</Id><Item>1</Item></Order>",
    ],
    [
      "has several fields of one name by an array",
      "Order",
      { Id: "7", Item: [1, 2.5, 3n] },
      "<Order><Id>7</Id><Item>1</Item><Item>2.5</Item><Item>3</Item></Order>",
    ],
    ["has one field without array", "Order", { Id: "7", Item: 1 }, "<Order><Id>7</Id><Item>1</Item></Order>"],
    ["has a list by an array", "Order", { Sizes: [1, 2] }, "<Order><Sizes>1 2</Sizes></Order>"],
    ["leaves out what is undefined", "Order", { Id: "7", Note: undefined }, "<Order><Id>7</Id></Order>"],
    [
      "is nil by null",
      "Order",
      { Paid: null },
      '<Order><Paid xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/></Order>',
    ],
    [
      "has a Date as xs:dateTime",
      "Order",
      { Paid: new Date(0) },
      "<Order><Paid>1970-01-01T00:00:00.000Z</Paid></Order>",
    ],
    [
      "has attributes and text",
      "Order",
      {
        Item: [
          { "@unit": "kg", "@codes": ["a", "b"], "#text": 5 },
          { unit: "g", "#text": "7" },
        ],
      },
      '<Order><Item unit="kg" codes="a b">5</Item><Item unit="g">7</Item></Order>',
    ],
    [
      "nests to any depth",
      "Order",
      { Part: [{ no: 1, Part: { "@no": 2, Part: {} } }, {}] },
      '<Order><Part no="1"><Part no="2"><Part/></Part></Part><Part/></Order>',
    ],
    [
      "has mixed content in document order",
      "Note",
      { "#content": ["a ", { Code: "b" }, " c", { Bold: "d" }, { Code: ["e", "f"] }] },
      "<Note>a <Code>b</Code> c<Bold>d</Bold><Code>e</Code><Code>f</Code></Note>",
    ],
    ["has the fields of a mixed type", "Note", { Code: "b", Bold: ["a"] }, "<Note><Bold>a</Bold><Code>b</Code></Note>"],
    [
      "has repeated groups by turns, and an attribute that is called like a field",
      "Pairs",
      { Value: ["1", "2"], Key: ["a", "b"], "@Key": "c" },
      '<Pairs Key="c"><Key>a</Key><Value>1</Value><Key>b</Key><Value>2</Value></Pairs>',
    ],
    [
      "has what wildcards let in",
      "Open",
      { Extra: ["x", "y"], Id: "1", other: "z" },
      '<Open other="z"><Id>1</Id><Extra>x</Extra><Extra>y</Extra></Open>',
    ],
    [
      "has what a wildcard lets in as it is read",
      "Open",
      { "#any": [{ Extra: "x" }, { [`Q{${EVENTS}}Extra`]: "y" }], Id: "1" },
      "<Open><Id>1</Id><Extra>x</Extra><Extra>y</Extra></Open>",
    ],
    [
      "has each field in the namespace that the schema gives it",
      "Foreign",
      { Here: "b", Id: "a" },
      '<Foreign xmlns="urn:x"><Id xmlns="">a</Id><Here>b</Here></Foreign>',
    ],
    [
      "fits one of several types of its name",
      "Place",
      { Town: "b", Country: "c" },
      "<Place><Town>b</Town><Country>c</Country></Place>",
    ],
    ["has an attribute that is not declared, by @", "Order", { "@id": "1" }, '<Order id="1"/>'],
    ["can be empty", "Order", {}, "<Order/>"],
  ];

  it.each(rows)("%s", (_, name, object, xml) => {
    expect(written(e.element(name, object as { readonly a?: string }))).toBe(xml);
  });

  it("has fields that were made already", () => {
    expect(
      written(e.element("Order", { Item: [e.element("Item", { unit: "kg" }, 5), 6], Id: e.element("Id", "7") })),
    ).toBe('<Order><Id>7</Id><Item unit="kg">5</Item><Item>6</Item></Order>');
  });

  it("is valid in an event", () => {
    const event = e.Event(
      e.element("Order", { Item: [{ "@unit": "kg", "#text": "1.50" }], Id: "7", Note: { "#content": ["a"] } }),
    );
    expect(catalog.validate(event)).toEqual([]);
  });

  it("may have attributes apart and content beside them", () => {
    expect(written(e.element("Item", { unit: "kg" }, 5, { codes: "a b" }))).toBe(
      '<Item unit="kg" codes="a b">5</Item>',
    );
  });
});

describe("an object that cannot be meant", () => {
  const rows: readonly (readonly [
    what: string,
    name: string,
    content: readonly unknown[],
    code: string,
    message: string,
  ])[] = [
    [
      "a misspelt field",
      "Order",
      [{ Itme: 1 }],
      "unknown-name",
      '"Itme" is not a child element or attribute of "Order" (did you mean "Item"?)',
    ],
    [
      "a field that nothing is like",
      "Order",
      [{ Elephant: 1 }],
      "unknown-name",
      '"Elephant" is not a child element or attribute of "Order"',
    ],
    [
      "a misspelt field further down",
      "Order",
      [{ Part: [{ on: 1 }] }],
      "unknown-name",
      '"on" is not a child element or attribute of "Part"',
    ],
    [
      "an attribute of an element without any",
      "Id",
      [{ unit: 1 }],
      "unknown-name",
      '"unit" is not a child element or attribute of "Id"',
    ],
    [
      "fields beside elements",
      "Order",
      [{ Id: "7" }, "text"],
      "illegal-content",
      'content of "Order" is partly in an object and partly beside it; give all in the object, or all beside it',
    ],
    [
      "fields that types of one name have in another order",
      "Place",
      [{ Town: "a", Street: "b" }],
      "illegal-content",
      'the object of "Place" fits 2 types of this name, which write it differently; ' +
        "give the child elements as elements in their order, or the object as a field of the parent's object",
    ],
    [
      "mixed content that is no array",
      "Note",
      [{ "#content": "a" }],
      "illegal-content",
      '"#content" in the content of "Note" cannot be a string; ' +
        "give an array of texts, elements, and objects with one child element each, in document order",
    ],
    [
      "other elements that are no objects",
      "Open",
      [{ "#any": ["a"] }],
      "illegal-content",
      '"#any" in the content of "Open" cannot be an array with a string at index 0; ' +
        "give an array of objects with one child element each, in document order",
    ],
    ["a hole", "Order", [{ Item: [undefined] }], "illegal-content", 'content of "Item" cannot be undefined; give a '],
    ["a Map", "Order", [{ Id: new Map() }], "illegal-content", 'content of "Id" cannot be an instance of Map; give a '],
    [
      "a list in a list",
      "Order",
      [{ Sizes: [[1]] }],
      "illegal-content",
      'content of "Sizes" cannot be an array with an array at index 0; give a ',
    ],
    [
      "white space in an item of an attribute",
      "Order",
      [{ Item: [{ "@codes": ["a b"] }] }],
      "illegal-content",
      'attribute "codes" of "Item" is a list whose item "a b" at index 0 holds white space; ',
    ],
  ];

  it.each(rows)("%s is refused", (_, name, content, code, message) => {
    const error = errorOf(() =>
      (e.element as (name: string, ...content: readonly unknown[]) => MadeElement)(name, ...content),
    );
    expect({ ...error, message: error.message.slice(0, message.length) }).toEqual({
      name: code === "unknown-name" ? "UnknownNameError" : "XqbusError",
      code: `xqbus:${code}`,
      message,
    });
  });

  it("an element of another name is refused", () => {
    expect(errorOf(() => e.element("Order", { Id: e.element("Item", 1) })).message).toBe(
      '"Id" of "Order" cannot be an element "Item"; give its value or an element of its name',
    );
  });

  it("an object that holds itself is refused", () => {
    const part: { Part?: object } = {};
    part.Part = part;
    expect(errorOf(() => e.element("Part", part as { readonly a?: string })).message).toBe(
      'content of "Part" is nested too deep: 201 elements, at most 200 are read',
    );
  });
});

describe("the names of the default catalog", () => {
  it("know their fields without a catalog", () => {
    const maker = EventMaker();
    const event = maker.Event(maker.PhoneStatus({ Status: "busy", ReceiverId: "12343424", CallerId: "012345" }));
    expect(event.toString()).toBe(
      `<Event xmlns="${EVENTS}"><PhoneStatus><CallerId>012345</CallerId><ReceiverId>12343424</ReceiverId><Status>busy</Status></PhoneStatus></Event>`,
    );
  });
});
