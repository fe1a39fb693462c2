import { describe, expect, it } from "vitest";
import { compileFilter, EVERY_EVENT, FilterError } from "../../src/filter/index.ts";
import type { FilterOptions } from "../../src/filter/index.ts";
import { parseXml, XmlElement } from "../../src/xml/index.ts";

const NS = "http://www.gonicus.de/Events";
const PHONE = parseXml(
  `<Event xmlns="${NS}"><PhoneStatus><CallerId>012345</CallerId><ReceiverId>12343424</ReceiverId><Status>busy</Status></PhoneStatus></Event>`,
);
const POLL = parseXml(`<x:Event xmlns:x="${NS}"><x:ClientPoll/></x:Event>`);
const PLAIN = parseXml(
  '<list xml:lang="en"><item id="1" kind="a">one</item><!-- two --><item id="2" kind="b">two</item><item id="3" kind="a">10</item></list>',
);

/** The query of the documentation of Clacks. */
const SEED = `
                declare namespace f='${NS}';
                let $e := ./f:Event
                return $e/f:PhoneStatus
            `;

function errorOf(action: () => unknown): FilterError {
  try {
    action();
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a filter matches", () => {
  const matching: readonly [query: string, matches: boolean][] = [
    // The effective boolean value, as the XML exchange of qpidd takes it.
    ["()", false],
    ["''", false],
    ["'false'", true],
    ["0", false],
    ["0.0", false],
    ["number('x')", false],
    ["-1", true],
    ["false()", false],
    ["true()", true],
    [".", true],
    ["(./*, 1)", true],
    ["<a/>", true],
    ["count(.) >= 0", true],
    // Paths, predicates, comparisons.
    ["/list/item", true],
    ["/list/nothing", false],
    ["//item[@kind = 'b']", true],
    ["//item[@kind = 'c']", false],
    ["//item[3][. > 9]", true],
    ["//item[2]/preceding-sibling::item[1]/@id = '1'", true],
    ["//item[2]/following-sibling::item/@id = 3", true],
    ["//comment() = ' two '", true],
    ["//item[last()]/ancestor::list", true],
    ["/list/@xml:lang = 'en'", true],
    ["not(//item = 'three')", true],
    ["count(//item) = 3", true],
    ["some $i in //item satisfies $i/@id = '2'", true],
    ["every $i in //item satisfies $i/@kind", true],
    ["every $i in //item satisfies $i/@kind = 'a'", false],
    ["for $i in //item where starts-with($i, 't') return $i", true],
    ["if (//item[@id = '9']) then true() else false()", false],
  ];
  it.each(matching)("%s: %s", (query, matches) => {
    expect(compileFilter(query).matches(PLAIN)).toBe(matches);
  });

  it("with the seed's query, as it stands", () => {
    const filter = compileFilter(SEED);
    expect([PHONE, POLL, PLAIN].map((document) => filter.matches(document))).toEqual([true, false, false]);
    expect(filter.evaluate(PHONE)).toEqual([PHONE.documentElement.children[0]]);
  });

  const named: readonly [query: string, options: FilterOptions, matches: boolean][] = [
    ["/Event/PhoneStatus", {}, false],
    ["/Event/PhoneStatus", { defaultElementNamespace: NS }, true],
    ["/Event/PhoneStatus", { defaultElementNamespace: NS, language: "xpath" }, true],
    ["/e:Event/e:PhoneStatus", {}, true],
    ["/e:Event/e:PhoneStatus", { language: "xpath" }, true],
    ["/p:Event", { namespaces: { p: NS } }, true],
    [`/Q{${NS}}Event`, {}, true],
    ["/*:Event", {}, true],
    [`declare default element namespace "${NS}"; /Event`, { defaultElementNamespace: "urn:other" }, true],
    ["declare namespace e = 'urn:other'; /e:Event", {}, false],
  ];
  it.each(named)("%s with %j: %s", (query, options, matches) => {
    expect(compileFilter(query, options).matches(PHONE)).toBe(matches);
  });

  it("everything when it is EVERY_EVENT", () => {
    expect(EVERY_EVENT.matches(PLAIN)).toBe(true);
    expect(EVERY_EVENT.evaluate(PLAIN)).toEqual([PLAIN]);
  });
});

