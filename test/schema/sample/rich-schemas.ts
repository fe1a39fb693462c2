import { xsd } from "../harness.ts";

/** A simple type derived by restriction, written in place. */
export function restricted(base: string, facets: string): string {
  return `<xs:simpleType><xs:restriction base="${base}">${facets}</xs:restriction></xs:simpleType>`;
}

/** `<xs:minLength value="1"/>…` */
export function facets(values: Readonly<Record<string, string | number | readonly string[]>>): string {
  return Object.entries(values)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((each) => [name, each] as const))
    .map(([name, value]) => `<xs:${name} value="${String(value)}"/>`)
    .join("");
}

const BUILT_INS =
  "string boolean decimal float double duration dateTime time date gYearMonth gYear gMonthDay gDay gMonth hexBinary " +
  "base64Binary anyURI QName normalizedString token language NMTOKEN NMTOKENS Name NCName integer nonPositiveInteger " +
  "negativeInteger long int short byte nonNegativeInteger unsignedLong unsignedInt unsignedShort unsignedByte positiveInteger";

const RESTRICTED: readonly (readonly [base: string, facets: Parameters<typeof facets>[0]])[] = [
  ["string", { length: 5 }],
  ["string", { minLength: 3, maxLength: 4 }],
  ["string", { maxLength: 0 }],
  ["string", { pattern: "[A-Z]{2}\\d{3,5}(-[a-z]+)?" }],
  ["string", { pattern: "\\p{Lu}\\p{Ll}*( \\p{Lu}\\p{Ll}*)*", maxLength: 12 }],
  ["string", { pattern: ["a+", "b{3}"], minLength: 2 }],
  ["string", { enumeration: ["busy", "idle", "it's on"] }],
  ["token", { minLength: 2, maxLength: 20 }],
  ["token", { pattern: "\\S+@\\S+\\.[a-z]{2,3}" }],
  ["string", { whiteSpace: "collapse", maxLength: 8, minLength: 1 }],
  ["decimal", { minInclusive: "-1.5", maxExclusive: "2.25" }],
  ["decimal", { totalDigits: 4, fractionDigits: 2 }],
  ["decimal", { minExclusive: "0", maxInclusive: "0.001" }],
  ["decimal", { minInclusive: "123456789012345678901234567890" }],
  ["int", { minInclusive: 10, maxInclusive: 12 }],
  ["int", { pattern: "[1-9]\\d{3}" }],
  ["byte", { minExclusive: -3, maxExclusive: 3 }],
  ["integer", { totalDigits: 3 }],
  ["nonNegativeInteger", { maxInclusive: 5 }],
  ["float", { minInclusive: "1.5", maxInclusive: "1E3" }],
  ["double", { minExclusive: "-1E-3", maxExclusive: "0" }],
  ["dateTime", { minInclusive: "2026-01-01T00:00:00Z", maxExclusive: "2026-01-02T00:00:00Z" }],
  ["dateTime", { pattern: ".*Z" }],
  ["date", { minInclusive: "2024-02-28", maxInclusive: "2024-03-01" }],
  ["time", { minInclusive: "09:00:00", maxExclusive: "17:00:00" }],
  ["gYear", { minInclusive: "1999" }],
  ["gYearMonth", { maxInclusive: "1999-12" }],
  ["gMonthDay", { minInclusive: "--06-01" }],
  ["duration", { minInclusive: "PT1H", maxInclusive: "P2D" }],
  ["duration", { maxExclusive: "P2Y" }],
  ["hexBinary", { length: 4 }],
  ["base64Binary", { minLength: 2, maxLength: 5 }],
  ["anyURI", { pattern: "https://.*", maxLength: 30 }],
  ["NCName", { maxLength: 3 }],
  ["language", { enumeration: ["en", "de-AT"] }],
  ["boolean", { pattern: "true|false" }],
  ["NMTOKENS", { maxLength: 2 }],
];

/** An event with a field of every built-in type that can have values anywhere, and of many restrictions. */
export const VALUES: string = xsd(`
<xs:element name="Values" type="e:Values"/>
<xs:complexType name="Values"><xs:sequence>
${BUILT_INS.split(" ")
  .map((name) => `<xs:element name="${name}" type="xs:${name}" minOccurs="0"/>`)
  .join("\n")}
${RESTRICTED.map(([base, values], i) => `<xs:element name="R${i}-${base}">${restricted(`xs:${base}`, facets(values))}</xs:element>`).join("\n")}
<xs:element name="List"><xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType></xs:element>
<xs:element name="ShortList">${restricted("e:Numbers", facets({ minLength: 2, maxLength: 3 }))}</xs:element>
<xs:element name="Union"><xs:simpleType><xs:union memberTypes="xs:int xs:boolean e:Code"/></xs:simpleType></xs:element>
<xs:element name="ListOfUnion"><xs:simpleType><xs:list itemType="e:CodeOrNumber"/></xs:simpleType></xs:element>
<xs:element name="TwoSteps">${restricted("e:Code", facets({ pattern: ".*7" }))}</xs:element>
<xs:element name="Named">${restricted("xs:QName", facets({ enumeration: ["e:red", "e:green"] }))}</xs:element>
<xs:element name="Fixed" type="xs:int" fixed="42"/>
<xs:element name="Default" type="e:Code" default="AB12"/>
<xs:element name="Nothing" type="xs:date" nillable="true" maxOccurs="3"/>
</xs:sequence>
<xs:attribute name="plain" type="xs:int"/>
<xs:attribute name="needed" type="e:Code" use="required"/>
<xs:attribute name="fixed" type="xs:token" fixed="on"/>
<xs:attribute name="by-default" type="xs:boolean" default="true"/>
</xs:complexType>
<xs:simpleType name="Code">${restricted("xs:token", facets({ pattern: "[A-Z]{2}\\d+" })).slice("<xs:simpleType>".length)}
<xs:simpleType name="Numbers"><xs:list itemType="xs:int"/></xs:simpleType>
<xs:simpleType name="CodeOrNumber"><xs:union memberTypes="xs:byte e:Code"/></xs:simpleType>
`);

