import { describe, expect, it } from "vitest";
import { fromObject, toObject } from "../../../src/event/index.ts";
import { canonical, catalogOfType, read, throughJson } from "./harness.ts";

const sequence = (fields: string, rest = ""): string =>
  `<xs:complexType><xs:sequence>${fields}</xs:sequence>${rest}</xs:complexType>`;
const field = (name: string, type: string, rest = ""): string => `<xs:element name="${name}" type="${type}" ${rest}/>`;
const list = (item: string): string =>
  `<xs:element name="v"><xs:simpleType><xs:list itemType="${item}"/></xs:simpleType></xs:element>`;
const union = (members: string): string =>
  `<xs:element name="v"><xs:simpleType><xs:union memberTypes="${members}"/></xs:simpleType></xs:element>`;
const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"';

/** title, type of T, content of T, object, and the components beside T. */
type Row = readonly [title: string, type: string, markup: string, object: object, more?: string];

const VALUES: readonly Row[] = [
  ["a string, white space and all", sequence(field("v", "xs:string")), "<T><v> a\n b </v></T>", { v: " a\n b " }],
  ["an empty string", sequence(field("v", "xs:string")), "<T><v/></T>", { v: "" }],
  ["a CDATA section", sequence(field("v", "xs:string")), "<T><v>a<![CDATA[<&]]>b</v></T>", { v: "a<&b" }],
  ["a text divided by a comment", sequence(field("v", "xs:string")), "<T><v>a<!-- x -->b</v></T>", { v: "ab" }],
  ["a token without its white space", sequence(field("v", "xs:token")), "<T><v> a \n b </v></T>", { v: "a b" }],
  [
    "a normalized string with blanks",
    sequence(field("v", "xs:normalizedString")),
    "<T><v> a\nb </v></T>",
    { v: " a b " },
  ],
  [
    "a decimal with all its digits",
    sequence(field("v", "xs:decimal")),
    "<T><v>0.10000000000000000000001</v></T>",
    { v: "0.10000000000000000000001" },
  ],
  ["a decimal as it is written", sequence(field("v", "xs:decimal")), "<T><v> +01.50 </v></T>", { v: "+01.50" }],
  [
    "an integer without bound",
    sequence(field("v", "xs:integer")),
    "<T><v>123456789012345678901234567890</v></T>",
    { v: "123456789012345678901234567890" },
  ],
  ["a long", sequence(field("v", "xs:long")), "<T><v>9223372036854775807</v></T>", { v: "9223372036854775807" }],
  ["an unsigned long", sequence(field("v", "xs:unsignedLong")), "<T><v>1</v></T>", { v: "1" }],
  ["a positive integer", sequence(field("v", "xs:positiveInteger")), "<T><v>1</v></T>", { v: "1" }],
  ["an int", sequence(field("v", "xs:int")), "<T><v>-2147483648</v></T>", { v: -2147483648 }],
  ["a byte with leading zeros", sequence(field("v", "xs:byte")), "<T><v> 007 </v></T>", { v: 7 }],
  ["minus zero", sequence(field("v", "xs:short")), "<T><v>-0</v></T>", { v: 0 }],
  ["an unsigned int", sequence(field("v", "xs:unsignedInt")), "<T><v>4294967295</v></T>", { v: 4294967295 }],
  ["a double", sequence(field("v", "xs:double")), "<T><v>-1.5E-7</v></T>", { v: -1.5e-7 }],
  ["a large double", sequence(field("v", "xs:double")), "<T><v>1E300</v></T>", { v: 1e300 }],
  ["a float without digits before the point", sequence(field("v", "xs:float")), "<T><v>.5</v></T>", { v: 0.5 }],
  ["a double minus zero", sequence(field("v", "xs:double")), "<T><v>-0.0</v></T>", { v: 0 }],
  ["a double beyond the range", sequence(field("v", "xs:double")), "<T><v>-1E400</v></T>", { v: "-INF" }],
  ["infinity", sequence(field("v", "xs:double")), "<T><v>INF</v></T>", { v: "INF" }],
  ["minus infinity", sequence(field("v", "xs:float")), "<T><v>-INF</v></T>", { v: "-INF" }],
  ["not a number", sequence(field("v", "xs:float")), "<T><v>NaN</v></T>", { v: "NaN" }],
  ["true", sequence(field("v", "xs:boolean")), "<T><v>true</v></T>", { v: true }],
  ["zero for false", sequence(field("v", "xs:boolean")), "<T><v> 0 </v></T>", { v: false }],
  [
    "a time with its zone and fraction",
    sequence(field("v", "xs:dateTime")),
    "<T><v>2026-01-31T23:59:59.123456789+01:00</v></T>",
    { v: "2026-01-31T23:59:59.123456789+01:00" },
  ],
  ["a date before Christ", sequence(field("v", "xs:date")), "<T><v>-0044-03-15</v></T>", { v: "-0044-03-15" }],
  ["a day of a month", sequence(field("v", "xs:gMonthDay")), "<T><v>--02-29</v></T>", { v: "--02-29" }],
  ["a duration", sequence(field("v", "xs:duration")), "<T><v>P1Y2M3DT4H5M6.7S</v></T>", { v: "P1Y2M3DT4H5M6.7S" }],
  ["base64", sequence(field("v", "xs:base64Binary")), "<T><v>AQID</v></T>", { v: "AQID" }],
  ["hexadecimal", sequence(field("v", "xs:hexBinary")), "<T><v>0aFF</v></T>", { v: "0aFF" }],
  ["a URI", sequence(field("v", "xs:anyURI")), "<T><v>http://x/?a=1&amp;b</v></T>", { v: "http://x/?a=1&b" }],
  [
    "a QName by its namespace",
    sequence(field("v", "xs:QName")),
    '<T><v xmlns:p="urn:p">p:x</v></T>',
    { v: "Q{urn:p}x" },
  ],
  [
    "a QName in the default namespace",
    sequence(field("v", "xs:QName")),
    "<T><v>x</v></T>",
    { v: "Q{http://www.gonicus.de/Events}x" },
  ],
  [
    "a QName in no namespace",
    sequence(field("v", "xs:QName")),
    '<e:T xmlns="" xmlns:e="http://www.gonicus.de/Events"><e:v>x</e:v></e:T>',
    { v: "Q{}x" },
  ],
  ["a list", sequence(list("xs:double")), "<T><v> 1 2.5\n INF </v></T>", { v: [1, 2.5, "INF"] }],
  ["an empty list", sequence(list("xs:double")), "<T><v> </v></T>", { v: [] }],
  ["a list of decimals", sequence(list("xs:decimal")), "<T><v>1.0 2.00</v></T>", { v: ["1.0", "2.00"] }],
  [
    "a list of QNames",
    sequence(list("xs:QName")),
    '<T><v xmlns:p="urn:p" xmlns:q="urn:q">p:a q:b p:c</v></T>',
    { v: ["Q{urn:p}a", "Q{urn:q}b", "Q{urn:p}c"] },
  ],
  ["a built-in list", sequence(field("v", "xs:NMTOKENS")), "<T><v>a b</v></T>", { v: ["a", "b"] }],
  [
    "the first member of a union that fits",
    sequence(union("xs:int xs:boolean xs:string")),
    "<T><v>true</v></T>",
    { v: true },
  ],
  ["a number of a union", sequence(union("xs:int xs:boolean xs:string")), "<T><v>5</v></T>", { v: 5 }],
  [
    "a text of a union that another member reads otherwise",
    sequence(union("xs:int xs:boolean xs:string")),
    "<T><v>05</v></T>",
    { v: "05" },
  ],
  ["a union whose text no member gives back", sequence(union("xs:int xs:boolean")), "<T><v> 05</v></T>", { v: " 05" }],
  ["a string before a number in a union", sequence(union("xs:string xs:int")), "<T><v>5</v></T>", { v: "5" }],
  [
    "a list in a union",
    sequence(union("e:ints xs:string")),
    "<T><v>1 2</v></T>",
    { v: [1, 2] },
    '<xs:simpleType name="ints"><xs:list itemType="xs:int"/></xs:simpleType>',
  ],
  [
    "a text that is no list of a union",
    sequence(union("e:ints xs:string")),
    "<T><v>1 x</v></T>",
    { v: "1 x" },
    '<xs:simpleType name="ints"><xs:list itemType="xs:int"/></xs:simpleType>',
  ],
  [
    "a QName of a union",
    sequence(union("xs:QName xs:string")),
    '<T><v xmlns:p="urn:p">p:a</v></T>',
    { v: "Q{urn:p}a" },
  ],
  [
    "a restricted decimal",
    sequence(field("v", "e:price")),
    "<T><v>1.50</v></T>",
    { v: "1.50" },
    '<xs:simpleType name="price"><xs:restriction base="xs:decimal"><xs:fractionDigits value="2"/></xs:restriction></xs:simpleType>',
  ],
  [
    "a string whose type collapses white space",
    sequence(field("v", "e:word")),
    "<T><v> a  b </v></T>",
    { v: "a b" },
    '<xs:simpleType name="word"><xs:restriction base="xs:string"><xs:whiteSpace value="collapse"/></xs:restriction></xs:simpleType>',
  ],
  ["an empty element with a default", sequence(field("v", "xs:int", 'default="5"')), "<T><v/></T>", { v: "" }],
  ["a value of unknown type", sequence('<xs:element name="v"/>'), "<T><v> 5 </v></T>", { v: " 5 " }],
];

