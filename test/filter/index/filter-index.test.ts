import { describe, expect, it } from "vitest";
import {
  compileFilter,
  EVERY_EVENT,
  FilterIndex,
  MESSAGE_NAMESPACE,
  type Filter,
  type FilterError,
  type FilterMessage,
  type Indexing,
} from "../../../src/filter/index.ts";
import { parseXml, type XmlDocument } from "../../../src/xml/index.ts";
import { errorOf } from "../error-of.ts";
import { F, matchesAlone } from "./one-by-one.ts";

function event(content: string): string {
  return `<f:Event xmlns:f="urn:f">${content}</f:Event>`;
}

function indexing(query: string): Indexing | undefined {
  const index = new FilterIndex();
  index.add("a", query, F);
  return index.indexing("a");
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
    ["/*[local-name() = 'Event']/*[local-name() = 'A']", "covered", "/*:Event/*:A"],
    [
      "/f:Event/*[local-name() = 'A' and namespace-uri(.) = 'urn:f' and f:B = 'x']",
      "covered",
      '/Q{urn:f}Event/Q{urn:f}A: Q{urn:f}B = "x"',
    ],
    ["not(/f:Event/f:A)", "scanned"],
    ["every $a in //f:A satisfies $a = 'x'", "scanned"],
    [".", "scanned"],
    ["true()", "scanned"],
    ["false()", "never"],
    ["/f:Event/f:A and ()", "never"],
  ];
  it.each(rows)("of %s is: %s", (query, access, ...lookups) => {
    expect(indexing(query)).toMatchObject({ access, lookups });
  });

  it("has reasons where the index does not decide alone", () => {
    expect(indexing("/f:Event/f:A[f:B != 'x']")?.reasons).toEqual(["the operator !="]);
    expect(indexing("not(//f:A)")?.reasons).toEqual(["a negation"]);
    expect(indexing("/f:Event/f:A[2]")?.reasons).toEqual(["a predicate that may be a position"]);
    expect(indexing("matches(/f:Event/f:A, '^x')")?.reasons).toEqual(["the function matches()"]);
    expect(indexing("true()")?.reasons).toEqual([]);
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
    index.add("a", query, F);
    expect({
      index: index.match(document).length === 1,
      alone: matchesAlone(compileFilter(query, F), document),
    }).toEqual({
      index: expected,
      alone: expected,
    });
  });

  it("is given once, however many elements pass the same tests", () => {
    const index = new FilterIndex();
    index.add("text", "/f:Event/f:A[f:B = 'x']", F);
    index.add("interval", "/f:Event/f:A[f:B = 'x'][f:C > 5]", F);
    index.add("other", "//f:A[f:C > 6]", F);
    const element = "<f:A><f:B>x</f:B><f:C>7</f:C></f:A>";
    expect(index.match(parseXml(event(element.repeat(3)))).sort()).toEqual(["interval", "other", "text"]);
    // The first element decides nothing, the second one does, the third one would be an error.
    const mixed = `<f:A><f:B>y</f:B></f:A>${element}<f:A><f:B>x</f:B><f:C>z</f:C></f:A>`;
    expect(index.match(parseXml(event(mixed))).sort()).toEqual(["interval", "other", "text"]);
  });

  it("finds filters that differ in their literals only, each for its own", () => {
    const index = new FilterIndex();
    for (let i = 0; i < 300; i++) {
      index.add(`text ${i}`, `/f:Event/f:A[f:B = 'b${i}']`, F);
      index.add(`number ${i}`, `/f:Event/f:A[not(f:C != ${i})][f:B = 'b']`, F);
      index.add(`interval ${i}`, `/f:Event/f:A[f:C >= ${i} and f:C < ${i + 2}]`, F);
    }
    const found = index.match(parseXml(event("<f:A><f:B>b7</f:B><f:B>b</f:B><f:C>7</f:C></f:A>")));
    expect(found.sort()).toEqual(["interval 6", "interval 7", "number 7", "text 7"]);
    for (let i = 0; i < 300; i += 2) for (const kind of ["text", "number", "interval"]) index.remove(`${kind} ${i}`);
    const left = index.match(parseXml(event("<f:A><f:B>b7</f:B><f:B>b</f:B><f:C>7</f:C></f:A>")));
    expect(left.sort()).toEqual(["interval 7", "number 7", "text 7"]);
  });

  it("gives external variables to the filters that ask for them", () => {
    const index = new FilterIndex();
    index.add("property", "declare variable $wanted external; /f:Event/f:A[. = $wanted and . != 'z']", F);
    index.add("xpath", "/f:Event/f:A = $wanted", { ...F, language: "xpath" });
    index.add("subject", "/f:Event/f:A[f:B = 'y' or $msg:subject = 'org']", {
      namespaces: { ...F.namespaces, msg: MESSAGE_NAMESPACE },
    });
    const document = parseXml(event("<f:A>x</f:A>"));
    const found = (message: FilterMessage): string[] => index.match(document, { message }).sort();
    expect(found({ applicationProperties: new Map([["wanted", "x"]]) })).toEqual(["property", "xpath"]);
    expect(found({ applicationProperties: new Map([["wanted", "y"]]), subject: "org" })).toEqual(["subject"]);
    expect(index.match(document)).toEqual([]);
    expect(index.errorsOf("property")).toMatchObject({ count: 1, first: { code: "XPDY0002" } });
  });

  it("tells whether a filter asks for them", () => {
    const index = new FilterIndex();
    index.add("a", "/f:Event/f:A = '1'", F);
    expect(index.readsMessage).toBe(false);
    index.add("b", "declare variable $wanted external; /f:Event/f:A = $wanted", F);
    index.add("c", "/f:Event/f:A = $wanted", { ...F, language: "xpath1" });
    index.add("d", "/f:Event/f:A = $wanted", { ...F, language: "xpath" });
    for (const id of ["b", "c", "a"]) index.remove(id);
    expect(index.readsMessage).toBe(true);
    index.replace("d", "/f:Event/f:A = '2'", F);
    expect(index.readsMessage).toBe(false);
  });
});