/** An event with every kind of content model. */
export const CONTENT: string = xsd(`
<xs:element name="Content" type="e:Content"/>
<xs:complexType name="Content"><xs:sequence>
  <xs:element name="Choice"><xs:complexType><xs:choice minOccurs="0" maxOccurs="3">
    <xs:element name="A" type="xs:int"/><xs:element name="B" type="xs:string"/>
    <xs:sequence><xs:element name="C" type="xs:date"/><xs:element name="D" type="xs:date" minOccurs="0"/></xs:sequence>
  </xs:choice></xs:complexType></xs:element>
  <xs:element name="All"><xs:complexType><xs:all>
    <xs:element name="X" type="xs:int"/><xs:element name="Y" type="xs:int" minOccurs="0"/><xs:element name="Z" type="xs:int"/>
  </xs:all></xs:complexType></xs:element>
  <xs:element name="Twice" type="xs:int" minOccurs="2" maxOccurs="4"/>
  <xs:group ref="e:Pair" minOccurs="0" maxOccurs="unbounded"/>
  <xs:element name="Mixed"><xs:complexType mixed="true"><xs:sequence>
    <xs:element name="Bold" type="xs:string" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="Empty"><xs:complexType><xs:attributeGroup ref="e:Marks"/></xs:complexType></xs:element>
  <xs:element name="Price"><xs:complexType><xs:simpleContent><xs:extension base="xs:decimal">
    <xs:attribute name="currency" type="xs:NCName" use="required"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
  <xs:element ref="e:Shape" maxOccurs="3"/>
  <xs:element name="Node" type="e:Node"/>
  <xs:element name="Vehicle" type="e:Vehicle"/>
  <xs:element name="Open"><xs:complexType><xs:sequence><xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="2"/></xs:sequence>
    <xs:anyAttribute namespace="##other" processContents="lax"/></xs:complexType></xs:element>
  <xs:element name="Anything" type="xs:anyType" minOccurs="0"/>
</xs:sequence></xs:complexType>
<xs:group name="Pair"><xs:sequence><xs:element name="Key" type="xs:NCName"/><xs:element name="Value" type="xs:string"/></xs:sequence></xs:group>
<xs:attributeGroup name="Marks"><xs:attribute name="mark" type="xs:unsignedByte" use="required"/><xs:attribute name="note" type="xs:string"/></xs:attributeGroup>
<xs:element name="Shape" abstract="true" type="e:ShapeType"/>
<xs:element name="Circle" substitutionGroup="e:Shape" type="e:CircleType"/>
<xs:element name="Square" substitutionGroup="e:Shape"/>
<xs:complexType name="ShapeType"><xs:sequence><xs:element name="Name" type="xs:string"/></xs:sequence></xs:complexType>
<xs:complexType name="CircleType"><xs:complexContent><xs:extension base="e:ShapeType"><xs:sequence>
  <xs:element name="Radius" type="xs:positiveInteger"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
<xs:complexType name="Node"><xs:choice><xs:element name="Leaf" type="xs:int"/>
  <xs:sequence><xs:element name="Left" type="e:Node"/><xs:element name="Right" type="e:Node"/></xs:sequence></xs:choice></xs:complexType>
<xs:complexType name="Vehicle" abstract="true"><xs:sequence><xs:element name="Wheels" type="xs:int"/></xs:sequence></xs:complexType>
<xs:complexType name="Car"><xs:complexContent><xs:extension base="e:Vehicle"><xs:sequence>
  <xs:element name="Doors" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
<xs:complexType name="Bike"><xs:complexContent><xs:extension base="e:Vehicle"/></xs:complexContent></xs:complexType>
`);

/** An event with IDs, keys, unique fields and references to them. */
export const IDENTITY: string = xsd(`
<xs:element name="Identity">
  <xs:complexType><xs:sequence>
    <xs:element name="Person" minOccurs="1" maxOccurs="unbounded"><xs:complexType>
      <xs:sequence><xs:element name="Mail" type="xs:token"/></xs:sequence>
      <xs:attribute name="number" type="xs:unsignedByte" use="required"/>
      <xs:attribute name="id" type="xs:ID"/>
    </xs:complexType></xs:element>
    <xs:element name="Friend" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
      <xs:attribute name="number" type="xs:unsignedByte" use="required"/>
      <xs:attribute name="knows" type="xs:IDREFS"/>
    </xs:complexType></xs:element>
  </xs:sequence></xs:complexType>
  <xs:key name="PersonKey"><xs:selector xpath="e:Person"/><xs:field xpath="@number"/></xs:key>
  <xs:unique name="OneMail"><xs:selector xpath="e:Person"/><xs:field xpath="e:Mail"/></xs:unique>
  <xs:keyref name="FriendOf" refer="e:PersonKey"><xs:selector xpath="e:Friend"/><xs:field xpath="@number"/></xs:keyref>
</xs:element>
`);
