import { describe, expect, it } from "vitest";
import { FilterIndex, type IndexExplanation } from "../../../src/filter/index/index.ts";
import { parseXml } from "../../../src/xml/index.ts";
import { errorOf } from "../error-of.ts";
import { compileAlone, filterOf, matchesAlone } from "./one-by-one.ts";

function event(content: string): string {
  return `<f:Event xmlns:f="urn:f">${content}</f:Event>`;
}

function explain(query: string): IndexExplanation | undefined {
  const index = new FilterIndex();
  index.add("a", filterOf(query));
  return index.explain("a");
}

describe("the access of a filter", () => {
  const rows: readonly (readonly [query: string, access: string, ...lookups: string[]])[] = [
    ["/f:Event/f:A", "covered", "/Q{urn:f}Event/Q{urn:f}A"],
    ["./f:Event/f:A", "covered", "/Q{urn:f}Event/Q{urn:f}A"],
    ["let $e := ./f:Event return $e/f:A", "covered", "/Q{urn:f}Event/Q{urn:f}A"],
    ["let $e := ./f:Event return $e/f:A or $e/f:B", "covered", "/Q{urn:f}Event/Q{urn:f}A", "/Q{urn:f}Event/Q{urn:f}B"],
    ["/f:Event/f:A[f:B = 'x']", "covered", '/Q{urn:f}Event/Q{urn:f}A: Q{urn:f}B = "x"'],
    ["/f:Event/f:A[@id = 'x']", "covered", '/Q{urn:f}Event/Q{urn:f}A: @id = "x"'],
    ["//f:B = 'x'", "covered", '/: //Q{urn:f}B = "x"'],
    [
      "/f:Event/*/f:B = ('x', 'y')",
      "covered",
      '/: Q{urn:f}Event/*/Q{urn:f}B = "x"',
      '/: Q{urn:f}Event/*/Q{urn:f}B = "y"',
    ],
    [
      "/f:Event/f:A[f:B = 'x' and number(f:C) > 5]",
      "covered",
      '/Q{urn:f}Event/Q{urn:f}A: Q{urn:f}B = "x", Q{urn:f}C as double in [5.000000000000001, Infinity]',
    ],
    [
      "for $p in /f:Event/f:A where $p/f:C >= 1 and $p/f:C <= 2 return $p",
      "covered",
      "/Q{urn:f}Event/Q{urn:f}A: Q{urn:f}C as double in [1, 2]",
    ],
    [
      "some $p in /f:Event/f:A satisfies starts-with($p/f:B, 'x')",
      "covered",
      '/Q{urn:f}Event/Q{urn:f}A: Q{urn:f}B starts with "x"',
    ],
    ["/f:Event/f:A[contains(f:B, 'x')]", "covered", '/Q{urn:f}Event/Q{urn:f}A: Q{urn:f}B contains "x"'],
    ["/f:Event/f:A[f:B = 'x' and not(f:C = 'y')]", "indexed", '/Q{urn:f}Event/Q{urn:f}A: Q{urn:f}B = "x"'],
    [
      "/f:Event/f:A[f:B >= xs:date('1970-01-02')]",
      "covered",
      "/Q{urn:f}Event/Q{urn:f}A: Q{urn:f}B as date in [86400, Infinity]",
    ],
    ["count(/f:Event/f:A) > 0", "covered", "/Q{urn:f}Event/Q{urn:f}A"],
    ["not(/f:Event/f:A)", "scanned"],
    ["every $a in //f:A satisfies $a = 'x'", "scanned"],
    [".", "scanned"],
    ["true()", "scanned"],
    ["false()", "never"],
    ["/f:Event/f:A and ()", "never"],
  ];
  it.each(rows)("of %s is: %s", (query, access, ...lookups) => {
    expect(explain(query)).toMatchObject({ access, lookups });
  });

  it("has reasons where the index does not decide alone", () => {
    expect(explain("/f:Event/f:A[f:B != 'x']")?.reasons).toEqual(["the operator !="]);
    expect(explain("not(//f:A)")?.reasons).toEqual(["a negation"]);
    expect(explain("/f:Event/f:A[2]")?.reasons).toEqual(["a predicate that may be a position"]);
    expect(explain("matches(/f:Event/f:A, '^x')")?.reasons).toEqual(["the function matches()"]);
    expect(explain("true()")?.reasons).toEqual([]);
  });
});