describe("a subscription", () => {
  const document = parseXml(event("<f:A>x</f:A>"));

  it("is a text with the options that compileFilter has, or a compiled filter", () => {
    const index = new FilterIndex();
    index.add("text", "/Event/A", { defaultElementNamespace: "urn:f" });
    index.add("other namespace", "/Event/A", { defaultElementNamespace: "urn:g" });
    index.add("no namespace", "/Event/A");
    index.add("xpath", "/Event/A", { language: "xpath", defaultElementNamespace: "urn:f" });
    index.add("compiled", compileFilter("/Event/A", { defaultElementNamespace: "urn:f" }));
    index.add("every event", EVERY_EVENT);
    expect(index.match(document).sort()).toEqual(["compiled", "every event", "text", "xpath"]);
  });

  it.each([
    ["a syntax error", "/f:Event[", F],
    ["a function that is not there", "/f:Event[f:A = 'x']/unknown()", F],
    ["a prefix that is not declared", "/f:Event\r\n/g:A", F],
    ["a character that XML does not have", "/f:Event = '\u0001'", F],
    ["nothing", " ", F],
    ["XQuery where XPath is expected", "declare variable $x := 1; $x", { ...F, language: "xpath" }],
  ] as const)("is refused with the error of compileFilter: %s", (_, query, options) => {
    const index = new FilterIndex();
    const expected = errorOf(() => compileFilter(query, options)) as FilterError;
    const { code, message, line, column, phase } = expected;
    expect(phase).toBe("static");
    expect(errorOf(() => index.add("a", query, options))).toMatchObject({ code, message, line, column, phase, query });
    expect(index.size).toBe(0);
  });

  it("is refused when it is an object that only looks like a filter", () => {
    const lookalike: Filter = { ...compileFilter("/f:Event", F) };
    expect(errorOf(() => new FilterIndex().add("a", lookalike))).toMatchObject({ code: "xqbus:illegal-argument" });
  });

  it("keeps its old filter when the new one is wrong", () => {
    const index = new FilterIndex();
    index.add("a", "/f:Event/f:A", F);
    expect(() => index.replace("a", "/f:Event[", F)).toThrow("expected");
    expect(index.match(document)).toEqual(["a"]);
    index.replace("a", "/f:Event/f:B", F);
    expect(index.match(document)).toEqual([]);
  });

  it("has an id of its own", () => {
    const index = new FilterIndex();
    index.add("a", "/f:Event/f:A", F);
    expect(errorOf(() => index.add("a", "/f:Event/f:B", F))).toMatchObject({
      code: "xqbus:illegal-argument",
      message: 'there is a subscription "a" already; expected another id, or a call of replace()',
    });
    expect([index.remove("a"), index.remove("a"), index.has("a"), index.size]).toEqual([true, false, false, 0]);
  });

  it("does not match where its filter fails, and says how often", () => {
    const index = new FilterIndex();
    index.add("number", "/f:Event/f:A > 5", F);
    index.add("other", "/f:Event/f:A = 'x'", F);
    expect(index.match(document)).toEqual(["other"]);
    expect(index.match(document)).toEqual(["other"]);
    expect(index.errorsOf("number")).toMatchObject({ count: 2, overBudget: 0, first: { code: "FORG0001" } });
    expect(index.errorsOf("other")).toBeUndefined();
  });

  it("may match by its result where that is no condition, which another error is not", () => {
    const index = new FilterIndex();
    const asked: string[] = [];
    const whenNoBoolean =
      (answer: boolean) =>
      ({ documentElement }: XmlDocument): boolean => {
        asked.push(documentElement.localName);
        return answer;
      };
    const several = "(string(/f:Event/f:A), 'y')";
    index.add("yes", several, { ...F, whenNoBoolean: whenNoBoolean(true) });
    index.add("no", several, { ...F, whenNoBoolean: whenNoBoolean(false) });
    index.add("condition", several, F);
    index.add("wrong", "/f:Event/f:A > 5", { ...F, whenNoBoolean: whenNoBoolean(true) });
    expect(index.match(document)).toEqual(["yes"]);
    expect(asked).toEqual(["Event", "Event"]);
    const errors = ["yes", "no", "condition", "wrong"].map((id) => index.errorsOf(id)?.first.code);
    expect(errors).toEqual([undefined, "FORG0006", "FORG0006", "FORG0001"]);
  });

  it("is not evaluated any more when it has used up its budget too often; the others are", () => {
    const index = new FilterIndex({ budget: { maxSteps: 10_000, maxCells: 1000, maxDepth: 100 }, quarantineAfter: 2 });
    index.add("hostile", "some $i in 1 to 1000000000 satisfies $i = -1", F);
    index.add("good", "/f:Event/f:A[not(f:B)]", F);
    for (let i = 0; i < 4; i++) expect(index.match(document)).toEqual(["good"]);
    expect(index.errorsOf("hostile")).toMatchObject({ count: 2, overBudget: 2, isQuarantined: true });
    index.replace("hostile", "/f:Event/f:A", F);
    expect(index.match(document).sort()).toEqual(["good", "hostile"]);
    expect(index.errorsOf("hostile")).toBeUndefined();
  });

  it("costs at most so many evaluations that can only fail, whatever the document holds", () => {
    const index = new FilterIndex({ maxErrorProbes: 3 });
    for (let i = 0; i < 20; i++) index.add(`${i}`, `/f:Event/f:A > ${i}`, F);
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
    index.add("key and filter", "/f:Event/f:A", { ...F, routingKey: "org.*" });
    index.add("key", ".", { ...F, routingKey: "org.#" });
    index.add("filter", "/f:Event/f:A", F);
    index.add("other filter", "/f:Event/f:B", { ...F, routingKey: "#" });
    expect(index.match(document, { routingKey: "org.event" }).sort()).toEqual(["filter", "key", "key and filter"]);
    expect(index.match(document, { routingKey: "com.event" })).toEqual(["filter"]);
    expect(index.match(document)).toEqual(["filter"]);
    index.remove("key");
    expect(index.match(document, { routingKey: "org.event" }).sort()).toEqual(["filter", "key and filter"]);
    expect(index.indexing("key and filter")?.routingKey).toBe("org.*");
  });

  it("decides filters in XPath 1.0 as they decide alone", () => {
    const index = new FilterIndex();
    index.add("text as number", "/a/b = '2' and '10' > '9'", { language: "xpath1" });
    index.add("nothing as number", "not(/a/nothing + 1 > 0)", { language: "xpath1" });
    index.add("in XPath 3.1", "'10' > '9'", { language: "xpath" });
    expect(index.match(parseXml("<a><b>2</b></a>")).sort()).toEqual(["nothing as number", "text as number"]);
    expect(index.indexing("text as number")).toMatchObject({ access: "scanned", reasons: ["XPath 1.0"] });
  });
});
