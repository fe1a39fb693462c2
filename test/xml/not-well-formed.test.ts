import { describe, expect, it } from "vitest";
import { parseXml, XmlSyntaxError, type ParseXmlOptions } from "../../src/xml/index.ts";

const ALLOWED = "XML 1.0 allows TAB, LF, CR and the characters from U+0020 on, without surrogates, U+FFFE and U+FFFF";
const OUTSIDE = "expected only comments, processing instructions and white space there";
const ENTITIES = "without DTD there are only &lt; &gt; &amp; &apos; &quot; and character references such as &#169;";
const ORDER = "(version, encoding and standalone come in this order, once each)";
const RESERVED = 'expected another target, or "<?xml" and white space at the very beginning of the document';
const QNAME = "expected at most one colon, with a name before and behind it";

const ROWS: readonly (readonly [xml: string, message: string])[] = [
  // documents
  ["", 'document:1:1: the document has no element; expected a start tag such as "<Event>"'],
  ["  \n", 'document:2:1: the document has no element; expected a start tag such as "<Event>"'],
  ["<!--c-->", 'document:1:9: the document has no element; expected a start tag such as "<Event>"'],
  ["a", `document:1:1: text outside the document element begins with "a"; ${OUTSIDE}`],
  ["<a/>b", `document:1:5: text outside the document element begins with "b"; ${OUTSIDE}`],
  ["&#32;<a/>", `document:1:1: text outside the document element begins with "&"; ${OUTSIDE}`],
  ["<a/>&#32;", `document:1:5: text outside the document element begins with "&"; ${OUTSIDE}`],
  ["<![CDATA[ ]]><a/>", 'document:1:1: "<!" is followed by "["; expected "<!--"'],
  [
    "<a/><b/>",
    "document:1:5: a second element begins outside the document element; expected one element around everything",
  ],
  ["</a>", 'document:1:1: "</" without an open element; expected a start tag'],
  ["<a/></a>", 'document:1:5: "</" without an open element; expected the end of the document'],
  ["\u0000<a/>", `document:1:1: text outside the document element begins with U+0000; ${OUTSIDE}`],
  // tags
  [
    "<",
    'document:1:1: "<" is followed by the end of the document; expected an element name (write "&lt;" for the character itself)',
  ],
  [
    "< a/>",
    'document:1:1: "<" is followed by U+0020; expected an element name (write "&lt;" for the character itself)',
  ],
  [
    "<a><1/></a>",
    'document:1:4: "<" is followed by "1"; expected an element name (write "&lt;" for the character itself)',
  ],
  [
    "<a>1 < 2</a>",
    'document:1:6: "<" is followed by U+0020; expected an element name (write "&lt;" for the character itself)',
  ],
  ["<a", 'document:1:3: the document ends inside the start tag of "a"; expected ">" or "/>"'],
  ["<a b", 'document:1:5: attribute "b" is followed by the end of the document; expected "=" and a quoted value'],
  ["<a b=", 'document:1:6: attribute "b" has no quoted value: found the end of the document; expected a quote'],
  ["<a b='", `document:1:6: the value of attribute "b" begins here and does not end; expected the closing '`],
  ["<a b='1", `document:1:6: the value of attribute "b" begins here and does not end; expected the closing '`],
  ["<a b='1'", 'document:1:9: the document ends inside the start tag of "a"; expected ">" or "/>"'],
  ["<a/", 'document:1:3: "/" in the start tag of "a"; expected white space, ">" or "/>"'],
  ["<a / >", 'document:1:4: "/" in the start tag of "a"; expected an attribute, ">" or "/>"'],
  ["<a>", 'document:1:4: the document ends inside element "a", which begins at line 1, column 1; expected "</a>"'],
  ["<a>\n <b>\n</b", 'document:3:4: the end tag "</b" is followed by the end of the document; expected ">"'],
  ["<a></", 'document:1:4: "</" is followed by the end of the document; expected "</a>"'],
  ["<a></>", 'document:1:4: "</" is followed by ">"; expected "</a>"'],
  ["<a></ a>", 'document:1:4: "</" is followed by U+0020; expected "</a>"'],
  ["<a></a", 'document:1:7: the end tag "</a" is followed by the end of the document; expected ">"'],
  ["<a></a b='1'>", 'document:1:8: the end tag "</a" is followed by "b"; expected ">"'],
  ["<a></a/>", 'document:1:7: the end tag "</a" is followed by "/"; expected ">"'],
  [
    "<PhoneStatus>\n  <Statsu>busy</Status>\n</PhoneStatus>",
    'document:2:15: element "Statsu" is closed by "</Status>"; expected "</Statsu>"',
  ],
  ["<a></A>", 'document:1:4: element "a" is closed by "</A>"; expected "</a>"'],
  ["<a></ab>", 'document:1:4: element "a" is closed by "</ab>"; expected "</a>"'],
  ["<ab></a>", 'document:1:5: element "ab" is closed by "</a>"; expected "</ab>"'],
  ["<a><b></a></b>", 'document:1:7: element "b" is closed by "</a>"; expected "</b>"'],
  ["<p:a xmlns:p='u' xmlns:q='u'></q:a>", 'document:1:30: element "p:a" is closed by "</q:a>"; expected "</p:a>"'],
  ["<a&b/>", 'document:1:3: "&" in the start tag of "a"; expected white space, ">" or "/>"'],
  ["<a\u00d7/>", 'document:1:3: "×" (U+00D7) in the start tag of "a"; expected white space, ">" or "/>"'],
  // attributes
  ["<a b/>", 'document:1:5: attribute "b" is followed by "/"; expected "=" and a quoted value'],
  ["<a b c='1'/>", 'document:1:6: attribute "b" is followed by "c"; expected "=" and a quoted value'],
  ["<a b=1/>", 'document:1:6: attribute "b" has no quoted value: found "1"; expected a quote'],
  ["<a b='1'c='2'/>", 'document:1:9: "c" in the start tag of "a"; expected white space, ">" or "/>"'],
  ["<a b='1' b='2'/>", 'document:1:10: attribute "b" is given twice; expected it once'],
  ["<a 1='2'/>", 'document:1:4: "1" in the start tag of "a"; expected an attribute, ">" or "/>"'],
  ["<a ='2'/>", 'document:1:4: "=" in the start tag of "a"; expected an attribute, ">" or "/>"'],
  ["<a b='<'/>", `document:1:7: "<" in the value of attribute "b"; expected "&lt;", or the closing ' before it`],
  ["<a b='1\"/>", `document:1:6: the value of attribute "b" begins here and does not end; expected the closing '`],
  ["<a b='&'/>", `document:1:7: "&" is followed by "'"; write "&amp;" for the character itself`],
  ["<a b='&c;'/>", `document:1:7: the entity "c" is not declared; ${ENTITIES}`],
  ["<a b='\u0001'/>", `document:1:7: U+0001 is not allowed in a document; ${ALLOWED}`],
  [
    "<a b='1' a2='' a3='' a4='' a5='' a6='' a7='' a8='' a9='' b='2'/>",
    'document:1:58: attribute "b" is given twice; expected it once',
  ],
  // text
  ["<a>]]></a>", 'document:1:4: "]]>" in character data; expected "]]&gt;"'],
  ["<a>]]]></a>", 'document:1:5: "]]>" in character data; expected "]]&gt;"'],
  ["<a>\u0001</a>", `document:1:4: U+0001 is not allowed in a document; ${ALLOWED}`],
  ["<a>\u001b</a>", `document:1:4: U+001B is not allowed in a document; ${ALLOWED}`],
  ["<a>\ufffe</a>", `document:1:4: U+FFFE is not allowed in a document; ${ALLOWED}`],
  ["<a>\uffff</a>", `document:1:4: U+FFFF is not allowed in a document; ${ALLOWED}`],
  ["<a>\ud800</a>", `document:1:4: the lone surrogate U+D800 is not allowed in a document; ${ALLOWED}`],
  ["<a>\udc00\ud800</a>", `document:1:4: the lone surrogate U+DC00 is not allowed in a document; ${ALLOWED}`],
  ["<a>\ud83d", `document:1:4: the lone surrogate U+D83D is not allowed in a document; ${ALLOWED}`],
  // references
  ["<a>&</a>", 'document:1:4: "&" is followed by "<"; write "&amp;" for the character itself'],
  ["<a>& b</a>", 'document:1:4: "&" is followed by U+0020; write "&amp;" for the character itself'],
  [
    "<a>AT&T</a>",
    'document:1:6: the reference "&T" is followed by "<"; expected ";" (write "&amp;" for the character "&" itself)',
  ],
  ["<a>&nbsp;</a>", `document:1:4: the entity "nbsp" is not declared; ${ENTITIES}`],
  ["<a>&LT;</a>", `document:1:4: the entity "LT" is not declared; ${ENTITIES}`],
  ["<a>&constructor;</a>", `document:1:4: the entity "constructor" is not declared; ${ENTITIES}`],
  [
    "<a>&lt ;</a>",
    'document:1:4: the reference "&lt" is followed by U+0020; expected ";" (write "&amp;" for the character "&" itself)',
  ],
  ["<a>&#;</a>", 'document:1:4: the character reference "&#" is followed by ";"; expected decimal digits'],
  ["<a>&#x;</a>", 'document:1:4: the character reference "&#x" is followed by ";"; expected hexadecimal digits'],
  ["<a>&#a;</a>", 'document:1:4: the character reference "&#" is followed by "a"; expected decimal digits'],
  ["<a>&#X41;</a>", 'document:1:4: the character reference "&#" is followed by "X"; expected decimal digits'],
  [
    "<a>&#6 5;</a>",
    'document:1:4: the character reference "&#6" is followed by U+0020; expected ";" or decimal digits',
  ],
  ["<a>&#65</a>", 'document:1:4: the character reference "&#65" is followed by "<"; expected ";" or decimal digits'],
  [
    "<a>&#65",
    'document:1:4: the character reference "&#65" is followed by the end of the document; expected ";" or decimal digits',
  ],
  ["<a>&#0;</a>", `document:1:4: "&#0;" stands for a character that XML forbids; ${ALLOWED}`],
  ["<a>&#x1;</a>", `document:1:4: "&#x1;" stands for a character that XML forbids; ${ALLOWED}`],
  ["<a>&#xD800;</a>", `document:1:4: "&#xD800;" stands for a character that XML forbids; ${ALLOWED}`],
  ["<a>&#xFFFE;</a>", `document:1:4: "&#xFFFE;" stands for a character that XML forbids; ${ALLOWED}`],
  ["<a>&#x110000;</a>", `document:1:4: "&#x110000;" stands for a character that XML forbids; ${ALLOWED}`],
  ["<a>&#x100000041;</a>", `document:1:4: "&#x100000041;" stands for a character that XML forbids; ${ALLOWED}`],
  [
    `<a>&#${"9".repeat(100)};</a>`,
    `document:1:4: "&#99999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999…" stands for a character that XML forbids; ${ALLOWED}`,
  ],
  // comments, CDATA sections, processing instructions
  [
    "<a><!-- -- --></a>",
    'document:1:9: "--" inside a comment is followed by U+0020; expected ">" (the end of the comment)',
  ],
  ["<a><!-- ---></a>", 'document:1:9: "--" inside a comment is followed by "-"; expected ">" (the end of the comment)'],
  ["<a><!--></a>", 'document:1:4: a comment begins here and does not end; expected "-->"'],
  ["<a><!-- </a>", 'document:1:4: a comment begins here and does not end; expected "-->"'],
  ["<a><!-\u0001- --></a>", 'document:1:4: "<!" is followed by "-"; expected "<!--" or "<![CDATA["'],
  ["<a><!-- \u0002 --></a>", `document:1:9: U+0002 is not allowed in a document; ${ALLOWED}`],
  ["<a><![CDATA[</a>", 'document:1:4: a CDATA section begins here and does not end; expected "]]>"'],
  ["<a><![CDATA[ ]] ></a>", 'document:1:4: a CDATA section begins here and does not end; expected "]]>"'],
  ["<a><![cdata[]]></a>", 'document:1:4: "<!" is followed by "["; expected "<!--" or "<![CDATA["'],
  ["<a><![CDATA[\u0002]]></a>", `document:1:13: U+0002 is not allowed in a document; ${ALLOWED}`],
  ["<a><!ELEMENT a ANY></a>", 'document:1:4: "<!" is followed by "E"; expected "<!--" or "<![CDATA["'],
  ["<!ELEMENT a ANY><a/>", 'document:1:1: "<!" is followed by "E"; expected "<!--"'],
  ["<a><? b?></a>", 'document:1:4: "<?" is followed by U+0020; expected the target of a processing instruction'],
  ["<a><??></a>", 'document:1:4: "<?" is followed by "?"; expected the target of a processing instruction'],
  ["<a><?b></a>", 'document:1:4: the processing instruction "b" does not end; expected "?>"'],
  [
    "<a><?b+c?></a>",
    'document:1:7: the processing instruction target "b" is followed by "+"; expected white space or "?>"',
  ],
  ["<a><?b:c d?></a>", 'document:1:4: the processing instruction target "b:c" has a colon; expected a name without'],
  ["<a><?b \u0002?></a>", `document:1:8: U+0002 is not allowed in a document; ${ALLOWED}`],
  ["<a><?xml version='1.0'?></a>", `document:1:4: "<?xml" is reserved; ${RESERVED}`],
  ["<a><?XmL?></a>", `document:1:4: "<?XmL" is reserved; ${RESERVED}`],
  // XML declaration
  [" <?xml version='1.0'?><a/>", `document:1:2: "<?xml" is reserved; ${RESERVED}`],
  ["<?xml?><a/>", `document:1:1: "<?xml" is reserved; ${RESERVED}`],
  ["<?xml ?><a/>", 'document:1:6: the XML declaration has no version here; expected version="1.0"'],
  ["<?xml", `document:1:1: "<?xml" is reserved; ${RESERVED}`],
  [
    "<?xml version='1.0'",
    `document:1:20: the XML declaration has the end of the document here; expected "?>" ${ORDER}`,
  ],
  ["<?xml version='1.0' ><a/>", `document:1:21: the XML declaration has ">" here; expected "?>" ${ORDER}`],
  ["<?xml version='1.0'><a/>", `document:1:20: the XML declaration has ">" here; expected "?>" ${ORDER}`],
  ["<?xml version='2.0'?><a/>", 'document:1:16: the XML version is "2.0"; expected "1.0"'],
  ["<?xml version='1.'?><a/>", 'document:1:16: the XML version is "1."; expected "1.0"'],
  ["<?xml version=1.0?><a/>", 'document:1:15: the value of "version" begins with "1"; expected a quoted value'],
  ["<?xml version '1.0'?><a/>", `document:1:15: "'" behind "version" in the XML declaration; expected "="`],
  ["<?xml version='1.0?><a/>", 'document:1:15: the value of "version" in the XML declaration has no closing quote'],
  ["<?XML version='1.0'?><a/>", `document:1:1: "<?XML" is reserved; ${RESERVED}`],
  ["<?xml encoding='UTF-8'?><a/>", 'document:1:6: the XML declaration has no version here; expected version="1.0"'],
  [
    "<?xml encoding='UTF-8' version='1.0'?><a/>",
    'document:1:6: the XML declaration has no version here; expected version="1.0"',
  ],
  [
    "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>",
    `document:1:38: the XML declaration has "e" here; expected "?>" ${ORDER}`,
  ],
  [
    "<?xml version='1.0'encoding='UTF-8'?><a/>",
    `document:1:20: the XML declaration has "e" here; expected "?>" ${ORDER}`,
  ],
  [
    "<?xml version='1.0' encoding=''?><a/>",
    'document:1:31: "" is not the name of an encoding; expected one such as "UTF-8"',
  ],
  [
    "<?xml version='1.0' encoding='1'?><a/>",
    'document:1:31: "1" is not the name of an encoding; expected one such as "UTF-8"',
  ],
  [
    "<?xml version='1.0' encoding='UTF\n-8'?><a/>",
    'document:1:31: "UTF\\u{a}-8" is not the name of an encoding; expected one such as "UTF-8"',
  ],
  ["<?xml version='1.0' standalone='YES'?><a/>", 'document:1:33: standalone is "YES"; expected "yes" or "no"'],
  [
    "<?xml version='1.0' version='1.0'?><a/>",
    `document:1:21: the XML declaration has "v" here; expected "?>" ${ORDER}`,
  ],
  ["<?xml version='1.0' a='b'?><a/>", `document:1:21: the XML declaration has "a" here; expected "?>" ${ORDER}`],
  // namespaces
  [
    "<p:a/>",
    'document:1:2: element "p:a" has the prefix "p", which is not declared; expected xmlns:p="…" on it or around it',
  ],
  [
    "<a p:b='1'/>",
    'document:1:4: attribute "p:b" has the prefix "p", which is not declared; expected xmlns:p="…" on it or around it',
  ],
  [
    "<a><b xmlns:p='u'/><p:c/></a>",
    'document:1:21: element "p:c" has the prefix "p", which is not declared; expected xmlns:p="…" on it or around it',
  ],
  ["<:a/>", `document:1:2: ":a" is not a qualified name; ${QNAME}`],
  ["<a:/>", `document:1:2: "a:" is not a qualified name; ${QNAME}`],
  ["<a:b:c xmlns:a='u'/>", `document:1:2: "a:b:c" is not a qualified name; ${QNAME}`],
  ["<a:1 xmlns:a='u'/>", `document:1:2: "a:1" is not a qualified name; ${QNAME}`],
  ["<a :b='1'/>", `document:1:4: ":b" is not a qualified name; ${QNAME}`],
  ["<a xmlns:='u'/>", `document:1:4: "xmlns:" is not a qualified name; ${QNAME}`],
  [
    "<a xmlns:p=''/>",
    'document:1:4: the prefix "p" is declared as the empty string; expected a namespace (only xmlns="" takes a declaration away)',
  ],
  [
    "<a xmlns:p='u' p:b='1' xmlns:q='u' q:b='2'/>",
    'document:1:36: attributes "p:b" and "q:b" are both {u}b; expected each name once',
  ],
  ["<a xmlns:p='u' xmlns:p='v'/>", 'document:1:16: attribute "xmlns:p" is given twice; expected it once'],
  ["<a xmlns='u' xmlns='u'/>", 'document:1:14: attribute "xmlns" is given twice; expected it once'],
  [
    "<a xmlns:xml='u'/>",
    'document:1:4: the prefix "xml" is declared as "u"; expected "http://www.w3.org/XML/1998/namespace" or no declaration',
  ],
  ["<a xmlns:xmlns='u'/>", 'document:1:4: the prefix "xmlns" cannot be declared; expected another prefix'],
  [
    "<a xmlns:xmlns='http://www.w3.org/2000/xmlns/'/>",
    'document:1:4: the prefix "xmlns" cannot be declared; expected another prefix',
  ],
  [
    "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
    'document:1:4: the prefix "p" is declared as "http://www.w3.org/2000/xmlns/"; expected another one, nothing can be declared as that',
  ],
  [
    "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
    'document:1:4: the default namespace is declared as "http://www.w3.org/2000/xmlns/"; expected another one, nothing can be declared as that',
  ],
  [
    "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
    'document:1:4: the prefix "p" is declared as "http://www.w3.org/XML/1998/namespace"; only the prefix "xml" stands for that',
  ],
  [
    "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
    'document:1:4: the default namespace is declared as "http://www.w3.org/XML/1998/namespace"; only the prefix "xml" stands for that',
  ],
  [
    "<xmlns:a/>",
    'document:1:2: element "xmlns:a" has the prefix "xmlns"; expected another one, that one only declares namespaces',
  ],
  [
    "<xml:a xmlns:xml='u'/>",
    'document:1:8: the prefix "xml" is declared as "u"; expected "http://www.w3.org/XML/1998/namespace" or no declaration',
  ],
];

