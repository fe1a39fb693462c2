import { eventXsd, xsd } from "../../schema/harness.ts";

/** Event types whose schemas let in more than they name, in every way there is. */
export const WIDE: Readonly<Record<string, string>> = {
  "Plain.xsd": eventXsd(
    "Plain",
    `<xs:element name="Id" type="xs:int"/><xs:element name="State" type="e:State"/>`,
  ).replace(
    "</xs:schema>",
    `<xs:simpleType name="State"><xs:restriction base="xs:string"><xs:enumeration value="on"/><xs:enumeration value="off"/></xs:restriction></xs:simpleType>
     <xs:simpleType name="LooseState"><xs:restriction base="e:State"><xs:whiteSpace value="collapse"/></xs:restriction></xs:simpleType></xs:schema>`,
  ),
  "Skip.xsd": eventXsd("Skip", `<xs:any processContents="skip" minOccurs="0" maxOccurs="3"/>`),
  "Lax.xsd": eventXsd(
    "Lax",
    `<xs:element name="Id" type="xs:int"/><xs:any namespace="##other ##local" processContents="lax" minOccurs="0" maxOccurs="3"/>`.replace(
      "##other ##local",
      "##local urn:other",
    ),
  ),
  "Strict.xsd": eventXsd("Strict", `<xs:any namespace="##targetNamespace" processContents="strict"/>`),
  "Other.xsd": eventXsd("Other", `<xs:any namespace="##other" processContents="lax" minOccurs="0"/>`),
  "AnyType.xsd": xsd(`<xs:element name="AnyType"/>`),
  "AnySimple.xsd": xsd(`<xs:element name="AnySimple" type="xs:anySimpleType"/>`),
  "Head.xsd": xsd(`
    <xs:element name="Head" type="e:Head"/>
    <xs:complexType name="Head"><xs:sequence><xs:element name="Name" type="xs:string"/></xs:sequence></xs:complexType>
    <xs:element name="Limb" substitutionGroup="e:Head" type="e:Limb"/>
    <xs:element name="Arm" substitutionGroup="e:Limb"/>
    <xs:complexType name="Limb"><xs:complexContent><xs:extension base="e:Head"><xs:sequence>
      <xs:element name="Length" type="xs:byte"/></xs:sequence><xs:attribute name="side" type="xs:NCName"/></xs:extension></xs:complexContent></xs:complexType>`),
  "Base.xsd": xsd(`
    <xs:element name="Base" type="e:Base"/>
    <xs:complexType name="Base"><xs:sequence><xs:element name="Part" type="e:Part" nillable="true"/><xs:element name="Size" type="e:Size" default="7"/></xs:sequence></xs:complexType>
    <xs:complexType name="Part"><xs:simpleContent><xs:extension base="e:Code"/></xs:simpleContent></xs:complexType>
    <xs:complexType name="MarkedPart"><xs:simpleContent><xs:extension base="e:Part"><xs:attribute name="mark" type="xs:int"/></xs:extension></xs:simpleContent></xs:complexType>
    <xs:simpleType name="Code"><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{2}"/></xs:restriction></xs:simpleType>
    <xs:simpleType name="Size"><xs:restriction base="xs:int"><xs:minInclusive value="1"/><xs:maxInclusive value="9"/></xs:restriction></xs:simpleType>
    <xs:simpleType name="Either"><xs:union memberTypes="e:Size xs:boolean"/></xs:simpleType>
    <xs:complexType name="MoreBase"><xs:complexContent><xs:extension base="e:Base"><xs:sequence>
      <xs:element name="More" type="e:Either"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
    <xs:complexType name="StillMore"><xs:complexContent><xs:extension base="e:MoreBase"><xs:sequence>
      <xs:any namespace="urn:other" processContents="skip"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>`),
};

/** Events that only what lets in more than it names makes valid; the content of the envelope. */
export const WIDE_EVENTS: readonly string[] = [
  `<Skip><PhoneStatus><Status>busy</Status></PhoneStatus><x xmlns=""><Id>x</Id></x></Skip>`,
  `<Skip><Plain><Id>no number</Id><State>broken</State></Plain></Skip>`,
  `<Lax><Id>1</Id><Id xmlns="">text</Id><o:Id xmlns:o="urn:other" a="1">2</o:Id></Lax>`,
  `<Strict><Plain><Id>1</Id><State>on</State></Plain></Strict>`,
  `<Strict><Head><Name>x</Name></Head></Strict>`,
  `<Other><o:State xmlns:o="urn:other">gone</o:State></Other>`,
  `<AnyType><Id>x</Id><State mark="9">gone</State>text</AnyType>`,
  `<AnyType xsi:type="Plain"><Id>5</Id><State>off</State></AnyType>`,
  `<AnySimple>anything at all</AnySimple>`,
  `<AnySimple xsi:type="MarkedPart" mark="5">AB</AnySimple>`,
  `<Head xsi:type="Limb" side="left"><Name>n</Name><Length>5</Length></Head>`,
  `<Limb side="right"><Name>n</Name><Length>-128</Length></Limb>`,
  `<Arm><Name>n</Name><Length>127</Length></Arm>`,
  `<Base><Part xsi:nil="true"/><Size/></Base>`,
  `<Base><Part xsi:type="MarkedPart" mark="1">AB</Part><Size> 5
  </Size></Base>`,
  `<Base xsi:type="MoreBase"><Part>AB</Part><Size>9</Size><More>true</More></Base>`,
  `<Base xsi:type="StillMore"><Part>AB</Part><Size>+9</Size><More xsi:type="Size">4</More><Q xmlns="urn:other"><Deep/></Q></Base>`,
  `<Plain><Id> 0<!-- 1 -->7 </Id><State><![CDATA[o]]>n</State></Plain>`,
  `<Plain xsi:schemaLocation="urn:x y"><Id>1</Id><State xsi:type="LooseState"> on </State></Plain>`,
];