describe("a match", () => {
  const rows: readonly (readonly [query: string, content: string, expected: boolean])[] = [
    ["/f:Event/f:A[f:B = 'x' and f:C = 'y']", "<f:A><f:B>x</f:B><f:C>y</f:C></f:A>", true],
    // The two must be in the same element.
    ["/f:Event/f:A[f:B = 'x' and f:C = 'y']", "<f:A><f:B>x</f:B></f:A><f:A><f:C>y</f:C></f:A>", false],
    ["/f:Event/f:A/f:B = 'x' and /f:Event/f:A/f:C = 'y'", "<f:A><f:B>x</f:B></f:A><f:A><f:C>y</f:C></f:A>", true],
    // Numbers are compared as such, whatever they look like.
    ["/f:Event/f:A > 9", "<f:A> 1e1 </f:A>", true],
    ["/f:Event/f:A > '9'", "<f:A>10</f:A>", false],
    ["/f:Event/f:A > 5", "<f:A>0x10</f:A>", false],
    ["/f:Event/f:A = 0.1", "<f:A>0.10</f:A>", true],
    // A value that is no number is an error, unless another one has decided before.
    ["/f:Event/f:A > 5", "<f:A>7</f:A><f:A>x</f:A>", true],
    ["/f:Event/f:A > 5", "<f:A>x</f:A><f:A>7</f:A>", false],
    ["/f:Event/f:A[f:B > 5]", "<f:A><f:B>x</f:B></f:A><f:A><f:B>7</f:B></f:A>", false],
    ["/f:Event/f:A[f:B > 5]", "<f:A><f:B>7</f:B></f:A><f:A><f:B>x</f:B></f:A>", true],
    ["/f:Event/f:A > 5 or /f:Event/f:B = 'x'", "<f:A>y</f:A><f:B>x</f:B>", false],
    // Both ends of an interval are met by values of their own.
    ["/f:Event[f:A > 5 and f:A < 4]", "<f:A>1</f:A><f:A>9</f:A>", true],
    ["/f:Event/f:A[. > 5 and . < 4]", "<f:A>1</f:A><f:A>9</f:A>", false],
    ["number(/f:Event/f:A) > 5", "<f:A>6</f:A><f:A>7</f:A>", false],
    // != asks for one that is different.
    ["/f:Event/f:A != 'x'", "<f:A>x</f:A><f:A>y</f:A>", true],
    ["not(/f:Event/f:A = 'x')", "<f:A>x</f:A><f:A>y</f:A>", false],
    // The text of an element is all text in it.
    ["/f:Event/f:A = 'xyz'", "<f:A>x<f:B>y</f:B><!-- no -->z</f:A>", true],
    ["/f:Event/f:A/text() = 'x'", "<f:A>x<f:B>y</f:B>z</f:A>", true],
    ["/f:Event/f:A = 'x'", "<A>x</A>", false],
    ["/f:Event/A = 'x'", "<A>x</A>", true],
    ["contains(/f:Event/f:A, 'aba')", "<f:A>xababx</f:A>", true],
    ["ends-with(/f:Event/f:A, 'bx')", "<f:A>xababx</f:A>", true],
    ["starts-with(/f:Event/f:A, 'bx')", "<f:A>xababx</f:A>", false],
    ["//f:B[f:B = 'x' and @id = '1']", '<f:B id="1"><f:B id="2"><f:B>x</f:B></f:B><f:B>x</f:B></f:B>', true],
    ["/f:Event/f:A > xs:dateTime('2026-01-01T00:00:00Z')", "<f:A>2026-01-01T01:00:00+02:00</f:A>", false],
    ["/f:Event/f:A > xs:dateTime('2026-01-01T00:00:00Z')", "<f:A>2026-01-01T00:00:00.00000000000001Z</f:A>", true],
  ];
  it.each(rows)("of %s with %s is %s", (query, content, expected) => {
    const document = parseXml(event(content));
    const index = new FilterIndex();
    index.add("a", filterOf(query));
    expect({ index: index.match(document).length === 1, alone: matchesAlone(compileAlone(query), document) }).toEqual({
      index: expected,
      alone: expected,
    });
  });

  it("finds filters that differ in their literals only, each for its own", () => {
    const index = new FilterIndex();
    for (let i = 0; i < 300; i++) {
      index.add(`text ${i}`, filterOf(`/f:Event/f:A[f:B = 'b${i}']`));
      index.add(`number ${i}`, filterOf(`/f:Event/f:A[not(f:C != ${i})][f:B = 'b']`));
      index.add(`interval ${i}`, filterOf(`/f:Event/f:A[f:C >= ${i} and f:C < ${i + 2}]`));
    }
    const found = index.match(parseXml(event("<f:A><f:B>b7</f:B><f:B>b</f:B><f:C>7</f:C></f:A>")));
    expect(found.sort()).toEqual(["interval 6", "interval 7", "number 7", "text 7"]);
    for (let i = 0; i < 300; i += 2) for (const kind of ["text", "number", "interval"]) index.remove(`${kind} ${i}`);
    const left = index.match(parseXml(event("<f:A><f:B>b7</f:B><f:B>b</f:B><f:C>7</f:C></f:A>")));
    expect(left.sort()).toEqual(["interval 7", "number 7", "text 7"]);
  });

  it("gives external variables to the filters", () => {
    const index = new FilterIndex();
    const externalVariable = (): { item: { kind: "item" }; occurrence: "*" } => ({
      item: { kind: "item" },
      occurrence: "*",
    });
    index.add("a", { ...filterOf("/f:Event/f:A[. = $wanted and . != 'z']"), externalVariable });
    const document = parseXml(event("<f:A>x</f:A>"));
    expect(index.match(document, "", { variables: new Map([["wanted", ["x"]]]) })).toEqual(["a"]);
    expect(index.match(document, "", { variables: new Map([["wanted", ["y"]]]) })).toEqual([]);
  });
});

