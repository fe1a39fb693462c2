import { describe, expect, it } from "vitest";
import { scope, typesOf } from "./types-of.ts";

const type = typesOf("");

type Row = readonly [name: string, valid: readonly string[], invalid: readonly string[]];

// prettier-ignore
const ROWS: readonly Row[] = [
  ["string", ["", " a\n", "\u{1F600}"], []],
  ["normalizedString", [" a\tb "], []],
  ["token", ["  a   b "], []],
  ["boolean", ["true", "false", "1", "0", " true\n"], ["", "TRUE", "yes", "10"]],
  ["decimal", ["0", "-1", "+1.5", ".5", "5.", "00012.3400", `${"9".repeat(1000)}.1`], ["", ".", "+", "1e3", "1,5", "0x1", "INF", "1 2"]],
  ["integer", ["0", "-0", "+7", "9".repeat(1000)], ["", "1.0", "-", "1e3"]],
  ["nonPositiveInteger", ["0", "-0", "-1", "+0"], ["1"]],
  ["negativeInteger", ["-1"], ["0", "-0", "1"]],
  ["nonNegativeInteger", ["0", "-0", "1"], ["-1"]],
  ["positiveInteger", ["1", "+1"], ["0"]],
  ["long", ["9223372036854775807", "-9223372036854775808", "+0009223372036854775807"], ["9223372036854775808", "-9223372036854775809"]],
  ["int", ["2147483647", "-2147483648"], ["2147483648", "-2147483649", "1.0"]],
  ["short", ["32767", "-32768"], ["32768", "-32769"]],
  ["byte", ["127", "-128", "0000000000000000001"], ["128", "-129"]],
  ["unsignedLong", ["18446744073709551615"], ["18446744073709551616", "-1"]],
  ["unsignedInt", ["4294967295"], ["4294967296"]],
  ["unsignedShort", ["65535"], ["65536"]],
  ["unsignedByte", ["255"], ["256"]],
  ["float", ["1", "-1.5E3", "1e-3", "INF", "-INF", "NaN", ".5", "1E400"], ["", "+INF", "inf", "1E", "E3", "1e1.5", "0x1"]],
  ["double", ["1E400", "INF", " 1 "], ["1d", "Infinity"]],
  ["duration", ["P1Y", "P1Y2M3DT4H5M6.7S", "-P1D", "PT0S", "P0Y", "PT1M", "P1M"], ["P", "PT", "P1YT", "1Y", "P1S", "PT1Y", "P1.5D", "P1M1Y", "PT1.S", "P-1Y", "P1Y1Y"]],
  ["dateTime", ["2026-11-21T12:00:00", "2026-11-21T12:00:00.123Z", "-0001-01-01T00:00:00+14:00", "12026-02-28T24:00:00", "2024-02-29T00:00:00-05:30"], ["2026-11-21", "2026-11-21 12:00:00", "2026-13-01T00:00:00", "2026-02-29T00:00:00", "2026-11-21T24:00:01", "2026-11-21T12:60:00", "2026-11-21T12:00:60", "0000-01-01T00:00:00", "02026-01-01T00:00:00", "26-01-01T00:00:00", "2026-11-21T12:00:00.", "2026-11-21T12:00:00+14:01", "2026-11-21T12:00:00z"]],
  ["date", ["2026-11-21", "2026-11-21Z", "2000-02-29+02:00"], ["1900-02-29", "2026-11-31", "2026-1-1", "2026-11-21T"]],
  ["time", ["12:00:00", "24:00:00", "23:59:59.999-08:00"], ["12:00", "25:00:00", "T12:00:00"]],
  ["gYearMonth", ["2026-11", "2026-11Z"], ["2026-13", "2026"]],
  ["gYear", ["2026", "-0044", "2026+01:00"], ["26", "0000"]],
  ["gMonthDay", ["--02-29", "--11-21Z"], ["--02-30", "11-21"]],
  ["gDay", ["---31", "---01Z"], ["---32", "--01", "---1"]],
  ["gMonth", ["--12", "--01Z"], ["--13", "12"]],
  ["hexBinary", ["", "0aFF"], ["0", "0g"]],
  ["base64Binary", ["", "AAAA", "AA==", "A A A =", "aGk="], ["AAA", "AB==", "A===", "=AAA", "A-AA"]],
  ["anyURI", ["", "http://x.y/z?a=b#c", "urn:x:y", "../a", "http://[::1]:80/", "ü", "a|b", "%20"], ["a b", "%zz", "http://x:port/", ":a", "a#b#c", "http://[::1", "a[b]"]],
  ["QName", ["a", "p:a"], ["", "x:a", "p:", ":a", "p:a:b", "1a"]],
  ["NOTATION", ["p:a"], ["x:a"]],
  ["language", ["en", "de-AT", "x-klingon-1"], ["", "e_n", "abcdefghi", "en-", "1en"]],
  ["NMTOKEN", ["1a", "a:b", "-"], ["", "a b", "a!"]],
  ["NMTOKENS", ["a b", " 1 "], ["", " ", "a !"]],
  ["Name", ["a:b", "_1"], ["1a", ""]],
  ["NCName", ["a", "é"], ["a:b", "1"]],
  ["ID", ["a"], ["a:b", "1", "a b"]],
  ["IDREF", ["a"], ["1"]],
  ["IDREFS", ["a b"], ["", "1 a"]],
  ["ENTITY", [], ["a"]],
  ["ENTITIES", [], ["", "a b"]],
  ["anySimpleType", ["", "anything"], []],
];

