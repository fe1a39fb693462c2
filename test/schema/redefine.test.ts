import { describe, expect, it } from "vitest";
import { catalogWith, event, xsd } from "./harness.ts";

const OLD = xsd(
  `<xs:simpleType name="Code"><xs:restriction base="xs:string"><xs:maxLength value="8"/></xs:restriction></xs:simpleType>
   <xs:complexType name="Device"><xs:sequence><xs:element name="Id" type="e:Code"/></xs:sequence></xs:complexType>
   <xs:group name="Parts"><xs:sequence><xs:element name="Part" type="e:Code"/></xs:sequence></xs:group>
   <xs:attributeGroup name="Marks"><xs:attribute name="mark"/></xs:attributeGroup>`,
);

const REDEFINITIONS = `<xs:redefine schemaLocation="old/Types.xsd">
   <xs:annotation><xs:documentation>Since 2.0</xs:documentation></xs:annotation>
   <xs:simpleType name="Code"><xs:restriction base="e:Code"><xs:minLength value="2"/></xs:restriction></xs:simpleType>
   <xs:complexType name="Device"><xs:complexContent><xs:extension base='e:Device'><xs:sequence>
     <xs:element name="Place" type="xs:string"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
   <xs:group name="Parts"><xs:sequence><xs:group ref="e:Parts"/><xs:element name="Spare"/></xs:sequence></xs:group>
   <xs:attributeGroup name="Marks"><xs:attributeGroup ref="e:Marks"/><xs:attribute name="other"/></xs:attributeGroup>
 </xs:redefine>`;

const USE = `<xs:element name="A"><xs:complexType><xs:sequence><xs:element name="Device" type="e:Device"/>
  <xs:group ref="e:Parts"/></xs:sequence><xs:attributeGroup ref="e:Marks"/></xs:complexType></xs:element>`;

const GOOD = `<A mark="1" other="2"><Device><Id>ab</Id><Place>x</Place></Device><Part>ab</Part><Spare/></A>`;

describe("xs:redefine", () => {
  it.each([
    ["in the file of the event", { "A.xsd": xsd(REDEFINITIONS + USE), "old/Types.xsd": OLD }],
    [
      "of a file without target namespace",
      {
        "A.xsd": xsd(REDEFINITIONS + USE),
        "old/Types.xsd": OLD.replace(/ targetNamespace="[^"]*"/, "").replaceAll("e:Code", "Code"),
      },
    ],
    [
      "in a file that the event's includes",
      {
        "A.xsd": xsd(`<xs:include schemaLocation="lib/New.xsd"/>${USE}`),
        "lib/New.xsd": xsd(REDEFINITIONS),
        "lib/old/Types.xsd": OLD,
      },
    ],
    [
      "of what the other file only includes",
      {
        "A.xsd": xsd(REDEFINITIONS + USE),
        "old/Types.xsd": xsd(`<xs:include schemaLocation="Deep.xsd"/>`),
        "old/Deep.xsd": OLD,
      },
    ],
  ])("takes the place of the old components everywhere: %s", async (_, files) => {
    const catalog = await catalogWith(files);
    expect(catalog.problems).toEqual([]);
    expect(catalog.validate(event(GOOD))).toEqual([]);
    // The old type of the identifier is used within the old file, and is the new one there, too.
    expect(catalog.validate(event(GOOD.replace("<Id>ab", "<Id>a")))).toMatchObject([{ code: "cvc-minLength-valid" }]);
    expect(catalog.validate(event(GOOD.replace("<Id>ab", "<Id>abcdefghi")))).toMatchObject([
      { code: "cvc-maxLength-valid" },
    ]);
    expect(catalog.validate(event(GOOD.replace("<Place>x</Place>", "")))).toMatchObject([
      { code: "cvc-complex-type.2.4" },
    ]);
    expect(catalog.validate(event(GOOD.replace("<Spare/>", "")))).toMatchObject([{ code: "cvc-complex-type.2.4" }]);
    expect(catalog.validate(event(GOOD.replace("other", "others")))).toMatchObject([
      { code: "cvc-complex-type.3.2.2" },
    ]);
  });

  it("may redefine what is redefined already", async () => {
    const longer = REDEFINITIONS.replace(/<xs:complexType.*<\/xs:attributeGroup>/s, "");
    const catalog = await catalogWith({
      "A.xsd": xsd(
        `${longer.replace("old/Types", "mid/New").replace('"2"', '"3"')}<xs:element name="A" type="e:Code"/>`,
      ),
      "mid/New.xsd": xsd(longer.replace("old/Types", "Types")),
      "mid/Types.xsd": OLD,
    });
    expect(catalog.problems).toEqual([]);
    expect(catalog.validate(event("<A>abc</A>"))).toEqual([]);
    expect(catalog.validate(event("<A>ab</A>"))).toMatchObject([{ code: "cvc-minLength-valid" }]);
    expect(catalog.validate(event("<A>abcdefghi</A>"))).toMatchObject([{ code: "cvc-maxLength-valid" }]);
  });

  it("keeps the numbers of the lines behind it", async () => {
    const catalog = await catalogWith({
      "A.xsd": xsd(`${REDEFINITIONS}\n<xs:element name="A" type="e:Cod"/>`),
      "old/Types.xsd": OLD,
    });
    expect(catalog.problems[0]).toMatchObject({ line: 3 + REDEFINITIONS.split("\n").length - 1 });
  });
});