describe("a document that is not well-formed is refused with place, finding and expectation:", () => {
  it.each(ROWS)("%j", (xml, message) => {
    const error = errorOf(xml);
    expect(error.message).toBe(message);
    expect(error.code).toBe("xqbus:not-well-formed");
  });
});

describe("a document type declaration is refused", () => {
  it.each([
    ["<!DOCTYPE a><a/>", "document:1:1"],
    ["<?xml version='1.0'?>\n<!-- --> <!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document:2:10"],
    ["<!DOCTYPE", "document:1:1"],
  ])("%j", (xml, place) => {
    const error = errorOf(xml);
    expect(error.message).toBe(
      `${place}: the document has a DOCTYPE declaration, which is refused because it can declare entities that blow ` +
        "a document up or read files; expected a document without one",
    );
    expect(error.code).toBe("xqbus:doctype-refused");
  });

  it.each([
    ["<a><!DOCTYPE a></a>", "document:1:4"],
    ["<a/><!DOCTYPE a>", "document:1:5"],
  ])("as not well-formed behind the document element's start: %j", (xml, place) => {
    const error = errorOf(xml);
    expect(error.message).toBe(
      `${place}: "<!DOCTYPE" inside or behind the document element; expected no document type declaration`,
    );
    expect(error.code).toBe("xqbus:not-well-formed");
  });
});

describe("a syntax error", () => {
  it("carries the place as data and names the file", () => {
    const error = errorOf("<a>\r\n  <b\r\nc=1/></a>", { source: "events/PhoneStatus.xml" });
    const { name, message, reason, source, line, column, offset } = error;
    expect({ name, message, reason, source, line, column, offset }).toEqual({
      name: "XmlSyntaxError",
      message: 'events/PhoneStatus.xml:3:3: attribute "c" has no quoted value: found "1"; expected a quote',
      reason: 'attribute "c" has no quoted value: found "1"; expected a quote',
      source: "events/PhoneStatus.xml",
      line: 3,
      column: 3,
      offset: 11,
    });
  });

  it("cuts long names", () => {
    expect(errorOf(`<a></${"b".repeat(200)}>`).reason).toBe(
      `element "a" is closed by "</${"b".repeat(98)}…"; expected "</a>"`,
    );
  });
});

function errorOf(xml: string, options: ParseXmlOptions = {}): XmlSyntaxError {
  try {
    parseXml(xml, options);
  } catch (error) {
    if (error instanceof XmlSyntaxError) return error;
    throw error;
  }
  throw new Error(`accepted: ${xml}`);
}
