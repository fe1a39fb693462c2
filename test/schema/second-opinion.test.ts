import { describe, expect, it } from "vitest";
import { parseXml } from "../../src/xml/index.ts";
import { catalogWith, event, EVENTS, xsd } from "./harness.ts";

const ITEM = (type: string): string => `<xs:element name="Item" maxOccurs="9" type="${type}"/>`;
const A = (content: string, rest: string = ""): string =>
  xsd(`<xs:element name="A"><xs:complexType>${content}</xs:complexType>${rest}</xs:element>`);

const KEYS = `<xs:unique name="u"><xs:selector xpath="e:Item"/><xs:field xpath="."/></xs:unique>`;

describe("what libxml2 misjudges", () => {
  it.each([
    {
      name: "a reference to an ID that no element has",
      schema: A(`<xs:sequence>${ITEM("xs:IDREF")}</xs:sequence><xs:attribute name="id" type="xs:ID"/>`),
      valid: `<A id="a"><Item>a</Item></A>`,
      invalid: `<A id="a"><Item>b</Item></A>`,
      code: "cvc-id.1",
    },
    {
      name: "+0 and -0, which are equal",
      schema: A(`<xs:sequence>${ITEM("xs:float")}</xs:sequence>`, KEYS),
      valid: `<A><Item>0</Item><Item>1</Item></A>`,
      invalid: `<A><Item>0</Item><Item>-0</Item></A>`,
      code: "cvc-identity-constraint.4.1",
    },
  ])("is judged by our own diagnosis: $name", async ({ schema, valid, invalid, code }) => {
    const catalog = await catalogWith({ "A.xsd": schema });
    expect(catalog.problems).toEqual([]);
    // What makers write is judged without a tree where nothing asks for one.
    const plain = (content: string): Buffer => Buffer.from(`<Event xmlns="${EVENTS}">${content}</Event>`);
    const bytes = (content: string): Buffer => Buffer.from(event(content));
    for (const form of [event, plain, bytes, (content: string) => parseXml(event(content))]) {
      expect(catalog.validate(form(valid))).toEqual([]);
      expect(catalog.validate(form(invalid))).toMatchObject([{ code }]);
    }
  });

  it("accepts a fixed value of a union that is written in another way", async () => {
    const union = `<xs:simpleType><xs:union memberTypes="xs:boolean xs:decimal"/></xs:simpleType>`;
    const catalog = await catalogWith({
      "A.xsd": A(`<xs:sequence><xs:element name="Item" fixed="1.0">${union}</xs:element></xs:sequence>`),
    });
    expect(catalog.problems).toEqual([]);
    expect(catalog.validate(event("<A><Item>1.000</Item></A>"))).toEqual([]);
    expect(catalog.validate(event("<A><Item>2</Item></A>"))).toHaveLength(1);
  });
});
