import { describe, expect, it, vi } from "vitest";
import { compileFilter, EVERY_EVENT } from "../../src/filter/index.ts";
import type { FilterItem } from "../../src/filter/index.ts";
import type { XmlAttribute } from "../../src/xml/index.ts";
import { parseXml, serializeXml, XmlDocument, XmlElement } from "../../src/xml/index.ts";
import { errorOf } from "./error-of.ts";

const NS = "http://www.gonicus.de/Events";
const EVENT = parseXml(
  `<e:Event xmlns:e="${NS}" id="1" e:kind="2" xml:lang="en"><e:Ping empty="">a<!--c-->b<?p d?></e:Ping></e:Event>`,
);
const ROOT = EVENT.documentElement;
const PING = ROOT.children[0] as XmlElement;

function resultOf(query: string): readonly FilterItem[] {
  return compileFilter(query).evaluate(EVENT);
}

describe("a node of the event comes as that node of its tree", () => {
  const rows: readonly [query: string, nodes: readonly unknown[]][] = [
    [".", [EVENT]],
    ["/", [EVENT]],
    ["root(//e:Ping)", [EVENT]],
    ["/e:Event", [ROOT]],
    ["//e:Ping/..", [ROOT]],
    ["/*/@id", [ROOT.attributes[0]]],
    ["/*/@e:kind", [ROOT.attributes[1]]],
    ["/*/@xml:lang", [ROOT.attributes[2]]],
    ["/*/@kind", []],
    ["/*/@id/..", [ROOT]],
    ["//@empty", [PING.attributes[0]]],
    ["//e:Ping/node()", PING.children],
    ["//e:Ping/node()[last()]/preceding-sibling::node()", PING.children.slice(0, 3)],
    ["//e:Ping/text()[2]", [PING.children[2]]],
    ["//comment()", [PING.children[1]]],
    ["//processing-instruction('p')", [PING.children[3]]],
    ["(//e:Ping, /*) | //comment()", [ROOT, PING, PING.children[1]]],
  ];
  it.each(rows)("%s", (query, nodes) => {
    const result = resultOf(query);
    expect(result.length).toBe(nodes.length);
    result.forEach((item, i) => expect(item).toBe(nodes[i]));
  });

  it("all attributes of an element, in whatever order", () => {
    const names = resultOf("/*/@*").map((item) => (item as XmlAttribute).nodeName);
    expect(names.toSorted()).toEqual(["e:kind", "id", "xml:lang"]);
  });

  it("and an empty attribute is there", () => {
    expect(compileFilter("//@empty = ''").matches(EVENT)).toBe(true);
    expect(compileFilter("lang('en', //e:Ping)").matches(EVENT)).toBe(true);
    expect(compileFilter("lang('de', //e:Ping)").matches(EVENT)).toBe(false);
  });
});

describe("a value comes as a value of JavaScript", () => {
  const rows: readonly [query: string, values: readonly unknown[]][] = [
    ["()", []],
    ["'', 'a', string(/*/@id), data(/*/@id)", ["", "a", "1", "1"]],
    ["1, 1.5, 1e0, number('x'), 1 div 0e0", [1, 1.5, 1, NaN, Infinity]],
    ["true(), exists(//no)", [true, false]],
    ["xs:anyURI('urn:x'), xs:hexBinary('FF')", ["urn:x", "FF"]],
    ["xs:QName('e:Ping')", [`Q{${NS}}Ping`]],
    ["xs:date('2026-11-21')", [new Date("2026-11-21T00:00:00Z")]],
    ["xs:dateTime('2026-11-21T10:00:00+01:00')", [new Date("2026-11-21T09:00:00Z")]],
    ["xs:time('10:00:00Z')", [new Date("1972-12-31T10:00:00Z")]],
    ["xs:dayTimeDuration('PT26H'), xs:yearMonthDuration('P14M')", ["P1DT2H", "P1Y2M"]],
    ["[1, 'a', [true()], ()]", [[1, "a", [true], null]]],
    ["map { 'a': 1, 'b': xs:dayTimeDuration('P1D'), 'c': () }", [{ a: 1, b: "P1D", c: null }]],
    ["attribute a {'v'}, text {'t'}, comment {'c'}, processing-instruction p {'d'}", ["v", "t", "c", "d"]],
    ["<a x='1'/>/@x, <a>t</a>/text()", ["1", "t"]],
  ];
  it.each(rows)("%s", (query, values) => {
    expect(resultOf(query)).toEqual(values);
  });

  it("nodes in arrays and maps are nodes of the tree, too", () => {
    const [array, map] = resultOf("[/*], map { 'n': //e:Ping, 'c': <c/> }") as [unknown[], Record<string, unknown>];
    expect(array[0]).toBe(ROOT);
    expect(map["n"]).toBe(PING);
    expect(map["c"]).toBeInstanceOf(XmlElement);
    expect(Object.isFrozen(array) && Object.isFrozen(map)).toBe(true);
  });

  it("a function is none", () => {
    expect(errorOf(() => resultOf("function($x) { $x }")).message).toBe(
      "FOTY0013: a function is no value that a filter can give back",
    );
  });
});

