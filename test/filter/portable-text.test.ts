import { describe, expect, it } from "vitest";
import { compileFilter } from "../../src/filter/index.ts";
import type { FilterOptions } from "../../src/filter/index.ts";
import { parseXml } from "../../src/xml/index.ts";

const E = 'declare namespace e = "http://www.gonicus.de/Events";';
const MSG = 'declare namespace msg = "urn:xqbus:message";';
const NONE: FilterOptions = { namespaces: {} };

describe("the text for another broker", () => {
  it.each<[title: string, text: string, options: FilterOptions, xquery: string]>([
    ["declares the prefixes that need no declaration here", "/e:Event", {}, `${E}\n${MSG}\n/e:Event`],
    [
      "leaves what declares itself as it is",
      `declare namespace e="urn:x"; /e:a`,
      {},
      `${MSG}\ndeclare namespace e="urn:x"; /e:a`,
    ],
    ["is the text where nothing is missing", "/a", NONE, "/a"],
    [
      "has the default namespace of elements",
      "/Event",
      { namespaces: {}, defaultElementNamespace: 'urn:a&"b' },
      'declare default element namespace "urn:a&amp;""b";\n/Event',
    ],
    [
      "has the query's own default namespace of elements",
      "declare default element namespace 'urn:b'; /a",
      { namespaces: {}, defaultElementNamespace: "urn:a" },
      "declare default element namespace 'urn:b'; /a",
    ],
    [
      "keeps the version in front and variables behind namespaces",
      "xquery version '3.1'; declare namespace a='urn:a'; declare variable $x := 1; $msg:id = $x",
      {},
      `xquery version '3.1';\n${E}\n${MSG}\ndeclare namespace a='urn:a';\ndeclare variable $Q{urn:xqbus:message}id as item()? external;\ndeclare variable $x := 1; $msg:id = $x`,
    ],
    [
      "declares the functions' prefixes beyond the standard",
      "math:pi() > 3",
      NONE,
      'declare namespace math = "http://www.w3.org/2005/xpath-functions/math";\nmath:pi() > 3',
    ],
    [
      "is XQuery for an XPath, whose ampersand is itself",
      "$limit > 1 or /a = 'x & y'",
      { language: "xpath", namespaces: {} },
      "declare variable $Q{}limit external;\n$limit > 1 or /a = 'x &amp; y'",
    ],
  ])("%s", (_, text, options, xquery) => {
    expect(compileFilter(text, options).xquery).toBe(xquery);
  });

  it.each<[text: string, options: FilterOptions]>([
    ["/e:Event", {}],
    ["/Event", { defaultElementNamespace: "http://www.gonicus.de/Events" }],
    ["empty($msg:id) and string-length('&') = 1", { language: "xpath" }],
    ["declare variable $x := map { 'a': 1 }; map:size($x) = 1", {}],
  ])("means the same: %s", (text, options) => {
    const document = parseXml('<Event xmlns="http://www.gonicus.de/Events"/>');
    const filter = compileFilter(text, options);
    expect(filter.matches(document)).toBe(true);
    expect(compileFilter(filter.xquery!, NONE).matches(document)).toBe(true);
  });
});
