export { assertXmlCharacters, isName, isNCName, isXmlChar } from "./characters.ts";
export { escapeAttribute, escapeText } from "./escape.ts";
export { documentName, ExpandedName, internName, sameName } from "./expanded-name.ts";
export { DEFAULT_XML_LIMITS, resolveXmlLimits, type XmlLimits } from "./limits.ts";
export { XML_NAMESPACE, XMLNS_NAMESPACE } from "./namespaces.ts";
export {
  NodeType,
  XmlAttribute,
  XmlComment,
  XmlDocument,
  XmlElement,
  XmlProcessingInstruction,
  XmlText,
  type NamespaceScope,
  type SourcePosition,
  type XmlChildNode,
  type XmlNode,
} from "./node.ts";
export { parseXml, type ParseXmlOptions } from "./parse-xml.ts";
export { serializeXml, type SerializeXmlOptions } from "./serialize.ts";
export { positionOf } from "./source-position.ts";
export { XmlSyntaxError, type XmlSyntaxErrorCode } from "./syntax-error.ts";
export { attributeValue, childElements, documentOf, lookupNamespace, stringValue } from "./tree.ts";
