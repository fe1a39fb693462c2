import { describe, expect, it } from "vitest";
import { parseXml } from "../../src/xml/index.ts";
import type { Catalog } from "../../src/schema/index.ts";
import { EVENTS, catalogWith, event, eventXsd, xsd } from "./harness.ts";

const A = eventXsd("A", `<xs:element name="Id" type="xs:int"/>`);
const HELPER = xsd(`<xs:element name="Helper" type="xs:string"/><xs:element name="Other" type="xs:string"/>`);

/** An envelope of one's own with this content. */
function envelope(content: string, more = ""): string {
  return xsd(
    `<xs:element name="Event" type="e:Event"/><xs:complexType name="Event">${content}</xs:complexType>${more}`,
  );
}

/** The codes for the document as text, as bytes and as a tree, which must be the same. */
function codesOf(catalog: Catalog, document: string): readonly string[] {
  const problems = catalog.validate(document);
  expect(catalog.validate(Buffer.from(document))).toEqual(problems);
  expect(catalog.validate(parseXml(document))).toEqual(problems);
  return problems.map(({ code }) => code);
}

const ANY = `<xs:any namespace="##targetNamespace"/>`;

describe("an event in its envelope", () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ["of the package", {}],
    ["of one's own", { "Event.xsd": envelope(`<xs:sequence>${ANY}</xs:sequence>`) }],
    ["with a choice around the wildcard", { "Event.xsd": envelope(`<xs:choice>${ANY}</xs:choice>`) }],
    ["with a lax wildcard", { "Event.xsd": envelope(`<xs:sequence><xs:any processContents="lax"/></xs:sequence>`) }],
    [
      "that is empty otherwise too",
      { "Event.xsd": envelope(`<xs:sequence><xs:choice>${ANY}</xs:choice></xs:sequence>`) },
    ],
    [
      "with a wildcard that may be missing",
      { "Event.xsd": envelope(`<xs:sequence><xs:any minOccurs="0"/></xs:sequence>`) },
    ],
    [
      "with a wildcard that may come often",
      { "Event.xsd": envelope(`<xs:sequence><xs:any maxOccurs="9"/></xs:sequence>`) },
    ],
    [
      "whose events have substitutes",
      { "B.xsd": xsd(`<xs:element name="B" type="xs:string"/><xs:element name="B2" substitutionGroup="e:B"/>`) },
    ],
  ])("%s is one, and one of the catalog's events", async (_, files) => {
    const catalog = await catalogWith({ "A.xsd": A, "helper.xsd": HELPER, ...files });
    expect(catalog.problems).toEqual([]);
    const wrong = ["cvc-complex-type.2.4"];
    expect(codesOf(catalog, event("<A><Id>1</Id></A>"))).toEqual([]);
    expect(codesOf(catalog, event(`<x:A xmlns:x="${EVENTS}"><x:Id>1</x:Id></x:A>`))).toEqual([]);
    expect(codesOf(catalog, event("<!-- c --><?p?><A><Id>1</Id></A>"))).toEqual([]);
    expect(codesOf(catalog, event("<A><Id>x</Id></A>"))).toEqual(["cvc-datatype-valid.1.2.1"]);
    expect(codesOf(catalog, event("<Helper>x</Helper>"))).toEqual(wrong);
    expect(codesOf(catalog, event("<Unknown/>"))).toEqual(wrong);
    expect(codesOf(catalog, event(event("<A><Id>1</Id></A>")))).toEqual(wrong);
    expect(codesOf(catalog, event(`<A xmlns="urn:x"><Id>1</Id></A>`))).toEqual(wrong);
    expect(codesOf(catalog, event(`<A xmlns=""><Id>1</Id></A>`))).toEqual(wrong);
    expect(codesOf(catalog, event("<A><Id>1</Id></A><A><Id>1</Id></A>"))).toEqual(wrong);
    expect(codesOf(catalog, event("<A><Id>1</Id></A><Helper/>"))).toEqual(wrong);
    expect(codesOf(catalog, event("<Helper/><A><Id>1</Id></A>"))[0]).toEqual(wrong[0]);
    expect(codesOf(catalog, event(""))).toEqual(wrong);
  });

  it("may be a substitute for an event", async () => {
    const b = `<xs:element name="B" type="xs:string"/><xs:element name="B2" substitutionGroup="e:B"/>`;
    const catalog = await catalogWith({ "A.xsd": A, "B.xsd": xsd(b) });
    for (const name of ["B", "B2"]) expect(codesOf(catalog, event(`<${name}>x</${name}>`))).toEqual([]);
  });

  it("stands behind what else an envelope of one's own has", async () => {
    const head = `<xs:sequence><xs:element name="Head" type="xs:int"/>${ANY}<xs:element name="Foot" minOccurs="0"/></xs:sequence>`;
    const catalog = await catalogWith({ "A.xsd": A, "helper.xsd": HELPER, "Event.xsd": envelope(head) });
    expect(codesOf(catalog, event("<Head>1</Head><A><Id>1</Id></A>"))).toEqual([]);
    expect(codesOf(catalog, event("<Head>1</Head><A><Id>1</Id></A><Foot/>"))).toEqual([]);
    expect(codesOf(catalog, event("<Head>1</Head><Helper/>"))).toEqual(["cvc-complex-type.2.4"]);
    expect(codesOf(catalog, event("<A><Id>1</Id></A>"))).not.toEqual([]);
  });
});
