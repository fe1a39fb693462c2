import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  EVERY_EVENT,
  FilterError,
  compileFilter,
  formatExplanation,
  type FilterOptions,
} from "../../../src/filter/index.ts";
import { loadCatalog, type Catalog } from "../../../src/schema/index.ts";
import { parseXml } from "../../../src/xml/index.ts";
import { catalogOf } from "./catalog-of.ts";
import { randomDocument, randomFilter, randomOperators, randomXPath1 } from "../../oracles/random-query.ts";

const EVENT = parseXml(
  `<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><CallerId>4711</CallerId><Status>busy</Status><N>1</N><N>5</N></PhoneStatus></Event>`,
);

function text(query: string, options: FilterOptions = {}): string {
  return formatExplanation(compileFilter(query, options).explain(EVENT));
}

describe("an explanation", () => {
  it.each([
    [
      '/e:Event/e:PhoneStatus[e:Status = "free" and e:CallerId != "x"]',
      `✗ the filter does not match
  first failed at line 1, column 24: e:Status = "free" — saw "busy", wanted = "free"

✗ /e:Event/e:PhoneStatus[e:Status = "free" and e:CallerId != "x"] — found nothing
  ✗ e:PhoneStatus[e:Status = "free" and e:CallerId != "x"] — found nothing
    ✗ [and]
      ✗ e:Status = "free" — saw "busy", wanted = "free"
      · e:CallerId != "x" — not evaluated`,
    ],
    [
      'not(//e:Status = "busy") or (//e:N)[. > 3]',
      `✓ the filter matches

✓ or
  ✗ not
    ✓ //e:Status = "busy" — saw "busy"
  ✓ (//e:N)[. > 3] — found /Event/PhoneStatus/N[2]
    ✓ [. > 3] — saw "1", "5", held 1 of 2 times`,
    ],
    [
      "/e:Event/e:PhoneStatus/e:Foo (: none :) = 3",
      `✗ the filter does not match
  first failed at line 1, column 24: e:Foo — found nothing

✗ /e:Event/e:PhoneStatus/e:Foo (: none :) = 3 — saw nothing, wanted = 3
  ✗ /e:Event/e:PhoneStatus/e:Foo — found nothing
    ✗ e:Foo — found nothing`,
    ],
    [
      "for $x in //e:N\nwhere $x > 7\nreturn $x",
      `✗ the filter does not match
  first failed at line 2, column 7: where $x > 7 — saw "1", "5", wanted > 7, held 0 of 2 times

✗ for $x in //e:N where $x > 7 return $x
  ✗ where $x > 7 — saw "1", "5", wanted > 7, held 0 of 2 times`,
    ],
    [
      "every $n in //e:N satisfies $n < 3",
      `✗ the filter does not match
  first failed at line 1, column 29: satisfies $n < 3 — saw "1", "5", wanted < 3, held 1 of 2 times

✗ every $n in //e:N satisfies $n < 3
  ✗ satisfies $n < 3 — saw "1", "5", wanted < 3, held 1 of 2 times`,
    ],
    [
      'contains(//e:Status, "us") and 3 >= //e:CallerId',
      `✗ the filter does not match
  first failed at line 1, column 32: 3 >= //e:CallerId — saw "4711", wanted <= 3

✗ and
  ✓ contains(//e:Status, "us") — saw "busy"
  ✗ 3 >= //e:CallerId — saw "4711", wanted <= 3`,
    ],
    [
      "if (//e:Nothing) then true() else false()",
      `✗ the filter does not match
  first failed at line 1, column 7: e:Nothing — found nothing

✗ if
  ✗ //e:Nothing — found nothing
    ✗ e:Nothing — found nothing
  · true() — not evaluated
  ✗ false()`,
    ],
    [
      "//e:Status > 3",
      `! the filter cannot be evaluated, which is no match: FORG0001 at line 1, column 12: "busy" is not an xs:double
  first failed at line 1, column 1: //e:Status > 3 — FORG0001 at line 1, column 12: "busy" is not an xs:double

! //e:Status > 3 — FORG0001 at line 1, column 12: "busy" is not an xs:double`,
    ],
  ])("of %j is a tree with what was seen and wanted", (query, expected) => {
    expect(text(query)).toBe(expected);
  });

  it("has marks of plain characters for terminals without others", () => {
    const explanation = compileFilter('//e:Status = "busy" and not(//e:N = 5) or 1 = 2').explain(EVENT);
    expect(formatExplanation(explanation, { symbols: "ascii" }).match(/[^\0-\x7f]/)).toBeNull();
  });

  it("is plain data", () => {
    const explanation = compileFilter('//e:Status = "free"').explain(EVENT);
    const { result } = explanation;
    expect(JSON.parse(JSON.stringify(explanation))).toEqual({
      matches: false,
      result: {
        kind: "comparison",
        text: '//e:Status = "free"',
        line: 1,
        column: 1,
        outcome: "does-not-hold",
        evaluations: 1,
        held: 0,
        seen: [{ text: '"busy"', path: "/Event/PhoneStatus/Status" }],
        seenCount: 1,
        wanted: '= "free"',
        children: [expect.objectContaining({ kind: "path", text: "//e:Status", outcome: "holds" }) as unknown],
      },
      firstFailure: JSON.parse(JSON.stringify(result)) as unknown,
    });
  });

  it("reads variables of the message", () => {
    const filter = compileFilter("$priority > 3", { language: "xpath" });
    const explain = (priority: number): boolean =>
      filter.explain(EVENT, { applicationProperties: new Map([["priority", priority]]) }).matches;
    expect([explain(2), explain(4)]).toEqual([false, true]);
  });

  it("of a filter that lets everything pass says so", () => {
    expect(EVERY_EVENT.explain(EVENT).matches).toBe(true);
  });

  it("shortens values, and does not read more of them than it shows", () => {
    const large = parseXml(`<a>${"x".repeat(1_000_000)}</a>`);
    const { result } = compileFilter('/a = "y"').explain(large);
    expect(result.seen[0]!.text).toMatch(/^"x{119}…"$/);
  });

  it("costs no more of the budget than matching", () => {
    const filter = compileFilter("(1 to 1000) = 2000", { budget: { maxSteps: 100 } });
    expect(filter.explain(EVENT).error).toEqual({
      code: "XPDY0130",
      reason: "the evaluation needs more than 100 steps (option maxSteps)",
      line: 1,
      column: 13,
    });
  });

  it("says what matches() says, whatever the filter, the document and the budget are", () => {
    const inXQuery = fc.oneof(randomFilter, randomOperators).map((query) => ({ query, language: "xquery" as const }));
    const inXPath1 = randomXPath1.map((query) => ({ query, language: "xpath1" as const }));
    const filters = fc.oneof({ weight: 5, arbitrary: inXQuery }, { weight: 1, arbitrary: inXPath1 });
    fc.assert(
      fc.property(
        filters,
        randomDocument,
        fc.constantFrom(50, 1000, 1_000_000),
        ({ query, language }, xml, maxSteps) => {
          const filter = compileFilter(query, { language, budget: { maxSteps } });
          const document = parseXml(xml);
          const { matches, error, result, firstFailure } = filter.explain(document);
          expect({ matches, error }).toEqual(answerOf(() => filter.matches(document)));
          expect(firstFailure === undefined).toBe(matches);
          if (error === undefined) expect(result.outcome).toBe(matches ? "holds" : "does-not-hold");
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe("an explanation with a catalog", () => {
  let catalog: Catalog;

  beforeAll(async () => {
    catalog = await loadCatalog({ directories: [catalogOf("Person", PERSON)] });
  });

  afterAll(() => {
    catalog[Symbol.dispose]();
  });

  const person = parseXml(
    `<Event xmlns="http://www.gonicus.de/Events"><Person code="s3cret"><Name>Ada</Name><Pin>1234</Pin></Person></Event>`,
  );

  it.each([
    '//e:Pin = "x"',
    '//e:Person = "x"',
    '//@code = "x"',
    'string(//e:Pin) = "x"',
    "//e:Name = //e:Pin",
    "//e:Pin castable as xs:date and //e:Pin",
    'let $p := //e:Pin return concat($p, "!") = "x"',
    'substring(//e:Person/@code, 2) = "x"',
    "xs:date(//e:Pin) = 3",
    'some $p in //e:Pin satisfies upper-case($p) = "x"',
    '//e:Pin[contains(., "x")]',
    "//e:Pin/text() = <a>{//e:Pin}</a>/text()",
    'declare function local:f() { //e:Pin/string() }; //e:Pin ! string() = "x"',
  ])("of %j hides values of sensitive fields, in whatever form", (query) => {
    const explanation = compileFilter(query, { catalog, onCatalogProblem: "warning" }).explain(person);
    const shown = JSON.stringify(explanation) + formatExplanation(explanation);
    expect(shown).not.toMatch(/1234|s3cret|3cret|Ada1234/);
    expect(shown).toContain("***");
  });

  it("shows the other values", () => {
    const explanation = compileFilter('string(//e:Name) = "Bob"', { catalog }).explain(person);
    expect(explanation.result.seen).toEqual([{ text: '"Ada"' }]);
  });
});

const PERSON = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:q="urn:xqbus" targetNamespace="http://www.gonicus.de/Events" elementFormDefault="qualified">
  <xs:element name="Person"><xs:complexType><xs:sequence>
    <xs:element name="Name" type="xs:string"/>
    <xs:element name="Pin" type="xs:string"><xs:annotation><xs:appinfo><q:sensitive/></xs:appinfo></xs:annotation></xs:element>
  </xs:sequence>
  <xs:attribute name="code" type="xs:string"><xs:annotation><xs:appinfo><q:sensitive/></xs:appinfo></xs:annotation></xs:attribute>
  </xs:complexType></xs:element>
</xs:schema>`;

function answerOf(matches: () => boolean): { readonly matches: boolean; readonly error: unknown } {
  try {
    return { matches: matches(), error: undefined };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { code, reason, line, column } = error;
    return { matches: false, error: { code, reason, ...(line === undefined ? {} : { line, column }) } };
  }
}