const PRICE = `<xs:complexType name="price"><xs:simpleContent><xs:extension base="xs:decimal">
  <xs:attribute name="unit" type="xs:string"/><xs:attribute name="n" type="xs:int"/></xs:extension></xs:simpleContent></xs:complexType>`;
const PLAIN = `<xs:complexType name="plain"><xs:simpleContent><xs:extension base="xs:int"/></xs:simpleContent></xs:complexType>`;
const POINT = `<xs:complexType name="point"><xs:sequence><xs:element name="x" type="xs:int"/></xs:sequence>
  <xs:attribute name="unit" type="xs:string"/></xs:complexType>
  <xs:complexType name="point3"><xs:complexContent><xs:extension base="e:point"><xs:sequence>
  <xs:element name="z" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>`;
const VEHICLES = `<xs:element name="vehicle" type="xs:string" abstract="true"/>
  <xs:element name="car" type="xs:string" substitutionGroup="e:vehicle"/>
  <xs:element name="bike" type="xs:string" substitutionGroup="e:vehicle"/>`;

const STRUCTURES: readonly Row[] = [
  ["no content", "<xs:complexType/>", "<T/>", {}],
  ["nothing of what may be left out", sequence(field("a", "xs:string", 'minOccurs="0"')), "<T/>", {}],
  ["an array of one", sequence(field("a", "xs:int", 'maxOccurs="2"')), "<T><a>1</a></T>", { a: [1] }],
  [
    "an array of several",
    sequence(field("a", "xs:int", 'maxOccurs="unbounded"') + field("b", "xs:int")),
    "<T><a>1</a><a>2</a><b>3</b></T>",
    { a: [1, 2], b: 3 },
  ],
  [
    "an array out of two places side by side",
    sequence(field("a", "xs:int") + field("a", "xs:int", 'minOccurs="0"')),
    "<T><a>1</a></T>",
    { a: [1] },
  ],
  [
    "an array of arrays",
    sequence(
      '<xs:element name="a" maxOccurs="9"><xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType></xs:element>',
    ),
    "<T><a>1 2</a><a/></T>",
    { a: [[1, 2], []] },
  ],
  [
    "an element in a group that may repeat",
    '<xs:complexType><xs:sequence maxOccurs="9"><xs:element name="a" type="xs:int"/></xs:sequence></xs:complexType>',
    "<T><a>1</a></T>",
    { a: [1] },
  ],
  [
    "a choice",
    `<xs:complexType><xs:choice>${field("a", "xs:int")}${field("b", "xs:int")}</xs:choice></xs:complexType>`,
    "<T><b>1</b></T>",
    { b: 1 },
  ],
  [
    "elements in any order",
    `<xs:complexType><xs:all>${field("a", "xs:int")}${field("b", "xs:int")}</xs:all></xs:complexType>`,
    "<T><b>1</b><a>2</a></T>",
    { b: 1, a: 2 },
  ],
  [
    "an order that depends on the choice",
    `<xs:complexType><xs:choice><xs:sequence>${field("a", "xs:int")}${field("b", "xs:int")}</xs:sequence><xs:sequence>${field("b", "xs:int")}${field("a", "xs:int")}</xs:sequence></xs:choice></xs:complexType>`,
    "<T><b>1</b><a>2</a></T>",
    { b: 1, a: 2 },
  ],
  [
    "elements within elements",
    sequence(`<xs:element name="a">${sequence(field("b", "xs:int"))}</xs:element>`),
    "<T><a><b>1</b></a></T>",
    { a: { b: 1 } },
  ],
  [
    "elements of a group",
    sequence('<xs:group ref="e:g"/>'),
    "<T><a>1</a></T>",
    { a: 1 },
    `<xs:group name="g"><xs:sequence>${field("a", "xs:int")}</xs:sequence></xs:group>`,
  ],
  [
    "attributes",
    sequence("", '<xs:attribute name="n" type="xs:int"/><xs:attribute name="l" type="xs:NMTOKENS"/>'),
    '<T n="1" l="a b"/>',
    { "@n": 1, "@l": ["a", "b"] },
  ],
  [
    "a QName in an attribute",
    sequence("", '<xs:attribute name="q" type="xs:QName"/>'),
    '<T xmlns:p="urn:p" q="p:x"/>',
    { "@q": "Q{urn:p}x" },
  ],
  [
    "a QName without namespace in an attribute",
    sequence(field("v", "xs:string"), '<xs:attribute name="q" type="xs:QName"/>'),
    '<e:T xmlns="" xmlns:e="http://www.gonicus.de/Events" q="x"><e:v>1</e:v></e:T>',
    { "@q": "Q{}x", v: "1" },
  ],
  [
    "a text with attributes",
    sequence(field("p", "e:price")),
    '<T><p unit="EUR" n="2">1.50</p></T>',
    { p: { "@unit": "EUR", "@n": 2, "#text": "1.50" } },
    PRICE,
  ],
  [
    "a text whose attributes are left out",
    sequence(field("p", "e:price")),
    "<T><p>1.50</p></T>",
    { p: { "#text": "1.50" } },
    PRICE,
  ],
  ["a text of a complex type without attributes", sequence(field("p", "e:plain")), "<T><p>7</p></T>", { p: 7 }, PLAIN],
  ["an event that is a value", "xs:int", "<T>7</T>", { "#text": 7 }],
  [
    "an event that is a list",
    "e:ints",
    "<T>7 8</T>",
    { "#text": [7, 8] },
    '<xs:simpleType name="ints"><xs:list itemType="xs:int"/></xs:simpleType>',
  ],
  ["an event of any type", "xs:anyType", "<T>text</T>", { "#content": ["text"] }],
  ["an event of any type, empty", "xs:anyType", "<T/>", { "#content": [] }],
  ["nil", sequence(field("a", "xs:int", 'nillable="true"')), `<T><a ${XSI} xsi:nil="true"/></T>`, { a: null }],
  [
    "nil in an array",
    sequence(field("a", "xs:int", 'nillable="true" maxOccurs="9"')),
    `<T><a>1</a><a ${XSI} xsi:nil="1"/></T>`,
    { a: [1, null] },
  ],
  [
    "nil with attributes",
    sequence(field("p", "e:price", 'nillable="true"')),
    `<T><p ${XSI} unit="EUR" xsi:nil="true"/></T>`,
    { p: { "@unit": "EUR", "#nil": true } },
    PRICE,
  ],
  [
    "a nillable element that is not nil",
    sequence(field("a", "xs:int", 'nillable="true"')),
    `<T><a>1</a></T>`,
    { a: 1 },
  ],
  [
    "mixed content",
    `<xs:complexType mixed="true"><xs:sequence>${field("b", "xs:int", 'minOccurs="0" maxOccurs="9"')}</xs:sequence><xs:attribute name="n" type="xs:int"/></xs:complexType>`,
    '<T n="1">one <b>1</b> <b>2</b>!</T>',
    { "@n": 1, "#content": ["one ", { b: 1 }, " ", { b: 2 }, "!"] },
  ],
  ["mixed content without elements", '<xs:complexType mixed="true"/>', "<T>one</T>", { "#content": ["one"] }],
  ["mixed content of nothing", '<xs:complexType mixed="true"/>', "<T/>", { "#content": [] }],
  [
    "a repeated choice in document order",
    `<xs:complexType><xs:choice maxOccurs="unbounded">${field("a", "xs:int")}${field("b", "xs:string")}</xs:choice></xs:complexType>`,
    "<T><a>1</a> <b>x</b><a>2</a></T>",
    { "#content": [{ a: 1 }, { b: "x" }, { a: 2 }] },
  ],
  [
    "repeated pairs in document order",
    `<xs:complexType><xs:sequence maxOccurs="9">${field("k", "xs:string")}${field("v", "xs:int")}</xs:sequence></xs:complexType>`,
    "<T><k>a</k><v>1</v><k>b</k><v>2</v></T>",
    { "#content": [{ k: "a" }, { v: 1 }, { k: "b" }, { v: 2 }] },
  ],
  [
    "an element that comes back",
    sequence(field("a", "xs:int") + field("b", "xs:int") + field("a", "xs:int")),
    "<T><a>1</a><b>2</b><a>3</a></T>",
    { "#content": [{ a: 1 }, { b: 2 }, { a: 3 }] },
  ],
  [
    "a member of a substitution group",
    sequence('<xs:element ref="e:vehicle"/>'),
    "<T><car>x</car></T>",
    { car: "x" },
    VEHICLES,
  ],
  [
    "members of a substitution group in document order",
    sequence('<xs:element ref="e:vehicle" maxOccurs="9"/>'),
    "<T><car>x</car><bike>y</bike><car>z</car></T>",
    { "#content": [{ car: "x" }, { bike: "y" }, { car: "z" }] },
    VEHICLES,
  ],
  [
    "a derived type",
    sequence(field("p", "e:point")),
    `<T><p ${XSI} xsi:type="point3" unit="m"><x>1</x><z>2</z></p></T>`,
    { p: { "@xsi:type": "point3", "@unit": "m", x: 1, z: 2 } },
    POINT,
  ],
  [
    "a built-in type for anything",
    sequence('<xs:element name="v"/>'),
    `<T><v ${XSI} ${XS} xsi:type="xs:int">5</v></T>`,
    { v: { "@xsi:type": "xs:int", "#text": 5 } },
  ],
  [
    "the language",
    sequence("", '<xs:anyAttribute namespace="http://www.w3.org/XML/1998/namespace" processContents="lax"/>'),
    '<T xml:lang="de"/>',
    { "@xml:lang": "de" },
  ],
  ["where a schema is", "<xs:complexType/>", `<T ${XSI} xsi:schemaLocation="a b"/>`, { "@xsi:schemaLocation": "a b" }],
  [
    "attributes of other namespaces",
    sequence("", '<xs:anyAttribute processContents="lax"/>'),
    '<T xmlns:o="urn:o" o:n="1" other="2"/>',
    { "@Q{urn:o}n": "1", "@other": "2" },
  ],
  [
    "elements that the type does not name",
    sequence(field("a", "xs:int") + '<xs:any namespace="##other" minOccurs="0" maxOccurs="9" processContents="lax"/>'),
    '<T><a>1</a><o:x xmlns:o="urn:o">1</o:x><o:y xmlns:o="urn:o" k="v">text<o:z/></o:y><o:x xmlns:o="urn:o"/></T>',
    {
      a: 1,
      "#any": [
        { "Q{urn:o}x": "1" },
        { "Q{urn:o}y": { "@k": "v", "#content": ["text", { z: "" }] } },
        { "Q{urn:o}x": "" },
      ],
    },
  ],
  [
    "declared elements where any may stand",
    sequence('<xs:any minOccurs="0" maxOccurs="9"/>'),
    "<T><count>1</count></T>",
    { "#any": [{ count: 1 }] },
    '<xs:element name="count" type="xs:int"/>',
  ],
  [
    "elements that nobody looks at",
    sequence('<xs:any processContents="skip"/>'),
    `<T><count ${XSI} xsi:nil="true">1<count/></count></T>`,
    { "#any": [{ count: { "@xsi:nil": "true", "#content": ["1", { count: "" }] } }] },
    '<xs:element name="count" type="xs:int"/>',
  ],
  [
    "a field and its namesake where any may stand",
    sequence(
      field("a", "xs:int") + field("b", "xs:int") + '<xs:any minOccurs="0" maxOccurs="9" processContents="lax"/>',
    ),
    "<T><a>1</a><b>2</b><a>x</a></T>",
    { a: 1, b: 2, "#any": [{ "Q{http://www.gonicus.de/Events}a": "x" }] },
    '<xs:element name="a" type="xs:string"/>',
  ],
  [
    "markup in an element without type",
    sequence('<xs:element name="v"/>'),
    '<T><v><h:p xmlns:h="urn:h">a <h:b>c</h:b> <h:i>d</h:i></h:p></v></T>',
    { v: { "#content": [{ "Q{urn:h}p": { "#content": ["a ", { b: "c" }, " ", { i: "d" }] } }] } },
  ],
  [
    "unqualified elements",
    `<xs:complexType><xs:sequence><xs:element name="a" type="xs:int" form="unqualified"/></xs:sequence></xs:complexType>`,
    '<T><a xmlns="">1</a></T>',
    { a: 1 },
  ],
  [
    "namesakes in two namespaces",
    `<xs:complexType><xs:sequence><xs:element name="a" type="xs:int"/><xs:element name="a" type="xs:int" form="unqualified"/></xs:sequence></xs:complexType>`,
    '<T><a>1</a><a xmlns="">2</a></T>',
    { a: 1, "Q{}a": 2 },
  ],
  [
    "names that mean something to JavaScript",
    sequence(field("__proto__", "xs:int") + field("constructor", "xs:int") + field("toString", "xs:int")),
    "<T><__proto__>1</__proto__><constructor>2</constructor><toString>3</toString></T>",
    JSON.parse('{"__proto__":1,"constructor":2,"toString":3}') as object,
  ],
];

describe.each([
  ["a value", VALUES],
  ["an element", STRUCTURES],
] as const)("%s in an object", (_title, rows) => {
  it.each(rows.map((row) => [row[0], row] as const))("is %s", async (_case, [, type, markup, object, more]) => {
    const catalog = await catalogOfType(type, more);
    expect(catalog.problems).toEqual([]);
    const event = read(markup, catalog);
    expect(catalog.validate(event)).toEqual([]);
    expect(event.content).toStrictEqual(object);
    expect(Object.getPrototypeOf(event.content)).toBe(Object.prototype);
    expect(throughJson(event.content)).toStrictEqual(object);
    const back = fromObject("T", object, catalog);
    expect(catalog.validate(back)).toEqual([]);
    expect(toObject(back, catalog)).toStrictEqual(object);
    expect(canonical(back, catalog)).toEqual(canonical(event, catalog));
  });
});
