import { describe, expect, it } from "vitest";
import { catalogWith, xsd } from "../harness.ts";

const S = 'type="xs:string"';
const A = `<xs:element name="A" ${S}/>`;
const B = `<xs:element name="B" ${S}/>`;
const C = `<xs:element name="C" ${S}/>`;

/** The declaration of the type of T, without line ends. */
async function declared(content: string, more = ""): Promise<string> {
  const catalog = await catalogWith({
    "T.xsd": xsd(`<xs:element name="T"><xs:complexType>${content}</xs:complexType></xs:element>${more}`),
  });
  expect(catalog.problems).toEqual([]);
  const [, text] = /^export (?:interface T|type T =) (.*?;?)\n\n/ms.exec(catalog.declareTypes()) ?? [];
  return text?.replaceAll(/\s+/g, " ").replaceAll("readonly ", "") ?? "";
}

describe("a content model", () => {
  const rows: readonly (readonly [what: string, content: string, type: string, more?: string])[] = [
    [
      "that is a choice is a union",
      `<xs:choice>${A}${B}</xs:choice>`,
      "{ A: string; B?: never; } | { B: string; A?: never; };",
    ],
    [
      "with a choice in a group is a union",
      `<xs:sequence><xs:group ref="e:G"/>${C}</xs:sequence>`,
      "{ C: string; } & ({ A: string; B?: never; } | { B: string; A?: never; });",
      `<xs:group name="G"><xs:choice>${A}${B}</xs:choice></xs:group>`,
    ],
    [
      "with a choice that may be left out is a union with neither",
      `<xs:choice minOccurs="0">${A}${B}</xs:choice>`,
      "{ A: string; B?: never; } | { B: string; A?: never; } | { A?: never; B?: never; };",
    ],
    [
      "with two choices has optional fields",
      `<xs:sequence><xs:choice>${A}${B}</xs:choice><xs:choice>${C}<xs:element name="D" ${S}/></xs:choice></xs:sequence>`,
      "{ A?: string; B?: string; C?: string; D?: string; }",
    ],
    [
      "with an element in both alternatives has optional fields",
      `<xs:choice>${A}<xs:sequence>${B}${A}</xs:sequence></xs:choice>`,
      "{ A: string; B?: string; }",
    ],
    [
      "with a wildcard as an alternative has optional fields",
      `<xs:choice>${A}<xs:any namespace="##other"/></xs:choice>`,
      '{ A?: string; /** Elements that the schema does not name. */ "#any"?: { [name: string]: unknown }[]; }',
    ],
    [
      "with more alternatives than can be read has optional fields",
      `<xs:choice>${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `<xs:element name="E${n}" ${S}/>`).join("")}</xs:choice>`,
      "{ E1?: string; E2?: string; E3?: string; E4?: string; E5?: string; E6?: string; E7?: string; E8?: string; E9?: string; }",
    ],
    [
      "with a repeated choice is read in document order",
      `<xs:choice maxOccurs="unbounded">${A}${B}</xs:choice>`,
      '{ /** In document order. */ "#content": ({ A: string } | { B: string })[]; }',
    ],
    [
      "with an element in two places has an array",
      `<xs:sequence>${A}${A}${B}</xs:sequence>`,
      "{ A: string[]; B: string; }",
    ],
    [
      "with an optional group has optional fields",
      `<xs:sequence minOccurs="0">${A}<xs:element name="B" ${S} maxOccurs="2"/></xs:sequence>`,
      "{ A?: string; B?: string[]; }",
    ],
    [
      "that extends another has its fields and attributes too",
      `<xs:complexContent><xs:extension base="e:Base"><xs:sequence>${B}</xs:sequence><xs:attribute name="b" use="required"/></xs:extension></xs:complexContent>`,
      '{ "@a"?: string; "@b": string; A: string; B: string; }',
      `<xs:complexType name="Base"><xs:sequence>${A}</xs:sequence><xs:attribute name="a"/></xs:complexType>`,
    ],
    [
      "with fields that may be nil or stand for a default",
      `<xs:sequence><xs:element name="A" type="xs:int" nillable="true" default="1"/><xs:element name="B" type="e:B" nillable="true"/></xs:sequence>`,
      '{ A: number | "" | null; B: B | null | { "#nil": true; [attribute: `@${string}`]: unknown }; }',
      `<xs:complexType name="B"><xs:attribute name="b"/></xs:complexType>`,
    ],
  ];

  it.each(rows.map(([what, content, type, more = ""]) => [what, content, type, more] as const))(
    "%s",
    async (...row) => {
      const [, content, type, more] = row;
      expect(await declared(content, more)).toBe(type);
    },
  );
});

describe("a simple type", () => {
  const rows: readonly (readonly [type: string, declared: string])[] = [
    [
      '<xs:restriction base="xs:string"><xs:enumeration value="a b"/><xs:enumeration value="c"/></xs:restriction>',
      '"a b" | "c"',
    ],
    ['<xs:restriction base="xs:int"><xs:enumeration value="007"/></xs:restriction>', "7"],
    ['<xs:restriction base="xs:decimal"><xs:enumeration value="1.0"/></xs:restriction>', "Decimal"],
    ['<xs:restriction base="xs:dateTime"><xs:enumeration value="2026-01-31T12:00:00Z"/></xs:restriction>', "DateTime"],
    ['<xs:restriction base="xs:negativeInteger"/>', "Integer"],
    ['<xs:restriction base="xs:base64Binary"/>', "string"],
    ['<xs:restriction base="xs:float"><xs:enumeration value="INF"/></xs:restriction>', "Float"],
    ['<xs:list itemType="xs:boolean"/>', "boolean[]"],
    ['<xs:union memberTypes="xs:boolean xs:date"/>', "boolean | string"],
    ['<xs:union memberTypes="xs:boolean xs:byte"/>', 'boolean | "0" | "1" | number | `${number}`'],
    [
      '<xs:list><xs:simpleType><xs:restriction base="xs:token"><xs:enumeration value="a"/><xs:enumeration value="b"/></xs:restriction></xs:simpleType></xs:list>',
      '("a" | "b")[]',
    ],
  ];

  it.each(rows)("%s is %s", async (type, text) => {
    const content = `<xs:sequence><xs:element name="A"><xs:simpleType>${type}</xs:simpleType></xs:element></xs:sequence>`;
    expect(await declared(content)).toBe(`{ A: ${text}; }`);
  });
});
