import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FieldDescription, SimpleTypeDescription } from "../../src/schema/index.ts";
import { EVENTS, catalogOf, catalogWith, eventXsd, folderWith, xsd } from "./harness.ts";

const STRING: SimpleTypeDescription = { kind: "simple", base: "xs:string", list: false, facets: {} };

function field(name: string, more: Partial<FieldDescription> = {}): FieldDescription {
  const occurrence = { minOccurs: 1, maxOccurs: 1, nillable: false };
  return { name, namespace: EVENTS, documentation: "", ...occurrence, type: STRING, ...more };
}

describe("the description of an event type", () => {
  it("has its documentation, module, file and fields", async () => {
    const folder = folderWith({
      "PhoneStatus.xsd": xsd(`
        <xs:element name="PhoneStatus" type="e:PhoneStatus"/>
        <xs:complexType name="PhoneStatus">
          <xs:annotation>
            <xs:documentation>
              A phone changed
              its state.

              Sent at once.
            </xs:documentation>
            <xs:documentation xml:lang="de">Ein Telefon.</xs:documentation>
            <xs:appinfo><x:module xmlns:x="urn:xqbus"> Asterisk </x:module></xs:appinfo>
          </xs:annotation>
          <xs:all>
            <xs:element name="CallerId" type="xs:string">
              <xs:annotation><xs:documentation>Who calls.</xs:documentation></xs:annotation>
            </xs:element>
            <xs:element name="Status" type="e:Status" minOccurs="0" nillable="true"/>
          </xs:all>
        </xs:complexType>
        <xs:simpleType name="Status"><xs:restriction base="e:Word">
          <xs:enumeration value="busy"/><xs:enumeration value="free"/>
        </xs:restriction></xs:simpleType>
        <xs:simpleType name="Word"><xs:restriction base="xs:token"><xs:maxLength value="8"/></xs:restriction></xs:simpleType>`),
    });
    const catalog = await catalogOf(folder);
    expect(catalog.describe("PhoneStatus")).toEqual({
      name: "PhoneStatus",
      namespace: EVENTS,
      file: join(folder, "PhoneStatus.xsd"),
      documentation: "A phone changed its state.\n\nSent at once.",
      module: "Asterisk",
      annotations: { module: "Asterisk" },
      type: {
        kind: "complex",
        name: "PhoneStatus",
        content: "all",
        mixed: false,
        attributes: [],
        fields: [
          field("CallerId", { documentation: "Who calls." }),
          field("Status", {
            minOccurs: 0,
            nillable: true,
            type: {
              kind: "simple",
              name: "Status",
              base: "xs:token",
              list: false,
              enumeration: ["busy", "free"],
              facets: { maxLength: "8" },
            },
          }),
        ],
      },
    });
  });

  it.each([
    ["nothing", ``, "empty", []],
    [
      "a sequence",
      `<xs:sequence><xs:element name="a"/></xs:sequence>`.replace("/>", ` type="xs:string"/>`),
      "sequence",
      [field("a")],
    ],
    [
      "occurrences multiplied over groups",
      `<xs:sequence minOccurs="0" maxOccurs="3"><xs:element name="a" type="xs:string" maxOccurs="2"/>` +
        `<xs:sequence maxOccurs="unbounded"><xs:element name="b" type="xs:string"/></xs:sequence></xs:sequence>`,
      "sequence",
      [field("a", { minOccurs: 0, maxOccurs: 6 }), field("b", { minOccurs: 0, maxOccurs: "unbounded" })],
    ],
    [
      "a choice, of which nothing is required",
      `<xs:choice><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string"/></xs:choice>`,
      "choice",
      [field("a", { minOccurs: 0 }), field("b", { minOccurs: 0 })],
    ],
    ["a group written out", `<xs:group ref="e:G"/>`, "choice", [field("g")]],
    ["a reference", `<xs:sequence><xs:element ref="e:Global"/></xs:sequence>`, "sequence", [field("Global")]],
    [
      "no element that must not occur",
      `<xs:sequence><xs:element name="a" minOccurs="0" maxOccurs="0"/></xs:sequence>`,
      "sequence",
      [],
    ],
    [
      "an unqualified element",
      `<xs:sequence><xs:element name="a" type="xs:string" form="unqualified"/></xs:sequence>`,
      "sequence",
      [field("a", { namespace: "" })],
    ],
  ])("has %s", async (_, content, kind, fields) => {
    const catalog = await catalogWith({
      "A.xsd": xsd(
        `<xs:element name="A"><xs:complexType>${content}</xs:complexType></xs:element>` +
          `<xs:element name="Global" type="xs:string"/>` +
          `<xs:group name="G"><xs:choice><xs:element name="g" type="xs:string"/></xs:choice></xs:group>`,
      ),
    });
    expect(catalog.problems).toEqual([]);
    const { type, documentation } = catalog.describe("A");
    expect(documentation).toBe("");
    expect(type).toEqual({ kind: "complex", content: kind, mixed: false, attributes: [], fields });
  });

  it("has what a type takes over from its base types", async () => {
    const catalog = await catalogWith({
      "A.xsd": xsd(`
        <xs:element name="A" type="e:A"/>
        <xs:complexType name="A"><xs:complexContent><xs:extension base="e:Base">
          <xs:sequence><xs:element name="own" type="xs:string"/></xs:sequence>
          <xs:attribute name="unit" use="required"><xs:annotation><xs:documentation>Of what.</xs:documentation></xs:annotation>
            <xs:simpleType><xs:restriction base="xs:string"/></xs:simpleType></xs:attribute>
        </xs:extension></xs:complexContent></xs:complexType>
        <xs:complexType name="Base" mixed="false">
          <xs:sequence><xs:element name="inherited" type="xs:string"/></xs:sequence>
          <xs:attributeGroup ref="e:common"/>
        </xs:complexType>
        <xs:attributeGroup name="common"><xs:attribute name="id" type="xs:string"/></xs:attributeGroup>`),
    });
    expect(catalog.problems).toEqual([]);
    expect(catalog.describe("A").type).toEqual({
      kind: "complex",
      name: "A",
      content: "sequence",
      mixed: false,
      attributes: [
        { name: "id", namespace: "", required: false, type: STRING, documentation: "" },
        { name: "unit", namespace: "", required: true, type: STRING, documentation: "Of what." },
      ],
      fields: [field("inherited"), field("own")],
    });
  });

  it("has the type of a text with attributes, and of an event that is a value", async () => {
    const catalog = await catalogWith({
      "A.xsd": xsd(
        `<xs:element name="A"><xs:complexType><xs:simpleContent><xs:extension base="xs:decimal">` +
          `<xs:attribute name="unit" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>`,
      ),
      "B.xsd": xsd(`<xs:element name="B" type="xs:string"/>`),
    });
    expect(catalog.describe("A").type).toEqual({
      kind: "complex",
      content: "simple",
      mixed: false,
      attributes: [{ name: "unit", namespace: "", required: false, type: STRING, documentation: "" }],
      fields: [],
      text: { kind: "simple", base: "xs:decimal", list: false, facets: {} },
    });
    const nothing = { attributes: [], fields: [] };
    expect(catalog.describe("B").type).toEqual({
      kind: "complex",
      content: "simple",
      mixed: false,
      ...nothing,
      text: STRING,
    });
  });

  it("has lists with their items and unions with their members", async () => {
    const catalog = await catalogWith({
      "A.xsd": eventXsd(
        "A",
        `<xs:element name="list"><xs:simpleType><xs:restriction><xs:simpleType><xs:list><xs:simpleType><xs:restriction base="xs:string">` +
          `<xs:pattern value="a"/><xs:pattern value="b"/></xs:restriction></xs:simpleType></xs:list></xs:simpleType>` +
          `<xs:maxLength value="2"/></xs:restriction></xs:simpleType></xs:element>` +
          `<xs:element name="union"><xs:simpleType><xs:union memberTypes="xs:int xs:string"/></xs:simpleType></xs:element>`,
      ),
    });
    expect(catalog.describe("A").type.fields.map(({ type }) => type)).toEqual([
      {
        kind: "simple",
        base: "xs:string",
        list: true,
        facets: { maxLength: "2" },
        item: { kind: "simple", base: "xs:string", list: false, facets: { pattern: "a|b" } },
      },
      {
        kind: "simple",
        base: "xs:anySimpleType",
        list: false,
        facets: {},
        members: [{ kind: "simple", base: "xs:int", list: false, facets: {} }, STRING],
      },
    ]);
  });

  it("ends where a type occurs inside itself", async () => {
    const catalog = await catalogWith({
      "A.xsd": eventXsd("A", `<xs:element name="again" type="e:A" minOccurs="0"/>`),
    });
    expect(catalog.describe("A").type.fields).toEqual([
      field("again", {
        minOccurs: 0,
        type: {
          kind: "complex",
          name: "A",
          content: "empty",
          mixed: false,
          attributes: [],
          fields: [],
          recursive: true,
        },
      }),
    ]);
  });

  it("stays small for types that use each other in many ways", async () => {
    const types = Array.from({ length: 30 }, (_, i) => {
      const fields = Array.from({ length: 30 }, (_, j) => `<xs:element name="f${j}" type="e:T${j}" minOccurs="0"/>`);
      return `<xs:complexType name="T${i}"><xs:sequence>${fields.join("")}</xs:sequence></xs:complexType>`;
    });
    const catalog = await catalogWith({ "A.xsd": xsd(`<xs:element name="A" type="e:T0"/>${types.join("")}`) });
    expect(catalog.problems).toEqual([]);
    expect(catalog.describe("A").type.fields).toHaveLength(30);
  });

  it("is refused for a name that is no event type, with a suggestion", async () => {
    const catalog = await catalogWith({ "PhoneStatus.xsd": eventXsd("PhoneStatus") });
    expect(() => catalog.describe("PhoneStaus")).toThrow(
      expect.objectContaining({
        name: "UnknownNameError",
        code: "xqbus:unknown-name",
        unknownName: "PhoneStaus",
        suggestion: "PhoneStatus",
        message: `"PhoneStaus" is not an event type of this catalog (did you mean "PhoneStatus"?)`,
      }),
    );
    expect(() => catalog.describe("Event")).toThrow(`"Event" is not an event type of this catalog`);
  });
});