describe("a built-in type", () => {
  it.each(ROWS)("xs:%s accepts what it should and nothing else", (name, valid, invalid) => {
    const checker = type(`xs:${name}`);
    const accepts = (text: string): boolean => checker.check(text, scope) === undefined;
    expect(valid.filter((text) => !accepts(text))).toEqual([]);
    expect(invalid.filter(accepts)).toEqual([]);
  });

  it.each([
    ["decimal", "1.50", "+01.5", true],
    ["decimal", "-0", "0.0", true],
    ["decimal", "1.5", "1.51", false],
    ["boolean", "1", "true", true],
    ["float", "1.0E2", "100", true],
    ["float", "16777217", "16777216", true],
    ["double", "16777217", "16777216", false],
    ["double", "NaN", "NaN", true],
    ["dateTime", "2026-11-21T12:00:00+02:00", "2026-11-21T10:00:00.000Z", true],
    ["dateTime", "2026-11-21T24:00:00", "2026-11-22T00:00:00", true],
    ["dateTime", "2026-11-21T12:00:00", "2026-11-21T12:00:00Z", false],
    ["duration", "P1Y", "P12M", true],
    ["duration", "P1D", "PT24H", true],
    ["duration", "P1M", "P30D", false],
    ["hexBinary", "0a", "0A", true],
    ["base64Binary", "AAAA", "A A A A", true],
    ["QName", "p:a", "q:a", true],
    ["QName", "p:a", "r:a", false],
    ["string", "a", " a", false],
    ["token", "a", " a", true],
    ["NMTOKENS", "a b", " a  b ", true],
  ])("xs:%s knows whether %s equals %s: %s", (name, a, b, expected) => {
    expect(type(`xs:${name}`).equal(a, b, scope)).toBe(expected);
  });

  it("takes values that are equal as text in different primitive types for different", () => {
    expect(type("xs:string").key("1", scope)).not.toBe(type("xs:decimal").key("1", scope));
    expect(type("xs:int").key("01", scope)).toBe(type("xs:decimal").key("1.0", scope));
  });

  it("checks hostile values in linear time", () => {
    const long = 4_000_000;
    expect(type("xs:integer").check("9".repeat(long), scope)).toBeUndefined();
    expect(type("xs:long").check("9".repeat(long), scope)?.code).toBe("cvc-datatype-valid.1.2.1");
    expect(type("xs:decimal").check(`${"0".repeat(long)}.`, scope)).toBeUndefined();
    expect(type("xs:dateTime").check("1".repeat(long), scope)?.code).toBe("cvc-datatype-valid.1.2.1");
    expect(type("xs:anyURI").check(":".repeat(long), scope)?.code).toBe("cvc-datatype-valid.1.2.1");
    expect(type("xs:token").check(" ".repeat(long), scope)).toBeUndefined();
  });
});
