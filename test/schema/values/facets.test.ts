import { describe, expect, it } from "vitest";
import { scope, typesOf } from "./types-of.ts";

const restriction = (name: string, base: string, facets: string): string =>
  `<xs:simpleType name="${name}"><xs:restriction base="${base}">${facets}</xs:restriction></xs:simpleType>`;
const facet = (name: string, value: string): string => `<xs:${name} value="${value}"/>`;

const type = typesOf(`
${restriction("Code", "xs:string", facet("length", "3"))}
${restriction("Bytes", "xs:hexBinary", facet("maxLength", "2"))}
${restriction("Price", "xs:decimal", facet("totalDigits", "4") + facet("fractionDigits", "2") + facet("minExclusive", "0"))}
${restriction("LowPrice", "e:Price", facet("maxInclusive", "10.00"))}
${restriction("Big", "xs:integer", facet("maxInclusive", "100000000000000000000000000000"))}
${restriction("Recent", "xs:dateTime", facet("minInclusive", "2026-01-01T00:00:00Z"))}
${restriction("Short", "xs:duration", facet("maxInclusive", "P1M"))}
${restriction("Ratio", "xs:double", facet("maxInclusive", "1"))}
${restriction("State", "xs:token", facet("enumeration", "on air") + facet("enumeration", "off"))}
${restriction("Off", "e:State", facet("enumeration", "off"))}
${restriction("Number", "xs:decimal", facet("enumeration", "1.0") + facet("enumeration", "2"))}
${restriction("Plate", "xs:token", facet("pattern", "[A-Z]+-\\d+") + facet("pattern", "X"))}
${restriction("LongPlate", "e:Plate", facet("pattern", ".{4,}"))}
${restriction("Trimmed", "xs:string", facet("whiteSpace", "collapse") + facet("maxLength", "3"))}
${restriction("Name", "xs:QName", facet("enumeration", "e:a"))}
<xs:simpleType name="States"><xs:list itemType="e:State"/></xs:simpleType>
<xs:simpleType name="Numbers"><xs:list itemType="e:Number"/></xs:simpleType>
${restriction("TwoNumbers", "e:Numbers", facet("length", "2"))}
${restriction("OneTwo", "e:Numbers", facet("enumeration", "1 2"))}
<xs:simpleType name="NumberOrState"><xs:union memberTypes="e:Number e:State"/></xs:simpleType>
${restriction("OneOrOff", "e:NumberOrState", facet("enumeration", "1.00") + facet("enumeration", "off"))}
${restriction("NoDigits", "e:NumberOrState", facet("pattern", "[a-z ]*"))}
`);

// prettier-ignore
const ROWS: readonly (readonly [name: string, text: string, problem?: Readonly<Record<string, unknown>>])[] = [
  ["Code", "\u{1F600}ab"],
  ["Code", "ab", { code: "cvc-length-valid", facet: "length", limit: "3", value: "ab", length: { count: 2, unit: "characters" } }],
  ["Bytes", "abcd"],
  ["Bytes", "abcdef", { code: "cvc-maxLength-valid", facet: "maxLength", limit: "2", length: { count: 3, unit: "bytes" } }],
  ["Price", "0012.3400"],
  ["Price", "123.45", { code: "cvc-totalDigits-valid", limit: "4" }],
  ["Price", "1.234", { code: "cvc-fractionDigits-valid", limit: "2" }],
  ["Price", "0.00", { code: "cvc-minExclusive-valid", limit: "0" }],
  ["LowPrice", "10"],
  ["LowPrice", "10.01", { code: "cvc-maxInclusive-valid", limit: "10.00" }],
  ["LowPrice", "0", { code: "cvc-minExclusive-valid" }],
  ["Big", "100000000000000000000000000000"],
  ["Big", "100000000000000000000000000001", { code: "cvc-maxInclusive-valid" }],
  ["Recent", "2026-01-01T01:00:00+01:00"],
  ["Recent", "2025-12-31T23:59:59Z", { code: "cvc-minInclusive-valid" }],
  ["Recent", "2026-01-01T13:00:00", { code: "cvc-minInclusive-valid" }],
  ["Recent", "2026-01-01T14:00:01"],
  ["Short", "P27D"],
  ["Short", "P30D", { code: "cvc-maxInclusive-valid" }],
  ["Ratio", "-INF"],
  ["Ratio", "NaN", { code: "cvc-maxInclusive-valid" }],
  ["State", " on  air "],
  ["State", "On", { code: "cvc-enumeration-valid", limit: "on air|off", value: "On" }],
  ["Off", "on air", { code: "cvc-enumeration-valid", limit: "off" }],
  ["Number", "1"],
  ["Number", "3", { code: "cvc-enumeration-valid", limit: "1.0|2" }],
  ["Plate", "AB-12"],
  ["Plate", "X"],
  ["Plate", "x", { code: "cvc-pattern-valid", limit: "[A-Z]+-\\d+|X" }],
  ["LongPlate", "X", { code: "cvc-pattern-valid", limit: ".{4,}" }],
  ["Trimmed", "  abc "],
  ["States", "off off"],
  ["States", "off of", { code: "cvc-enumeration-valid", value: "of", isItem: true }],
  ["Numbers", ""],
  ["TwoNumbers", "1 2 1", { code: "cvc-length-valid", value: "1 2 1", isItem: false, length: { count: 3, unit: "items" } }],
  ["OneTwo", " 1.0 2"],
  ["OneTwo", "2 1", { code: "cvc-enumeration-valid", limit: "1 2" }],
  ["NumberOrState", "2.0"],
  ["NumberOrState", " on air"],
  ["NumberOrState", "3", { code: "cvc-datatype-valid.1.2.3", facet: undefined, value: "3" }],
  ["OneOrOff", "1"],
  ["OneOrOff", "2", { code: "cvc-enumeration-valid" }],
  ["NoDigits", "  off "],
  ["NoDigits", "1", { code: "cvc-pattern-valid" }],
];

describe("a simple type with facets", () => {
  it.each(ROWS.map((row) => ({ name: row[0], text: row[1], expected: row[2] })))(
    "$name judges $text",
    ({ name, text, expected }) => {
      const problem = type(name).check(text, scope);
      if (expected === undefined) expect(problem).toBeUndefined();
      else expect(problem).toMatchObject(expected);
    },
  );

  it("reads the prefixes of an enumeration where it stands", () => {
    expect(type("Name").check("p:a", scope)?.code).toBe("cvc-enumeration-valid");
  });

  it("is prepared once", () => {
    expect(type("Price")).toBe(type("Price"));
  });

  it("leaves out a facet that cannot be read, and says so", () => {
    const broken = typesOf(restriction("Broken", "xs:string", facet("pattern", "[") + facet("maxLength", "3")))(
      "Broken",
    );
    expect(broken.ignoredFacets.map(({ name }) => name)).toEqual(["pattern"]);
    expect(broken.check("abcd", scope)?.code).toBe("cvc-maxLength-valid");
  });
});
