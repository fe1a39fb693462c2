import { eventXsd, xsd } from "../harness.ts";

/** Schemas with everything that declarations of types have to cope with. */
export const CONSTRUCT_FILES: Readonly<Record<string, string>> = {
  "Order.xsd": eventXsd(
    "Order",
    `<xs:element name="Id" type="e:OrderId">
       <xs:annotation><xs:documentation>Ends a comment: */ export const broken = 1; /* and goes on.</xs:documentation></xs:annotation>
     </xs:element>
     <xs:element name="State" type="e:State"/>
     <xs:element name="Item" type="e:Item" maxOccurs="unbounded"/>
     <xs:element name="Sizes" minOccurs="0"><xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType></xs:element>
     <xs:element name="States" minOccurs="0"><xs:simpleType><xs:list itemType="e:State"/></xs:simpleType></xs:element>
     <xs:element name="Limit" minOccurs="0" type="e:Limit"/>
     <xs:element name="Ordered" type="xs:dateTime"/>
     <xs:element name="Day" type="xs:date" minOccurs="0"/>
     <xs:element name="Paid" type="xs:boolean" nillable="true"/>
     <xs:element name="Weight" type="xs:double" minOccurs="0"/>
     <xs:element name="Total" type="xs:decimal"/>
     <xs:element name="Count" type="xs:integer" minOccurs="0"/>
     <xs:element name="Priority" minOccurs="0"><xs:simpleType><xs:restriction base="xs:int"><xs:enumeration value="1"/><xs:enumeration value="02"/></xs:restriction></xs:simpleType></xs:element>
     <xs:element name="my-name.1" type="xs:string" minOccurs="0"/>
     <xs:element name="Größe" type="xs:string" minOccurs="0"/>
     <xs:element name="Note" type="e:Note" minOccurs="0"/>
     <xs:element name="Anything" minOccurs="0"/>
     <xs:element ref="e:Shape" minOccurs="0"/>`,
  ),
  "Types.xsd": xsd(
    `<xs:simpleType name="OrderId"><xs:restriction base="xs:token"><xs:pattern value="[A-Z][0-9]+"/></xs:restriction></xs:simpleType>
     <xs:simpleType name="State">
       <xs:annotation><xs:documentation>How far the order is.</xs:documentation></xs:annotation>
       <xs:restriction base="xs:token"><xs:enumeration value="new"/><xs:enumeration value=" in  work "/><xs:enumeration value="it's &quot;done&quot;"/></xs:restriction>
     </xs:simpleType>
     <xs:simpleType name="Limit"><xs:union memberTypes="xs:unsignedInt"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="none"/></xs:restriction></xs:simpleType></xs:union></xs:simpleType>
     <xs:complexType name="Item">
       <xs:simpleContent><xs:extension base="xs:decimal">
         <xs:attribute name="unit" use="required"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="kg"/><xs:enumeration value="g"/></xs:restriction></xs:simpleType></xs:attribute>
         <xs:attribute name="codes" type="xs:NMTOKENS"/>
       </xs:extension></xs:simpleContent>
     </xs:complexType>
     <xs:complexType name="Note" mixed="true">
       <xs:annotation><xs:documentation>Text with markup.</xs:documentation></xs:annotation>
       <xs:choice minOccurs="0" maxOccurs="unbounded"><xs:element name="Bold" type="xs:string"/><xs:element name="Note" type="e:Note"/></xs:choice>
       <xs:attribute name="by" type="xs:string"/>
     </xs:complexType>
     <xs:complexType name="string"><xs:sequence><xs:element name="Decimal" type="e:Decimal"/></xs:sequence></xs:complexType>
     <xs:complexType name="Decimal"><xs:sequence><xs:element name="Value" type="xs:long" maxOccurs="2"/></xs:sequence></xs:complexType>
     <xs:element name="Shape" type="xs:string" abstract="true"/>
     <xs:element name="Circle" type="xs:string" substitutionGroup="e:Shape"/>
     <xs:element name="Square" type="xs:string" substitutionGroup="e:Shape"/>`,
  ),
  "Payment.xsd": xsd(
    `<xs:element name="Payment"><xs:complexType><xs:sequence>
       <xs:element name="Amount" type="xs:decimal"/>
       <xs:choice>
         <xs:element name="Card" type="xs:string"/>
         <xs:sequence><xs:element name="Bank" type="xs:string"/><xs:element name="Account" type="xs:string"/></xs:sequence>
       </xs:choice>
       <xs:element name="Remark" type="xs:string" minOccurs="0"/>
     </xs:sequence></xs:complexType></xs:element>`,
  ),
  "Either.xsd": xsd(
    `<xs:element name="Either"><xs:complexType><xs:choice minOccurs="0">
       <xs:element name="Left" type="xs:int" default="5"/><xs:element name="Right" type="xs:int" maxOccurs="3"/>
     </xs:choice></xs:complexType></xs:element>`,
  ),
  "Tree.xsd": xsd(
    `<xs:element name="Tree" type="e:TreeNode"/>
     <xs:complexType name="TreeNode">
       <xs:sequence><xs:element name="Label" type="xs:string"/><xs:element name="Tree" type="e:TreeNode" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
     </xs:complexType>`,
  ),
  "Open.xsd": xsd(
    `<xs:element name="Open"><xs:complexType>
       <xs:sequence><xs:element name="Label" type="xs:int"/><xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
       <xs:attribute name="known" type="xs:int"/><xs:anyAttribute processContents="skip"/>
     </xs:complexType></xs:element>`,
  ),
  "Pairs.xsd": xsd(
    `<xs:element name="Pairs"><xs:complexType><xs:sequence maxOccurs="unbounded">
       <xs:element name="Key" type="xs:string"/><xs:element name="Value" type="xs:string"/>
     </xs:sequence></xs:complexType></xs:element>`,
  ),
  "Tick.xsd": xsd(`<xs:element name="Tick"><xs:complexType/></xs:element>`),
  "Beat.xsd": xsd(`<xs:element name="Beat" type="xs:int"/>`),
  "Abroad.xsd": `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:f="urn:foreign" targetNamespace="http://www.gonicus.de/Events" elementFormDefault="qualified">
     <xs:import namespace="urn:foreign" schemaLocation="foreign/foreign.xsd"/>
     <xs:element name="Abroad"><xs:complexType><xs:sequence>
       <xs:element ref="f:Label"/><xs:element name="Label" type="xs:boolean"/><xs:element ref="f:Footnote"/>
     </xs:sequence><xs:attribute ref="f:rank"/></xs:complexType></xs:element>
   </xs:schema>`,
  "foreign/foreign.xsd": xsd(
    `<xs:element name="Label" type="xs:date"/>
     <xs:element name="Footnote" type="e:Note"/>
     <xs:attribute name="rank" type="xs:int"/>
     <xs:complexType name="Note"><xs:sequence><xs:element name="Text" type="xs:string"/></xs:sequence></xs:complexType>`,
    "urn:foreign",
  ),
};
