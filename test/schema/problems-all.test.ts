import { beforeAll, describe, expect, it } from "vitest";
import type { Catalog } from "../../src/schema/index.ts";
import { diagnose } from "../../src/schema/problems/diagnose.ts";
import { parseXml } from "../../src/xml/index.ts";
import { tableOf } from "./table-of.ts";
import { EVENTS, catalogWith, event, xsd } from "./harness.ts";

const SCHEMA = xsd(`
<xs:element name="Order" type="e:Order"/>
<xs:complexType name="Order"><xs:sequence>
  <xs:element name="Number" type="xs:int"/>
  <xs:element name="Customer" type="e:Customer"/>
  <xs:element name="Status" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="open"/><xs:enumeration value="closed"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="Line" type="e:Line" minOccurs="0" maxOccurs="unbounded"/>
  <xs:choice><xs:element name="Pickup" type="xs:boolean"/><xs:element name="Delivery" type="xs:date"/></xs:choice>
  <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="2"/>
</xs:sequence><xs:attribute name="id" type="xs:ID"/></xs:complexType>
<xs:complexType name="Customer"><xs:all>
  <xs:element name="Name" type="xs:string"/><xs:element name="Street" type="xs:string"/><xs:element name="City" type="xs:string"/>
  <xs:element name="Phone" type="xs:string" minOccurs="0"/>
</xs:all></xs:complexType>
<xs:complexType name="Line"><xs:sequence><xs:element name="Article" type="xs:NMTOKEN"/><xs:element name="Amount" type="xs:positiveInteger"/></xs:sequence>
  <xs:attribute name="see" type="xs:IDREF"/><xs:attribute name="unit" type="xs:string" use="required"/></xs:complexType>
`);

const CUSTOMER = "<Customer><Name>A</Name><Street>B</Street><City>C</City></Customer>";
const LINE = `<Line unit="kg"><Article>x</Article><Amount>1</Amount></Line>`;

type Row = readonly [what: string, content: string, problems: readonly string[]];

