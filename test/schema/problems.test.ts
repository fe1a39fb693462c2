import { beforeAll, describe, expect, it } from "vitest";
import type { Catalog, ValidationProblem } from "../../src/schema/index.ts";
import { EVENTS, catalogWith, xsd } from "./harness.ts";

/** An event type with one child for each rule that a document can violate. */
const SAMPLE = xsd(`
<xs:element name="Sample" type="e:Sample"/>
<xs:complexType name="Sample"><xs:choice maxOccurs="unbounded">
  <xs:element name="all"><xs:complexType><xs:all><xs:element name="A"/><xs:element name="B"/><xs:element name="C" minOccurs="0"/></xs:all></xs:complexType></xs:element>
  <xs:element name="seq"><xs:complexType><xs:sequence><xs:element name="First"/><xs:element name="Second" maxOccurs="2"/><xs:element name="Third" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="cho"><xs:complexType><xs:sequence><xs:element name="Head"/><xs:choice><xs:element name="Left"/><xs:element name="Right"/></xs:choice></xs:sequence></xs:complexType></xs:element>
  <xs:element name="rep"><xs:complexType><xs:sequence maxOccurs="2"><xs:element name="P"/><xs:element name="Q" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="empty"><xs:complexType/></xs:element>
  <xs:element name="attr"><xs:complexType><xs:attribute name="unit" type="xs:int" use="required"/><xs:attribute name="version" type="xs:string" fixed="1"/><xs:attribute name="state" type="e:State"/></xs:complexType></xs:element>
  <xs:element name="int" type="xs:int"/>
  <xs:element name="bool" type="xs:boolean"/>
  <xs:element name="state" type="e:State"/>
  <xs:element name="states"><xs:simpleType><xs:list itemType="e:State"/></xs:simpleType></xs:element>
  <xs:element name="numbers"><xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType></xs:element>
  <xs:element name="two"><xs:simpleType><xs:restriction><xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType><xs:length value="2"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="union"><xs:simpleType><xs:union memberTypes="e:State xs:int"/></xs:simpleType></xs:element>
  <xs:element name="pattern"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="\\+[0-9]{3,}"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="length"><xs:simpleType><xs:restriction base="xs:string"><xs:minLength value="2"/><xs:maxLength value="4"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="closed"><xs:simpleType><xs:restriction base="xs:decimal"><xs:minInclusive value="1"/><xs:maxInclusive value="9"/><xs:fractionDigits value="2"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="open"><xs:simpleType><xs:restriction base="xs:decimal"><xs:minExclusive value="1"/><xs:maxExclusive value="1000"/><xs:totalDigits value="2"/></xs:restriction></xs:simpleType></xs:element>
  <xs:element name="nil" type="xs:int" nillable="true"/>
  <xs:element name="fixed" type="xs:string" fixed="yes"/>
  <xs:element name="abstract" type="e:Abstract"/>
  <xs:element ref="e:Head"/>
  <xs:element name="keys"><xs:complexType><xs:sequence><xs:element name="key" maxOccurs="unbounded"><xs:complexType><xs:attribute name="id"/></xs:complexType></xs:element></xs:sequence></xs:complexType>
    <xs:key name="k"><xs:selector xpath="e:key"/><xs:field xpath="@id"/></xs:key></xs:element>
  <xs:element name="text"><xs:complexType><xs:simpleContent><xs:extension base="xs:int"><xs:attribute name="unit" type="e:State"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
  <xs:element name="any"><xs:complexType><xs:sequence><xs:any/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="base" type="e:Base"/>
  <xs:element name="refs"><xs:complexType><xs:sequence><xs:element name="key" maxOccurs="unbounded"><xs:complexType><xs:attribute name="id"/><xs:attribute name="to"/></xs:complexType></xs:element></xs:sequence></xs:complexType>
    <xs:key name="rk"><xs:selector xpath="e:key"/><xs:field xpath="@id"/></xs:key><xs:keyref name="rr" refer="e:rk"><xs:selector xpath="e:key"/><xs:field xpath="@to"/></xs:keyref></xs:element>
  <xs:element name="wild"><xs:complexType><xs:anyAttribute namespace="urn:x" processContents="strict"/></xs:complexType></xs:element>
  <xs:element name="mixed" fixed="yes"><xs:complexType mixed="true"><xs:sequence><xs:element name="M" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="nilFixed" type="xs:int" nillable="true" fixed="1"/>
  <xs:element name="ids"><xs:complexType><xs:attribute name="id" type="xs:ID"/></xs:complexType></xs:element>
</xs:choice></xs:complexType>
<xs:simpleType name="State"><xs:restriction base="xs:string"><xs:enumeration value="busy"/><xs:enumeration value="free"/></xs:restriction></xs:simpleType>
<xs:complexType name="Abstract" abstract="true"/>
<xs:complexType name="Base"><xs:sequence><xs:element name="One"/></xs:sequence></xs:complexType>
<xs:complexType name="Derived"><xs:complexContent><xs:extension base="e:Base"><xs:sequence><xs:element name="Two"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
<xs:element name="Head" abstract="true" type="xs:string"/><xs:element name="Member" substitutionGroup="e:Head"/>
`);

