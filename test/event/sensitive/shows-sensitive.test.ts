import { describe, expect, it } from "vitest";
import { showsSensitive } from "../../../src/event/index.ts";
import { parseXml } from "../../../src/xml/index.ts";
import { catalogWith, event, xsd } from "../../schema/harness.ts";

const SENSITIVE = `<xs:annotation><xs:appinfo><x:sensitive xmlns:x="urn:xqbus"/></xs:appinfo></xs:annotation>`;

const LOGIN = xsd(`
  <xs:element name="Login" type="e:Login"/>
  <xs:complexType name="Login"><xs:sequence>
    <xs:element name="User" type="xs:string"/>
    <xs:element name="Password" type="xs:string" minOccurs="0">${SENSITIVE}</xs:element>
    <xs:element name="Card" type="e:Card" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence><xs:attribute name="token" type="xs:string">${SENSITIVE}</xs:attribute>
  <xs:attribute name="lang" type="xs:language"/></xs:complexType>
  <xs:complexType name="Card"><xs:sequence><xs:element name="Bank" type="xs:string"/></xs:sequence></xs:complexType>
  <xs:complexType name="SecretCard">${SENSITIVE}<xs:complexContent><xs:extension base="e:Card"><xs:sequence/></xs:extension></xs:complexContent></xs:complexType>`);

const CONTENT =
  `<Login token="t" lang="?"><User>u</User><Password>p</Password>` +
  `<Card><Bank>a</Bank></Card><Card xsi:type="SecretCard"><Bank>b</Bank></Card><p:Odd xmlns:p="urn:a/b">x</p:Odd></Login>`;

describe("The text of a problem may show what is sensitive", () => {
  it.each([
    ["/Event/Login/User", "cvc-datatype-valid.1.2.1", false],
    ["/Event/Login/Password", "cvc-datatype-valid.1.2.1", true],
    ["/Event/Login/@token", "cvc-attribute.3", true],
    ["/Event/Login/@lang", "cvc-attribute.3", false],
    ["/Event/Login/@Q{urn:x}token", "cvc-attribute.3", true],
    // One of the two is sensitive, and a path does not always say which.
    ["/Event/Login/Card[1]/Bank", "cvc-datatype-valid.1.2.1", true],
    ["/Event/Login/Q{urn:a/b}Odd", "cvc-complex-type.2.4", false],
    ["/Event/Login/p:Odd", "cvc-complex-type.2.4", false],
    ["/Event/Login", "cvc-complex-type.2.4", false],
    ["/Event/Login", "cvc-identity-constraint.4.1", true],
    ["/Event/Login/User", "cvc-identity-constraint.4.1", false],
    ["/Event", "cvc-complex-type.2.4", false],
    ["/", "xqbus:not-well-formed", false],
  ])("at %s, code %s: %s", async (path, code, shows) => {
    const { model } = await catalogWith({ "Login.xsd": LOGIN });
    const problem = { path, code, line: 1, column: 1, message: "" };
    expect(showsSensitive(problem, parseXml(event(CONTENT)), model)).toBe(shows);
  });
});