// prettier-ignore
const ROWS: readonly Row[] = [
  ["a misspelt element takes the place of the one that was meant", `<Order><Number>1</Number><Custommer><Name>A</Name><Stret>B</Stret></Custommer><Pickup>1</Pickup></Order>`, [
    `Order/Custommer cvc-complex-type.2.4 element "Custommer" is not allowed in Order here; expected Customer (did you mean "Customer"?)`,
    `Order/Custommer cvc-complex-type.2.4 Custommer is incomplete: City is missing`,
    `Order/Custommer/Stret cvc-complex-type.2.4 element "Stret" is not allowed in Custommer here; expected one of Street, City, Phone (did you mean "Street"?)`,
  ]],
  ["a misspelt element beside the right one is only too many", `<Order><Number>1</Number><Custmer/>${CUSTOMER}<Pickup>1</Pickup></Order>`, [
    `Order/Custmer cvc-complex-type.2.4 element "Custmer" is not allowed in Order here; expected Customer (did you mean "Customer"?)`,
  ]],
  ["everything that is missing is named at once", `<Order><Status>open</Status></Order>`, [
    `Order cvc-complex-type.2.4 Order is incomplete: Number, Customer and one of Pickup, Delivery are missing`,
  ]],
  ["what comes behind something missing is checked", `<Order><Customer><Name>A</Name><Street>B</Street><City>C</City><Fax>1</Fax></Customer><Status>opn</Status><Delivery>today</Delivery></Order>`, [
    `Order cvc-complex-type.2.4 Order is incomplete: Number is missing`,
    `Order/Customer/Fax cvc-complex-type.2.4 element "Fax" is not allowed in Customer here; expected Phone`,
    `Order/Status cvc-enumeration-valid value "opn" of Status is not one of open, closed (did you mean "open"?)`,
    `Order/Delivery cvc-datatype-valid.1.2.1 value "today" of Delivery is not a valid xs:date; expected a date such as 2026-11-21`,
  ]],
  ["an element that comes too early is out of place, and not missing later", `<Order><Number>1</Number><Pickup>yes</Pickup>${CUSTOMER}</Order>`, [
    `Order/Pickup cvc-complex-type.2.4 element "Pickup" is not allowed in Order here; expected Customer`,
    `Order/Pickup cvc-datatype-valid.1.2.1 value "yes" of Pickup is not a valid xs:boolean; expected true, false, 1 or 0`,
  ]],
  ["an element that comes too late is out of place, and those before it are not", `<Order>${CUSTOMER}<Status>open</Status>${LINE}<Number>x</Number><Pickup>1</Pickup></Order>`, [
    `Order/Number cvc-complex-type.2.4 element "Number" is not allowed in Order here; expected one of Line, Pickup, Delivery`,
    `Order/Number cvc-datatype-valid.1.2.1 value "x" of Number is not a valid xs:int; expected a whole number from -2147483648 to 2147483647`,
  ]],
  ["every one of too many is reported", `<Order><Number>1</Number><Number>2</Number><Number>x</Number>${CUSTOMER}<Pickup>1</Pickup><Delivery>2026-11-21</Delivery></Order>`, [
    `Order/Number[2] cvc-complex-type.2.4 element "Number" is not allowed in Order again; expected Customer`,
    `Order/Number[3] cvc-complex-type.2.4 element "Number" is not allowed in Order again; expected Customer`,
    `Order/Number[3] cvc-datatype-valid.1.2.1 value "x" of Number is not a valid xs:int; expected a whole number from -2147483648 to 2147483647`,
    `Order/Delivery cvc-complex-type.2.4 element "Delivery" is not allowed in Order here; expected any element`,
  ]],
  ["an unknown element is passed over, with what is in it", `<Order><Foo><Bar/></Foo><Number>1</Number>${CUSTOMER}<Foo x="1"/>${LINE}<Pickup>1</Pickup></Order>`, [
    `Order/Foo[1] cvc-complex-type.2.4 element "Foo" is not allowed in Order here; expected Number`,
    `Order/Foo[2] cvc-complex-type.2.4 element "Foo" is not allowed in Order again; expected one of Status, Line, Pickup, Delivery`,
  ]],
  ["an unknown element beside two missing ones leaves both missing", `<Order><Number>1</Number><Customer><Name>A</Name><Xyz/></Customer><Pickup>1</Pickup></Order>`, [
    `Order/Customer cvc-complex-type.2.4 Customer is incomplete: Street and City are missing`,
    `Order/Customer/Xyz cvc-complex-type.2.4 element "Xyz" is not allowed in Customer here; expected one of Street, City, Phone`,
  ]],
  ["a wrong namespace is not also a missing element", `<Order xmlns:x="urn:x"><x:Number>1</x:Number>${CUSTOMER}<Pickup>1</Pickup></Order>`, [
    `Order/x:Number cvc-complex-type.2.4 element "Number" is in the namespace "urn:x"; expected Number in the namespace "${EVENTS}"`,
  ]],
  ["attributes, text and children of one element", `<Order ID="a"><Number>1</Number>${CUSTOMER}<Line nuit="kg">text<Amount>0</Amount></Line><Pickup>1</Pickup></Order>`, [
    `Order cvc-complex-type.3.2.2 attribute "ID" is not allowed in Order, which allows "id" (did you mean "id"?)`,
    `Order/Line cvc-complex-type.4 Line has no attribute "unit", which is required`,
    `Order/Line cvc-complex-type.2.3 the text "text" is not allowed in Line, which holds elements only`,
    `Order/Line cvc-complex-type.2.4 Line is incomplete: Article is missing`,
    `Order/Line cvc-complex-type.3.2.2 attribute "nuit" is not allowed in Line, which allows one of "see", "unit" (did you mean "unit"?)`,
    `Order/Line/Amount cvc-datatype-valid.1.2.1 value "0" of Amount is not a valid xs:positiveInteger; expected a whole number from 1`,
  ]],
  ["a reference that leads nowhere", `<Order id="a1"><Number>x</Number>${CUSTOMER}<Line unit="kg" see="a1"><Article>x</Article><Amount>1</Amount></Line><Line unit="kg" see="a2"><Article>x</Article><Amount>1</Amount></Line><Pickup>1</Pickup></Order>`, [
    `Order/Number cvc-datatype-valid.1.2.1 value "x" of Number is not a valid xs:int; expected a whole number from -2147483648 to 2147483647`,
    `Order/Line[2]/@see cvc-id.1 attribute "see" of Line refers to the ID "a2", which no element has`,
  ]],
  ["foreign elements are looked into as far as they are declared", `<Order><Number>1</Number>${CUSTOMER}<Pickup>1</Pickup><x:a xmlns:x="urn:x"><Order/></x:a><x:b xmlns:x="urn:x" xsi:type="xs:int" xmlns:xs="http://www.w3.org/2001/XMLSchema">z</x:b></Order>`, [
    `Order/x:a/Order cvc-complex-type.2.4 Order is incomplete: Number, Customer and one of Pickup, Delivery are missing`,
    `Order/x:b cvc-datatype-valid.1.2.1 value "z" of b is not a valid xs:int; expected a whole number from -2147483648 to 2147483647`,
  ]],
];

