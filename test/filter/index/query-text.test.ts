import { describe, expect, it } from "vitest";
import { readQueryText } from "../../../src/filter/index/query-text.ts";

function skeletonOf(query: string, language: "xquery" | "xpath" = "xquery"): string | undefined {
  return readQueryText(query, language)?.skeleton;
}

function literalsOf(query: string, language: "xquery" | "xpath" = "xquery"): readonly string[] | undefined {
  return readQueryText(query, language)?.literals.map(({ value }) => value);
}

describe("two queries", () => {
  it.each([
    ["/A = 'x'", '/A = "y"'],
    ["/A1 = 5 and /B2 = 'a'", "/A1 = 1234 and /B2 = 'b c'"],
    ["/A = 'it''s'", "/A = 'a &amp; b'"],
    ["/A (: one (: comment :) :) = 'x'", "/A (: another's :) = 'x'"],
    ["/A = 'http://a'", "/A = 'http://b'"],
  ])("have one skeleton where they differ in literals and comments only: %s and %s", (a, b) => {
    expect(skeletonOf(a)).toBeDefined();
    expect(skeletonOf(a)).toBe(skeletonOf(b));
  });

  it.each([
    ["/A = 5", "/A = 5.0"],
    ["/A = 5", "/A = 5e0"],
    ["/A = 5", "/A = '5'"],
    ["/A = ''", "/A = 'x'"],
    ["/A1 = 5", "/A2 = 5"],
    ["$v1 = 5", "$v2 = 5"],
  ])("have two where they do not: %s and %s", (a, b) => {
    expect(skeletonOf(a)).not.toBe(skeletonOf(b));
  });
});

describe("a literal", () => {
  it.each([
    ['/A = \'it\'\'s\' or /B = "say ""x"""', ["it's", 'say "x"']],
    ["/A = 'a &amp;&#65; b'", ["a &A b"]],
    ["/A[.5 < 1.] = 1e-3 to 20", [".5", "1.", "1e-3", "20"]],
    ["/A (: 'no' 5 :) = 'x'", ["x"]],
  ])("of %s has the value that the parser would give it", (query, expected) => {
    expect(literalsOf(query)).toEqual(expected);
  });

  it("of XPath has no references", () => {
    expect(literalsOf("/A = 'a &amp; b'", "xpath")).toEqual(["a &amp; b"]);
  });
});

describe("a query", () => {
  it.each([
    ["/A = 'a & b'"],
    ["/A = <a b='c'/>"],
    ["``[`{/A}`]``"],
    ["(# x:y 'z' #) { /A }"],
    ["/Q{urn:it's}A = 'x'"],
    ["/A (: no end"],
    [`/A = ${"1".repeat(201)}`],
  ])("that would need the grammar is left to the parser: %s", (query) => {
    expect(readQueryText(query, "xquery")).toBeUndefined();
  });
});