describe("a subscription", () => {
  const document = parseXml(event("<f:A>x</f:A>"));

  it("keeps its old filter when the new one is wrong", () => {
    const index = new FilterIndex();
    index.add("a", filterOf("/f:Event/f:A"));
    expect(() => index.replace("a", filterOf("/f:Event["))).toThrow("expected");
    expect(index.match(document)).toEqual(["a"]);
    index.replace("a", filterOf("/f:Event/f:B"));
    expect(index.match(document)).toEqual([]);
  });

  it("has an id of its own", () => {
    const index = new FilterIndex();
    index.add("a", filterOf("/f:Event/f:A"));
    expect(errorOf(() => index.add("a", filterOf("/f:Event/f:B")))).toMatchObject({
      code: "xqbus:illegal-argument",
      message: 'there is a subscription "a" already; expected another id, or a call of replace()',
    });
    expect([index.remove("a"), index.remove("a"), index.has("a"), index.size]).toEqual([true, false, false, 0]);
  });

  it("does not match where its filter fails, and says how often", () => {
    const index = new FilterIndex();
    index.add("number", filterOf("/f:Event/f:A > 5"));
    index.add("other", filterOf("/f:Event/f:A = 'x'"));
    expect(index.match(document)).toEqual(["other"]);
    expect(index.match(document)).toEqual(["other"]);
    expect(index.errorsOf("number")).toMatchObject({ count: 2, overBudget: 0, first: { code: "FORG0001" } });
    expect(index.errorsOf("other")).toBeUndefined();
  });

  it("is not evaluated any more when it has used up its budget too often; the others are", () => {
    const index = new FilterIndex({ limits: { maxSteps: 10_000, maxCells: 1000, maxDepth: 100 }, quarantineAfter: 2 });
    index.add("hostile", filterOf("some $i in 1 to 1000000000 satisfies $i = -1"));
    index.add("good", filterOf("/f:Event/f:A[not(f:B)]"));
    for (let i = 0; i < 4; i++) expect(index.match(document)).toEqual(["good"]);
    expect(index.errorsOf("hostile")).toMatchObject({ count: 2, overBudget: 2, isQuarantined: true });
    index.replace("hostile", filterOf("/f:Event/f:A"));
    expect(index.match(document).sort()).toEqual(["good", "hostile"]);
    expect(index.errorsOf("hostile")).toBeUndefined();
  });

  it("costs at most so many evaluations that can only fail, whatever the document holds", () => {
    const index = new FilterIndex({ maxErrorProbes: 3 });
    for (let i = 0; i < 20; i++) index.add(`${i}`, filterOf(`/f:Event/f:A > ${i}`));
    expect(index.match(document)).toEqual([]);
    expect(
      Array.from({ length: 20 }, (_, i) => index.errorsOf(`${i}`)).filter((each) => each !== undefined),
    ).toHaveLength(3);
  });
});

describe("the routing key of a subscription", () => {
  const document = parseXml(event("<f:A>x</f:A>"));

  it("must match, and the filter, too", () => {
    const index = new FilterIndex();
    index.add("key and filter", filterOf("/f:Event/f:A"), { routingKey: "org.*" });
    index.add("key", filterOf("."), { routingKey: "org.#" });
    index.add("filter", filterOf("/f:Event/f:A"));
    index.add("other filter", filterOf("/f:Event/f:B"), { routingKey: "#" });
    expect(index.match(document, "org.event").sort()).toEqual(["filter", "key", "key and filter"]);
    expect(index.match(document, "com.event")).toEqual(["filter"]);
    expect(index.match(document)).toEqual(["filter"]);
    index.remove("key");
    expect(index.match(document, "org.event").sort()).toEqual(["filter", "key and filter"]);
    expect(index.explain("key and filter")?.routingKey).toBe("org.*");
  });
});