// prettier-ignore
const ENVELOPES: readonly Row[] = [
  ["nothing", ``, [`Event cvc-complex-type.2.4 Event is empty; expected exactly one event`]],
  ["a misspelt event is checked as the one that was meant", `<Ordre><Number>x</Number>${CUSTOMER}<Pickup>1</Pickup></Ordre>`, [
    `Event/Ordre cvc-complex-type.2.4 element "Ordre" is not an event type of this catalog (did you mean "Order"?)`,
    `Event/Ordre/Number cvc-datatype-valid.1.2.1 value "x" of Number is not a valid xs:int; expected a whole number from -2147483648 to 2147483647`,
  ]],
  ["a second event", `<Order><Number>1</Number>${CUSTOMER}<Pickup>1</Pickup></Order><Order/>`, [
    `Event/Order[2] cvc-complex-type.2.4 Event holds a second element "Order"; expected exactly one event`,
    `Event/Order[2] cvc-complex-type.2.4 Order is incomplete: Number, Customer and one of Pickup, Delivery are missing`,
  ]],
];

describe("all that is wrong in a document", () => {
  let catalog: Catalog;
  beforeAll(async () => {
    catalog = await catalogWith({ "Order.xsd": SCHEMA });
    expect(catalog.problems).toEqual([]);
  });

  const problems = (content: string, root: string): readonly string[] =>
    catalog.validate(event(content)).map(({ path, code, message }) => `${path.slice(root.length)} ${code} ${message}`);

  it.each(ROWS)("%s", (_, content, expected) => {
    expect(problems(content, "/Event/")).toEqual(expected);
  });

  it.each(ENVELOPES)("in the envelope: %s", (_, content, expected) => {
    expect(problems(content, "/")).toEqual(expected);
  });

  it("comes with found, expected and suggestion as data", () => {
    const [problem] = catalog.validate(event(`<Order><Nubmer>1</Nubmer>${CUSTOMER}<Pickup>1</Pickup></Order>`));
    expect(problem).toEqual({
      path: "/Event/Order/Nubmer",
      line: 1,
      column: event("").indexOf("</Event>") + "<Order>".length + 1,
      code: "cvc-complex-type.2.4",
      found: "Nubmer",
      expected: ["Number"],
      suggestion: "Number",
      message: `element "Nubmer" is not allowed in Order here; expected Number (did you mean "Number"?)`,
    });
  });
});

describe("a document with a great many problems", () => {
  it("has the first ones listed, and an entry that there are more", async () => {
    const catalog = await catalogWith({ "Order.xsd": SCHEMA }, { maxProblems: 2 });
    const text = event("\n<Order>\n<A/>\n<B/>\n<C/>\n<D/>\n</Order>");
    expect(catalog.validate(text).map(({ line, code }) => [line, code])).toEqual([
      [3, "cvc-complex-type.2.4"],
      [4, "cvc-complex-type.2.4"],
      [5, "xqbus:limit-exceeded"],
    ]);
    expect(catalog.validate(text).at(-1)).toEqual({
      path: "/Event/Order/C",
      line: 5,
      column: 1,
      code: "xqbus:limit-exceeded",
      message: "there are more problems from here on; the option maxProblems lists 2 at most",
    });
  });

  it("has exactly as many listed as there are when they are not more", async () => {
    const catalog = await catalogWith({ "Order.xsd": SCHEMA }, { maxProblems: 3 });
    const text = event(`<Order><Number>1</Number>${CUSTOMER}<A/><B/><C/><Pickup>1</Pickup></Order>`);
    expect(catalog.validate(text).map(({ code }) => code)).toEqual(Array<string>(3).fill("cvc-complex-type.2.4"));
  });

  it.each([
    ["unknown elements", (i: number) => `<Unknown${i}/>`],
    ["misspelt elements", (i: number) => `<Linee${i % 10} unit="kg"/>`],
    ["wrong values", () => `<Line unit="kg"><Article>a b</Article><Amount>x</Amount></Line>`],
    ["wrong attributes", (i: number) => `<Line a${i}="1"><Article>x</Article><Amount>1</Amount></Line>`],
    ["repetitions", () => `<Number>1</Number>`],
  ])("is judged in one pass: 100,000 %s", async (_, item) => {
    const content = (count: number): string => {
      const items = Array.from({ length: count }, (__, i) => item(i)).join("");
      return `<Order><Number>1</Number>${CUSTOMER}${items}<Pickup>1</Pickup></Order>`;
    };
    const tree = parseXml(content(20_000).replace("<Order", `$& xmlns="${EVENTS}"`));
    const context = { namespace: EVENTS, eventNames: [], table: tableOf(SCHEMA), maxProblems: 100_000 };
    expect(diagnose(tree, context).length).toBeGreaterThanOrEqual(20_000);

    const catalog = await catalogWith({ "Order.xsd": SCHEMA }, { limits: { maxBytes: 1e9 } });
    expect(catalog.validate(event(content(100_000)))).toHaveLength(101);
  });
});
