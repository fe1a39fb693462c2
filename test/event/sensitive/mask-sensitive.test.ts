import { describe, expect, it } from "vitest";
import { Event, maskSensitive, toJson } from "../../../src/event/index.ts";
import { EVENTS, catalogWith, event, xsd } from "../../schema/harness.ts";

const SENSITIVE = `<xs:annotation><xs:appinfo><x:sensitive xmlns:x="urn:xqbus"/></xs:appinfo></xs:annotation>`;

/** The event type Login; with `own` at its element. */
function login(own: string = ""): string {
  return xsd(`
    <xs:element name="Login" type="e:Login">${own}</xs:element>
    <xs:complexType name="Login" mixed="false"><xs:sequence>
      <xs:element name="User" type="xs:string"/>
      <xs:element name="Password" type="xs:string" minOccurs="0" nillable="true">${SENSITIVE}</xs:element>
      <xs:element name="Card" type="e:Card" minOccurs="0" maxOccurs="unbounded"/>
      <xs:element name="Login" type="e:Login" minOccurs="0"/>
      <xs:element name="Plain" form="unqualified" type="xs:string" minOccurs="0">${SENSITIVE}</xs:element>
      <xs:element name="Box" minOccurs="0"><xs:complexType><xs:sequence>
        <xs:any namespace="##any" processContents="lax" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
    </xs:sequence>
    <xs:attribute name="token" type="xs:string">${SENSITIVE}</xs:attribute>
    <xs:attribute name="lang" type="xs:string"/></xs:complexType>
    <xs:complexType name="Card"><xs:sequence><xs:element name="Bank" type="xs:string"/></xs:sequence></xs:complexType>
    <xs:complexType name="SecretCard">${SENSITIVE}<xs:complexContent><xs:extension base="e:Card"><xs:sequence/></xs:extension></xs:complexContent></xs:complexType>
    <xs:complexType name="NumberedCard"><xs:complexContent><xs:extension base="e:Card"><xs:sequence>
      <xs:element name="Number" type="xs:string">${SENSITIVE}</xs:element></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
    <xs:element name="Extra" type="xs:string">${SENSITIVE}</xs:element>`);
}

const PATHS = `<xs:annotation><xs:appinfo><x:sensitive xmlns:x="urn:xqbus">User Card/Bank</x:sensitive></xs:appinfo></xs:annotation>`;

