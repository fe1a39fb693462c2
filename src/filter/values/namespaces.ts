/** The namespace of XML Schema's types: `xs`. */
export const XSD_NAMESPACE = "http://www.w3.org/2001/XMLSchema";
export const XSI_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance";
/** The namespaces of the standard functions (Functions and Operators 3.1, section 1.2). */
export const FN_NAMESPACE = "http://www.w3.org/2005/xpath-functions";
export const MATH_NAMESPACE = "http://www.w3.org/2005/xpath-functions/math";
export const MAP_NAMESPACE = "http://www.w3.org/2005/xpath-functions/map";
export const ARRAY_NAMESPACE = "http://www.w3.org/2005/xpath-functions/array";
/** Codes of errors: `err:XPTY0004`. */
export const ERR_NAMESPACE = "http://www.w3.org/2005/xqt-errors";
/** Functions of the prolog without another namespace. */
export const LOCAL_NAMESPACE = "http://www.w3.org/2005/xquery-local-functions";
/** Annotations such as `%public`, and options. */
export const XQUERY_NAMESPACE = "http://www.w3.org/2012/xquery";
/** Properties of the message as external variables. */
export const MESSAGE_NAMESPACE = "urn:xqbus:message";

/** Namespaces in which a query declares no functions and annotations (XQuery 3.1, section 4.18). */
export const RESERVED_NAMESPACES: ReadonlySet<string> = new Set([
  ...["http://www.w3.org/XML/1998/namespace", XSD_NAMESPACE, XSI_NAMESPACE, FN_NAMESPACE, MATH_NAMESPACE],
  ...[MAP_NAMESPACE, ARRAY_NAMESPACE, XQUERY_NAMESPACE],
]);