describe("an element that the query constructs comes as the document element of a new document", () => {
  const rows: readonly [query: string, written: readonly string[]][] = [
    ["<a/>", ["<a/>"]],
    ["<a/>, <b/>", ["<a/>", "<b/>"]],
    ["element { 'a' } { attribute b { 1 }, 1, 2, 'x' }", ['<a b="1">1 2 x</a>']],
    ["<a b='&quot;&lt;&#10;'>&lt;&amp;{'&#13;'}]]&gt;</a>", ['<a b="&quot;&lt;&#10;">&lt;&amp;&#13;]]&gt;</a>']],
    ["<a><!--c--><?p d?>{1, 2}{'x'}</a>", ["<a><!--c--><?p d?>1 2x</a>"]],
    ["<a xmlns='u'><b xmlns=''/></a>", ['<a xmlns="u"><b xmlns=""/></a>']],
    ["<q:a xmlns:q='u' q:b='1' xml:lang='de'/>", ['<q:a xmlns:q="u" q:b="1" xml:lang="de"/>']],
    ["<a>{/*/@id, /*/@e:kind}</a>", [`<a xmlns:e="${NS}" id="1" e:kind="2"/>`]],
    ["<a>{//e:Ping}</a>", [`<a><e:Ping xmlns:e="${NS}" empty="">a<!--c-->b<?p d?></e:Ping></a>`]],
    ["<a>{//e:Ping/text()}</a>", ["<a>ab</a>"]],
    ["<a>{'x'}{'y'}<b/></a>/b", ["<b/>"]],
    ["<a>x<b/></a>/b/..", ["<a>x<b/></a>"]],
    ["for $x in //* return <r n='{local-name($x)}'/>", ['<r n="Event"/>', '<r n="Ping"/>']],
  ];
  it.each(rows)("%s", (query, written) => {
    const result = resultOf(query) as XmlElement[];
    expect(result.map((each) => serializeXml(each))).toEqual(written);
    for (const each of result) {
      expect(each.parent).toBeInstanceOf(XmlDocument);
      expect(each.parent).not.toBe(EVENT);
    }
  });

  it("unless XML cannot hold it", () => {
    expect(errorOf(() => resultOf("<a>{comment {'a--b'}}</a>")).message).toBe(
      'XQDY0072 at line 1, column 5: a comment cannot contain "--" or end with "-"',
    );
  });
});

describe("evaluating a filter", () => {
  it("changes neither filter nor result nor event", () => {
    const before = serializeXml(EVENT);
    const filter = compileFilter("//e:Ping, <a>{/*}</a>");
    const result = filter.evaluate(EVENT);
    expect([filter, result, EVERY_EVENT, EVERY_EVENT.evaluate(EVENT)].every(Object.isFrozen)).toBe(true);
    expect(filter.evaluate(EVENT)[0]).toBe(result[0]);
    expect(serializeXml(EVENT)).toBe(before);
  });

  it("prints nothing", () => {
    const log = vi.spyOn(console, "log").mockReturnValue();
    try {
      expect(resultOf("trace(1, 'label'), trace(/*/@id)")).toEqual([1, ROOT.attributes[0]]);
      expect(log.mock.calls).toEqual([]);
    } finally {
      log.mockRestore();
    }
  });

  it("gives the document for EVERY_EVENT, as the query . does", () => {
    expect({ text: EVERY_EVENT.text, language: EVERY_EVENT.language }).toEqual({ text: ".", language: "xquery" });
    expect(EVERY_EVENT.matches(EVENT)).toBe(true);
    expect(EVERY_EVENT.evaluate(EVENT)[0]).toBe(EVENT);
    expect(compileFilter(EVERY_EVENT.text).evaluate(EVENT)[0]).toBe(EVENT);
  });
});