describe("sensitive values are masked:", () => {
  it.each([
    ["an element", `<User>u</User><Password>p&amp;<![CDATA[q]]></Password>`, `<User>u</User><Password>***</Password>`],
    ["an element that is nil", `<Password xsi:nil="true"/>`, `<Password>***</Password>`],
    [
      "an element of a type within itself",
      `<Login><Password>p</Password></Login>`,
      `<Login><Password>***</Password></Login>`,
    ],
    [
      "an element with a prefix of its own",
      `<p:Password xmlns:p="${EVENTS}" a="1">p</p:Password>`,
      `<p:Password xmlns:p="${EVENTS}">***</p:Password>`,
    ],
    ["an element in no namespace", `<Plain xmlns="">p</Plain>`, `<Plain xmlns="">***</Plain>`],
    [
      "what a derived type adds",
      `<Card xsi:type="NumberedCard"><Bank>b</Bank><Number>1</Number></Card>`,
      `<Card xsi:type="NumberedCard"><Bank>b</Bank><Number>***</Number></Card>`,
    ],
    ["a derived type", `<Card xsi:type="SecretCard"><Bank>b</Bank></Card>`, `<Card>***</Card>`],
    ["a global element that a wildcard lets in", `<Box><Extra>e</Extra></Box>`, `<Box><Extra>***</Extra></Box>`],
    [
      "a misplaced element of the same name",
      `<Wrong><Password>p</Password></Wrong>`,
      `<Wrong><Password>***</Password></Wrong>`,
    ],
    ["a misplaced attribute of the same name", `<Wrong token="t"/>`, `<Wrong token="***"/>`],
  ])("%s", async (_, content, masked) => {
    const catalog = await catalogWith({ "Login.xsd": login() });
    expect(catalog.warnings).toEqual([]);
    const whole = (inner: string): string => event(`<Login>${inner}</Login>`);
    const original = Event.parse(whole(content), { catalog });
    expect(maskSensitive(original).toString()).toBe(whole(masked));
    expect(original.toString()).toBe(whole(content));
  });

  it("attributes, whatever their quotes", async () => {
    const catalog = await catalogWith({ "Login.xsd": login() });
    const xml = event(`<Login lang='"en"' token = 'a"&gt;b' ><User>token="x"</User></Login>`);
    const masked = maskSensitive(Event.parse(xml), catalog);
    expect(masked.toString()).toBe(event(`<Login lang='"en"' token = '***' ><User>token="x"</User></Login>`));
  });

  it("paths that the event has", async () => {
    const catalog = await catalogWith({ "Login.xsd": login(PATHS) });
    expect(catalog.warnings).toEqual([]);
    const xml = event(`<Login><User>u</User><Card><Bank>b</Bank></Card><Login><User>v</User></Login></Login>`);
    expect(maskSensitive(Event.parse(xml), catalog).toString()).toBe(
      event(`<Login><User>***</User><Card><Bank>***</Bank></Card><Login><User>v</User></Login></Login>`),
    );
  });

  it.each([
    [
      `<Login token="t"><User>u</User><Other/></Login>`,
      `<Login token="***"><User>***</User><Other>***</Other></Login>`,
    ],
    [`<Login>text <User>u</User></Login>`, `<Login>***</Login>`],
  ])("everything, when the event itself is sensitive: %s", async (xml, masked) => {
    const catalog = await catalogWith({ "Login.xsd": login(SENSITIVE) });
    expect(maskSensitive(Event.parse(event(xml)), catalog).toString()).toBe(event(masked));
  });

  it("and an event without any is the same event", async () => {
    const catalog = await catalogWith({ "Login.xsd": login() });
    for (const content of [`<Login><User>u</User></Login>`, `<Unknown><Password>p</Password></Unknown>`]) {
      const original = Event.parse(event(content), { catalog });
      expect(maskSensitive(original)).toBe(original);
    }
  });
});

describe("the object form is masked in the same places:", () => {
  it.each([
    [`<User>u</User><Password>p</Password>`, { User: "u", Password: "***" }],
    [`<User>u</User><Password xsi:nil="true"/>`, { User: "u", Password: null }],
    [`<User>u</User><Card><Bank>b</Bank></Card>`, { User: "u", Card: [{ Bank: "b" }] }],
    [
      `<User>u</User><Card xsi:type="SecretCard"><Bank>b</Bank></Card><Card><Bank>c</Bank></Card>`,
      { User: "u", Card: ["***", { Bank: "c" }] },
    ],
    [
      `<User>u</User><Card xsi:type="NumberedCard"><Bank>b</Bank><Number>1</Number></Card>`,
      { User: "u", Card: [{ "@xsi:type": "NumberedCard", Bank: "b", Number: "***" }] },
    ],
    [`<User>u</User><Plain xmlns="">p</Plain>`, { User: "u", Plain: "***" }],
    [`<User>u</User><Box><Extra>e</Extra></Box>`, { User: "u", Box: { "#any": [{ Extra: "***" }] } }],
  ])("%s", async (content, masked) => {
    const catalog = await catalogWith({ "Login.xsd": login() });
    const json = toJson(Event.parse(event(`<Login token="t">${content}</Login>`)), catalog);
    expect(maskSensitive(json, catalog)).toEqual({ Login: { "@token": "***", ...masked } });
  });

  it("texts of an event that is sensitive itself", async () => {
    const catalog = await catalogWith({
      "Note.xsd": xsd(`<xs:element name="Note" type="xs:string">${SENSITIVE}</xs:element>`),
      "Mix.xsd": xsd(
        `<xs:element name="Mix">${SENSITIVE}<xs:complexType mixed="true"><xs:sequence><xs:element name="a" type="xs:string"/></xs:sequence></xs:complexType></xs:element>`,
      ),
    });
    expect(maskSensitive({ Note: { "#text": "n" } }, catalog)).toEqual({ Note: { "#text": "***" } });
    expect(maskSensitive({ Mix: { "#content": ["x", { a: "y" }] } }, catalog)).toEqual({
      Mix: { "#content": ["***", { a: "***" }] },
    });
  });
});