type Row = readonly [
  content: string,
  path: string,
  code: string,
  message: string,
  more?: Partial<Pick<ValidationProblem, "found" | "expected" | "suggestion">>,
];

// prettier-ignore
const ROWS: readonly Row[] = [
  // children
  [`<all><A/><B/><C/><D/></all>`, "all/D", "cvc-complex-type.2.4", `element "D" is not allowed in all here; no further element is expected`, { found: "D", expected: [] }],
  [`<all><C/></all>`, "all", "cvc-complex-type.2.4", `all is incomplete: A and B are missing`, { expected: ["A", "B"] }],
  [`<seq/>`, "seq", "cvc-complex-type.2.4", `seq is incomplete: First and Second are missing`, { expected: ["First", "Second"] }],
  [`<seq><Frist/><Second/></seq>`, "seq/Frist", "cvc-complex-type.2.4", `element "Frist" is not allowed in seq here; expected First (did you mean "First"?)`, { found: "Frist", expected: ["First"], suggestion: "First" }],
  [`<seq><Second/><First/></seq>`, "seq/Second", "cvc-complex-type.2.4", `element "Second" is not allowed in seq here; expected First`, { found: "Second", expected: ["First"] }],
  [`<seq><First/><Second/><Second/><Second/></seq>`, "seq/Second[3]", "cvc-complex-type.2.4", `element "Second" is not allowed in seq again; expected Third`, { found: "Second", expected: ["Third"] }],
  [`<cho><Head/></cho>`, "cho", "cvc-complex-type.2.4", `cho is incomplete: one of Left, Right is missing`, { expected: ["Left", "Right"] }],
  [`<cho/>`, "cho", "cvc-complex-type.2.4", `cho is incomplete: Head and one of Left, Right are missing`, { expected: ["Head", "Left", "Right"] }],
  [`<rep><P/><P/><Q/><P/></rep>`, "rep/P[3]", "cvc-complex-type.2.4", `element "P" is not allowed in rep again; no further element is expected`, { found: "P", expected: [] }],
  [`<base><x:One xmlns:x="urn:x"/></base>`, "base/x:One", "cvc-complex-type.2.4", `element "One" is in the namespace "urn:x"; expected One in the namespace "${EVENTS}"`, { found: "One", expected: ["One"] }],
  [`<base><One xmlns="urn:x"/></base>`, "base/Q{urn:x}One", "cvc-complex-type.2.4", `element "One" is in the namespace "urn:x"; expected One in the namespace "${EVENTS}"`, { found: "One", expected: ["One"] }],
  [`<base><One xmlns=""/></base>`, "base/One", "cvc-complex-type.2.4", `element "One" is in no namespace; expected One in the namespace "${EVENTS}"`, { found: "One", expected: ["One"] }],
  [`<base xsi:type="Derived"><One/></base>`, "base", "cvc-complex-type.2.4", `base is incomplete: Two is missing`, { expected: ["Two"] }],
  [`<any/>`, "any", "cvc-complex-type.2.4", `any is incomplete: any element is missing`, { expected: ["any element"] }],
  [`<any><Membr/></any>`, "any/Membr", "cvc-elt.1", `element "Membr" is not declared in this catalog (did you mean "Member"?)`, { found: "Membr", suggestion: "Member" }],
  [`<Head>x</Head>`, "Head", "cvc-elt.2", `element "Head" is abstract and cannot occur itself; expected Member`, { found: "Head", expected: ["Member"] }],
  // text
  [`<all>so\n<A/><B/></all>`, "all", "cvc-complex-type.2.3", `the text "so" is not allowed in all, which holds elements only`, { found: "so" }],
  [`<empty>x</empty>`, "empty", "cvc-complex-type.2.1", `the text "x" is not allowed in empty, which must be empty`, { found: "x" }],
  [`<empty><A/></empty>`, "empty", "cvc-complex-type.2.1", `element "A" is not allowed in empty, which must be empty`, { found: "A" }],
  [`<int><A/></int>`, "int", "cvc-type.3.1.2", `element "A" is not allowed in int, which holds a value only`, { found: "A" }],
  [`<text>1<b/></text>`, "text", "cvc-complex-type.2.2", `element "b" is not allowed in text, which holds a value only`, { found: "b" }],
  // attributes
  [`<attr/>`, "attr", "cvc-complex-type.4", `attr has no attribute "unit", which is required`, { expected: ["unit"] }],
  [`<attr unit="1" vresion="1"/>`, "attr", "cvc-complex-type.3.2.2", `attribute "vresion" is not allowed in attr, which allows one of "unit", "version", "state" (did you mean "version"?)`, { found: "vresion", expected: ["unit", "version", "state"], suggestion: "version" }],
  [`<int unit="1">1</int>`, "int", "cvc-type.3.1.1", `attribute "unit" is not allowed in int, which has no attributes`, { found: "unit", expected: [] }],
  [`<attr unit="ten"/>`, "attr/@unit", "cvc-datatype-valid.1.2.1", `value "ten" of attribute "unit" of attr is not a valid xs:int; expected a whole number from -2147483648 to 2147483647`, { found: "ten", expected: ["xs:int"] }],
  [`<attr unit="1" version="2"/>`, "attr/@version", "cvc-au", `value "2" of attribute "version" of attr must be "1"`, { found: "2", expected: ["1"] }],
  [`<attr unit="1" state="fre"/>`, "attr/@state", "cvc-enumeration-valid", `value "fre" of attribute "state" of attr is not one of busy, free (did you mean "free"?)`, { found: "fre", expected: ["busy", "free"], suggestion: "free" }],
  [`<wild a="1"/>`, "wild", "cvc-complex-type.3.2.2", `attribute "a" is not allowed in wild, which has no attributes`, { found: "a", expected: [] }],
  [`<wild x:a="1" xmlns:x="urn:x"/>`, "wild/@x:a", "cvc-wildcard", `attribute "x:a" of wild is not declared in this catalog`, { found: "x:a" }],
  // values
  [`<int>five</int>`, "int", "cvc-datatype-valid.1.2.1", `value "five" of int is not a valid xs:int; expected a whole number from -2147483648 to 2147483647`, { found: "five", expected: ["xs:int"] }],
  [`<bool>TRUE</bool>`, "bool", "cvc-datatype-valid.1.2.1", `value "TRUE" of bool is not a valid xs:boolean; expected true, false, 1 or 0 (did you mean "true"?)`, { found: "TRUE", expected: ["xs:boolean"], suggestion: "true" }],
  [`<state>busyy</state>`, "state", "cvc-enumeration-valid", `value "busyy" of state is not one of busy, free (did you mean "busy"?)`, { found: "busyy", expected: ["busy", "free"], suggestion: "busy" }],
  [`<states>busy free bussy</states>`, "states", "cvc-enumeration-valid", `item "bussy" of states is not one of busy, free (did you mean "busy"?)`, { found: "bussy", expected: ["busy", "free"], suggestion: "busy" }],
  [`<numbers>1 2 x</numbers>`, "numbers", "cvc-datatype-valid.1.2.1", `item "x" of numbers is not a valid xs:int; expected a whole number from -2147483648 to 2147483647`, { found: "x", expected: ["xs:int"] }],
  [`<two>1 2 3</two>`, "two", "cvc-length-valid", `value "1 2 3" of two has 3 items; expected exactly 2`, { found: "1 2 3", expected: ["2"] }],
  [`<union>bsy</union>`, "union", "cvc-datatype-valid.1.2.3", `value "bsy" of union is not one of busy, free, xs:int (did you mean "busy"?)`, { found: "bsy", expected: ["busy", "free", "xs:int"], suggestion: "busy" }],
  [`<pattern>12</pattern>`, "pattern", "cvc-pattern-valid", `value "12" of pattern does not match the pattern \\+[0-9]{3,}`, { found: "12", expected: ["\\+[0-9]{3,}"] }],
  [`<length>1</length>`, "length", "cvc-minLength-valid", `value "1" of length has length 1; expected at least 2`, { found: "1", expected: ["2"] }],
  [`<length>12345</length>`, "length", "cvc-maxLength-valid", `value "12345" of length has length 5; expected at most 4`, { found: "12345", expected: ["4"] }],
  [`<closed>0</closed>`, "closed", "cvc-minInclusive-valid", `value "0" of closed must be at least 1`, { found: "0", expected: ["1"] }],
  [`<closed>10</closed>`, "closed", "cvc-maxInclusive-valid", `value "10" of closed must be at most 9`, { found: "10", expected: ["9"] }],
  [`<closed>1.234</closed>`, "closed", "cvc-fractionDigits-valid", `value "1.234" of closed has more than 2 digits after the decimal point`, { found: "1.234", expected: ["2"] }],
  [`<open>1</open>`, "open", "cvc-minExclusive-valid", `value "1" of open must be greater than 1`, { found: "1", expected: ["1"] }],
  [`<open>1e3</open>`, "open", "cvc-datatype-valid.1.2.1", `value "1e3" of open is not a valid xs:decimal; expected a number such as 12.5`, { found: "1e3", expected: ["xs:decimal"] }],
  [`<open>123</open>`, "open", "cvc-totalDigits-valid", `value "123" of open has more than 2 digits`, { found: "123", expected: ["2"] }],
  [`<fixed>no</fixed>`, "fixed", "cvc-elt.5.2.2.2.2", `value "no" of fixed must be "yes"`, { found: "no", expected: ["yes"] }],
  [`<ids id="a"/><ids id="a"/>`, "ids[2]/@id", "cvc-id.2", `the ID "a" is used a second time; IDs are unique in a document`, { found: "a" }],
  [`<mixed>no</mixed>`, "mixed", "cvc-elt.5.2.2.2.1", `value "no" of mixed must be "yes"`, { found: "no", expected: ["yes"] }],
  // xsi attributes, abstract types, keys
  [`<nil xsi:nil="true">1</nil>`, "nil", "cvc-elt.3.2.1", `nil is marked as nil by xsi:nil and must be empty`],
  [`<int xsi:nil="true"/>`, "int", "cvc-elt.3.1", `int is not nillable; xsi:nil is not allowed here`, { found: "xsi:nil" }],
  [`<nilFixed xsi:nil="true"/>`, "nilFixed", "cvc-elt.3.2.2", `nilFixed is marked as nil by xsi:nil, but its value is fixed; it must be "1"`, { expected: ["1"] }],
  [`<base xsi:type="no:T"><One/></base>`, "base", "cvc-elt.4.1", `xsi:type of base is "no:T", whose prefix "no" is not declared, or which is no name`, { found: "no:T" }],
  [`<abstract/>`, "abstract", "cvc-type.2", `the type of abstract is abstract; name a type derived from it in xsi:type`],
  [`<base xsi:type="Derivd"><One/></base>`, "base", "cvc-elt.4.2", `xsi:type of base names "Derivd", which is not a type of this catalog (did you mean "Derived"?)`, { found: "Derivd", suggestion: "Derived" }],
  [`<base xsi:type="State"><One/></base>`, "base", "cvc-elt.4.3", `xsi:type of base names "State", which is not derived from its declared type`, { found: "State" }],
  [`<keys><key id="1"/><key id="1"/></keys>`, "keys/key[2]", "cvc-identity-constraint.4.2.2", `key repeats @id "1", which must be unique (key "k")`, { found: "1" }],
  [`<refs>\n<key id="1" to="1"/>\n<key id="2" to="3"/></refs>`, "refs/key[2]", "cvc-identity-constraint.4.3", `key refers by @to "3" to a key of "rk" that is not there (keyref "rr")`, { found: "3" }],
];