describe("the result of a filter", () => {
  it("is the nodes of the event's own tree, in document order", () => {
    const items = compileFilter("(//item[3], //item[1]) | //item[2]").evaluate(PLAIN);
    expect(items).toEqual(PLAIN.documentElement.children.filter((child) => child instanceof XmlElement));
  });

  it("is atomic values as JavaScript values", () => {
    expect(compileFilter("('a', 1, 2.5, true(), string(//item[1]))").evaluate(PLAIN)).toEqual([
      "a",
      1,
      2.5,
      true,
      "one",
    ]);
  });

  it("is a new element where the query constructs one", () => {
    const [element] = compileFilter(
      `declare namespace f='${NS}'; <f:call to="{//f:ReceiverId}"><who xmlns="urn:x" f:x="1">{//f:CallerId/text()}</who></f:call>`,
    ).evaluate(PHONE);
    expect(element).toBeInstanceOf(XmlElement);
    const call = element as XmlElement;
    expect(call.name.toString()).toBe(`{${NS}}call`);
    expect(call.attributes.map((each) => [each.name.toString(), each.value])).toEqual([["to", "12343424"]]);
    const who = call.children[0] as XmlElement;
    expect(who.name.toString()).toBe("{urn:x}who");
    expect(who.attributes.map((each) => each.name.toString())).toEqual([`{${NS}}x`]);
    expect(who.children.map((each) => (each as { data?: string }).data)).toEqual(["012345"]);
  });

  it("cannot be changed", () => {
    expect(Object.isFrozen(compileFilter("//item").evaluate(PLAIN))).toBe(true);
    expect(Object.isFrozen(compileFilter("//item"))).toBe(true);
  });
});

describe("a wrong filter is refused at once", () => {
  const wrong: readonly [query: string, code: string, line: number, column: number][] = [
    ["let $e := ./Event retrun $e", "XPST0003", 1, 19],
    ["declare namespace f='u';\nlet $e := ./f:Event\n retur $e", "XPST0003", 3, 2],
    ["declare namespace f='u';\r\nlet $e := ./f:Event\r\n retur $e", "XPST0003", 3, 2],
    ["./x[number(.) = ]", "XPST0003", 1, 17],
    ["'abc", "XPST0003", 1, 1],
    ["./f:Event", "XPST0081", 1, 3],
    ["1,\n  f:x", "XPST0081", 2, 3],
    ["foo(1)", "XPST0017", 1, 1],
    ["$x", "XPST0008", 1, 1],
    ["doc('file:///etc/passwd')", "xqbus:unsupported-query", 1, 1],
    ["unparsed-text('file:///etc/passwd')", "xqbus:unsupported-query", 1, 1],
    ["collection()", "xqbus:unsupported-query", 1, 1],
    ["environment-variable('HOME')", "xqbus:unsupported-query", 1, 1],
    ["import module namespace a='b'; 1", "xqbus:unsupported-query", 1, 1],
  ];
  it.each(wrong)("%j: %s at %s:%s", (query, code, line, column) => {
    const error = errorOf(() => compileFilter(query));
    expect({ code: error.code, phase: error.phase, query: error.query }).toEqual({ code, phase: "static", query });
    expect([error.line, error.column]).toEqual([line, column]);
    expect(error.message).not.toContain("\n");
    expect(error.message.startsWith(code)).toBe(true);
  });

  it("when it is empty, saying how to get every event", () => {
    expect(errorOf(() => compileFilter(" \n")).message).toBe(
      'XPST0003: the filter is empty; leave it out, or write ".", to get every event',
    );
  });

  it("when it is longer than any filter", () => {
    expect(() => compileFilter(`'${"x".repeat(70_000)}'`)).toThrow(
      expect.objectContaining({ code: "xqbus:limit-exceeded" }) as Error,
    );
  });

  it("when it has a construct that filters do not have, which it names", () => {
    expect(errorOf(() => compileFilter("validate { /* }")).message).toBe(
      "xqbus:unsupported-query at line 1, column 1: validate is not supported; the document was validated before; leave it out",
    );
  });

  it("and the line is shown with a caret below the place", () => {
    expect(errorOf(() => compileFilter("1,\n  f:x")).excerpt).toBe("  f:x\n  ^");
  });

  it("in XPath, where it is XQuery", () => {
    expect(errorOf(() => compileFilter("for $i in //x where $i return $i", { language: "xpath" })).code).toBe(
      "XPST0003",
    );
  });
});

describe("a filter that fails on a document", () => {
  const failing: readonly [query: string, code: string][] = [
    ["//item[xs:integer(.) = 1]", "FORG0001"],
    ["//item/string()", "FORG0006"],
    ["(1, 2)", "FORG0006"],
    ["xs:date('2026-11-21')", "FORG0006"],
    ["error()", "FOER0000"],
  ];
  it.each(failing)("%s says so with %s", (query, code) => {
    const filter = compileFilter(query);
    const error = errorOf(() => filter.matches(PLAIN));
    expect({ code: error.code, phase: error.phase }).toEqual({ code, phase: "dynamic" });
  });

  it("may match the next one", () => {
    const filter = compileFilter("//item[xs:integer(.) = 7]");
    expect(() => filter.matches(PLAIN)).toThrow(FilterError);
    expect(filter.matches(parseXml("<item>7</item>"))).toBe(true);
  });

  it("by recursion without end gets an error, not a crash", () => {
    const filter = compileFilter(
      "declare function local:f($n) { local:f($n + 1) + 1 }; if (//item) then local:f(1) else ()",
    );
    expect(errorOf(() => filter.matches(PLAIN)).phase).toBe("dynamic");
  });
});
