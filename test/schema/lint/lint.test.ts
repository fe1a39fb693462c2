import { describe, expect, it } from "vitest";
import { lint } from "../../../src/schema/lint/index.ts";
import { ComponentTable } from "../../../src/schema/model/component-table.ts";
import { readComponents } from "../../../src/schema/model/read-components.ts";
import { parseXml } from "../../../src/xml/index.ts";
import { EVENTS, xsd } from "../harness.ts";

/** What the lint finds in a schema document, as `line: message`, and the codes. */
function problemsIn(body: string): readonly string[] {
  const tree = parseXml(xsd(body));
  const root = tree.documentElement;
  const document = { file: "/A.xsd", baseName: "A", isTopLevel: true, tree, root, targetNamespace: EVENTS };
  const components = readComponents({ document, namespace: EVENTS, includes: [], imports: [] });
  return lint([components], new ComponentTable([components])).map(({ line, message }) => `${line}: ${message}`);
}

const BASE =
  `<xs:complexType name="Base"><xs:sequence><xs:element name="a" type="xs:string"/>` +
  `<xs:element name="b" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType>\n`;

function restricted(content: string): string {
  return `${BASE}<xs:complexType name="T"><xs:complexContent><xs:restriction base="e:Base">${content}</xs:restriction></xs:complexContent></xs:complexType>`;
}

function simple(base: string, facets: string): string {
  return `<xs:simpleType name="S"><xs:restriction base="${base}">\n${facets}</xs:restriction></xs:simpleType>`;
}

const NO = '3: type "T" is no restriction of its base type: ';

describe("the lint of schemas", () => {
  it.each([
    {
      rule: "an element that the base requires is missing",
      body: restricted(`<xs:sequence><xs:element name="b" type="xs:string"/></xs:sequence>`),
      problem: `${NO}element "b" takes the place of element "a" (rcase-NameAndTypeOK)`,
    },
    {
      rule: "an element occurs more often than in the base",
      body: restricted(`<xs:sequence><xs:element name="a" type="xs:string" maxOccurs="2"/></xs:sequence>`),
      problem: `${NO}element "a" may occur 1 to 2 times, and in the base type 1 times (rcase-NameAndTypeOK)`,
    },
    {
      rule: "an element has another type than in the base",
      body: restricted(`<xs:sequence><xs:element name="a" type="xs:int"/></xs:sequence>`),
      problem: `${NO}the type of element "a" is not a restriction of its type in the base type (rcase-NameAndTypeOK)`,
    },
    {
      rule: "a type has no elements where the base requires some",
      body: restricted(""),
      problem: `${NO}it has no child elements, and the base type requires some (derivation-ok-restriction.5)`,
    },
    {
      rule: "lengths contradict each other",
      body: simple("xs:string", `<xs:minLength value="6"/><xs:maxLength value="5"/>`),
      problem:
        "3: minLength 6 is more than maxLength 5, so that no value is left (minLength-less-than-equal-to-maxLength)",
    },
    {
      rule: "integers have fraction digits",
      body: simple("xs:int", `<xs:fractionDigits value="1"/>`),
      problem: "3: fractionDigits 1 is more than that of xs:int, which has none (fractionDigits-valid-restriction)",
    },
    {
      rule: "white space is kept that the base collapses",
      body: simple("xs:token", `<xs:whiteSpace value="preserve"/>`),
      problem: `3: whiteSpace "preserve" is weaker than "collapse" of the base type (whiteSpace-valid-restriction)`,
    },
    {
      rule: "an upper bound leaves no value",
      body: simple("xs:positiveInteger", `<xs:maxExclusive value="1"/>`),
      problem:
        "3: maxExclusive 1 leaves no value of xs:positiveInteger, whose least value is 1 (minInclusive-less-than-maxExclusive)",
    },
    {
      rule: "a pattern is none",
      body: simple("xs:string", `<xs:pattern value="[a"/>`),
      problem: `3: the pattern "[a" cannot be used: "[" is not closed; write "\\[" for the character (character 1)`,
    },
    {
      rule: "one name has two types in one content model",
      body: `<xs:complexType name="T"><xs:sequence><xs:element name="a" type="xs:string"/>\n<xs:element name="a" type="xs:int"/></xs:sequence></xs:complexType>`,
      problem: `3: element "a" occurs twice in the content model with different types (cos-element-consistent)`,
    },
    {
      rule: "a use of an attribute has another fixed value",
      body: `<xs:attribute name="a" fixed="1"/>\n<xs:complexType name="T"><xs:attribute ref="e:a" fixed="2"/></xs:complexType>`,
      problem: `3: attribute "a" has the fixed value "1" where it is declared (au-props-correct.2)`,
    },
    {
      rule: "an id is given twice",
      body: `<xs:element name="a" id="x"/>\n<xs:element name="b" id="x"/>`,
      problem: `3: the id "x" is given twice in this file (cvc-id.2)`,
    },
    {
      rule: "a notation is declared twice",
      body: `<xs:notation name="n" public="p"/>\n<xs:notation name="n" public="p"/>`,
      problem: `3: the notation "n" is declared twice (n-props-correct)`,
    },
    {
      rule: "an ID has a default",
      body: `<xs:element name="a" type="xs:ID" default="x"/>`,
      problem: `2: element "a" is an ID and cannot have a default or fixed value (e-props-correct.5)`,
    },
    {
      rule: "an attribute of the schema has a prefix",
      body: `<xs:element name="a" xs:type="xs:string"/>`,
      problem: `2: the attribute "xs:type" is not allowed; write it without prefix (s4s-att-not-allowed)`,
    },
  ])("finds that $rule", ({ body, problem }) => {
    expect(problemsIn(body)).toEqual([problem]);
  });

  it.each([
    {
      what: "leaves out what may be absent",
      content: `<xs:sequence><xs:element name="a" type="xs:string"/></xs:sequence>`,
    },
    {
      what: "requires what may be absent",
      content: `<xs:sequence><xs:element name="a" type="xs:token"/><xs:element name="b" type="xs:string"/></xs:sequence>`,
    },
  ])("has nothing against a restriction that $what", ({ content }) => {
    expect(problemsIn(restricted(content))).toEqual([]);
  });
});