describe("a document that is not valid", () => {
  let catalog: Catalog;
  beforeAll(async () => {
    catalog = await catalogWith({ "Sample.xsd": SAMPLE });
    expect(catalog.problems).toEqual([]);
  });

  const document = (content: string): string =>
    `<Event xmlns="${EVENTS}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n <Sample>\n  ${content}\n </Sample>\n</Event>`;

  it.each(ROWS.map(([content, ...expected]) => ({ content, expected })))("$content", ({ content, expected }) => {
    const [path, code, message, more = {}] = expected;
    const [problem, ...others] = catalog.validate(document(content));
    expect(others).toEqual([]);
    const { line, column, ...rest } = problem!;
    expect(rest).toEqual({ path: `/Event/Sample/${path}`, code, message, ...more });
    expect(line).toBeGreaterThanOrEqual(3);
    expect(column).toBeGreaterThanOrEqual(1);
  });

  it("has the line and column of the element, or of the attribute, that is wrong", () => {
    const text = `<int>\n1</int>\n<int>x</int><attr\n\n  unit="x"/>`;
    expect(catalog.validate(document(text)).map(({ line, column }) => [line, column])).toEqual([
      [5, 1],
      [7, 3],
    ]);
  });

  it("has all its problems listed, in document order", () => {
    const text = `<int>x</int><state>y</state><attr zzz=""/><int>z</int>`;
    expect(catalog.validate(document(text)).map(({ path, code }) => [path.slice(13), code])).toEqual([
      ["/int[1]", "cvc-datatype-valid.1.2.1"],
      ["/state", "cvc-enumeration-valid"],
      ["/attr", "cvc-complex-type.4"],
      ["/attr", "cvc-complex-type.3.2.2"],
      ["/int[2]", "cvc-datatype-valid.1.2.1"],
    ]);
  });

  it("has the first ten of many expected names in its message, and all of them in its data", () => {
    const [problem] = catalog.validate(document("<Hed/>"));
    expect(problem?.expected).toHaveLength(30);
    expect(problem?.message).toBe(
      `element "Hed" is not allowed in Sample here; ` +
        `expected one of all, seq, cho, rep, empty, attr, int, bool, state, states and 20 more`,
    );
  });

  it("shows the beginning of a long value, on one line", () => {
    const [problem] = catalog.validate(document(`<state>a\n\u{1F600}${"x".repeat(2_000_000)}</state>`));
    const shown = `a\\n\u{1F600}${"x".repeat(77)}…`;
    expect(problem).toMatchObject({ found: shown, message: `value "${shown}" of state is not one of busy, free` });
  });
});
