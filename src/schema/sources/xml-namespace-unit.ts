import { XML_NAMESPACE, parseXml } from "../../xml/index.ts";
import type { SchemaUnit } from "../model/schema-unit.ts";

/**
 * The attributes of the namespace `xml` (XML 1.0, sections 2.10 and 2.12; XML Base; xml:id). Schemas import it from the W3C's
 * server more often than any other document, and nothing is ever fetched: so it is built in.
 */
const TEXT = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="${XML_NAMESPACE}" xml:lang="en">
  <xs:attribute name="lang">
    <xs:simpleType>
      <xs:union memberTypes="xs:language">
        <xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value=""/></xs:restriction></xs:simpleType>
      </xs:union>
    </xs:simpleType>
  </xs:attribute>
  <xs:attribute name="space">
    <xs:simpleType>
      <xs:restriction base="xs:NCName"><xs:enumeration value="default"/><xs:enumeration value="preserve"/></xs:restriction>
    </xs:simpleType>
  </xs:attribute>
  <xs:attribute name="base" type="xs:anyURI"/>
  <xs:attribute name="id" type="xs:ID"/>
  <xs:attributeGroup name="specialAttrs">
    <xs:attribute ref="xml:base"/>
    <xs:attribute ref="xml:lang"/>
    <xs:attribute ref="xml:space"/>
    <xs:attribute ref="xml:id"/>
  </xs:attributeGroup>
</xs:schema>
`;

/** The unit that an import of the namespace `xml` means unless it names a file of its own. */
export function xmlNamespaceUnit(): SchemaUnit {
  const file = "xml.xsd (built in)";
  const tree = parseXml(TEXT, { source: file });
  const root = tree.documentElement;
  const document = { file, baseName: "xml", isTopLevel: false, tree, root, targetNamespace: XML_NAMESPACE };
  return { document, namespace: XML_NAMESPACE, includes: [], imports: [] };
}
