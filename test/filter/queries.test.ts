import { describe, expect, it } from "vitest";
import { compileFilter } from "../../src/filter/index.ts";
import type { FilterOptions } from "../../src/filter/index.ts";
import { parseXml } from "../../src/xml/index.ts";

const NS = "http://www.gonicus.de/Events";
const PHONE = parseXml(
  `<Event xmlns="${NS}"><PhoneStatus><CallerId>012345</CallerId><ReceiverId>12343424</ReceiverId><Status>busy</Status></PhoneStatus></Event>`,
);
const COLLECTD = parseXml(`<?xml version="1.0"?>
<e:Event xmlns:e="${NS}">
  <e:CollectD>
    <e:Host>web1</e:Host><e:Plugin>cpu</e:Plugin><e:PluginInstance>0</e:PluginInstance><e:Type>cpu</e:Type>
    <e:Time>1290000000.5</e:Time><e:Interval> 10 </e:Interval><e:Values>0.5 17 2.5</e:Values>
  </e:CollectD>
</e:Event>`);
const device = (name: string, ip: string): string =>
  `<NetworkDevice><Name>${name}</Name><IPAddress>${ip}</IPAddress><MAC>00:11</MAC></NetworkDevice>`;
const ANNOUNCE = parseXml(
  `<Event xmlns="${NS}"><ClientAnnounce><Id>c1</Id><Name>desk</Name><NetworkInformation>${[
    device("lo", "127.0.0.1"),
    device("eth0", "10.0.0.9"),
    device("eth1", "10.0.0.10"),
  ].join("")}</NetworkInformation></ClientAnnounce></Event>`,
);

describe("the query of the seed's documentation", () => {
  const lines = [`declare namespace f='${NS}';`, "let $e := ./f:Event", "return $e/f:PhoneStatus"];
  const seed = `\n${lines.map((line) => `                ${line}`).join("\n")}\n            `;
  const variants: readonly [how: string, query: string][] = [
    ["as it stands", seed],
    ["on one line", lines.join(" ")],
    ["with Windows line ends", seed.replaceAll("\n", "\r\n")],
    ["with tabs", seed.replaceAll("    ", "\t")],
    ["with a comment", `(: busy phones :)${seed}`],
    ["with double quotes", seed.replaceAll("'", '"')],
    ["with its version", `xquery version "1.0";${seed}`],
  ];
  it.each(variants)("%s", (_how, query) => {
    const filter = compileFilter(query);
    expect(filter.text).toBe(query);
    expect([PHONE, COLLECTD, ANNOUNCE].map((event) => filter.matches(event))).toEqual([true, false, false]);
    expect(filter.evaluate(PHONE)[0]).toBe(PHONE.documentElement.children[0]);
    expect(filter.evaluate(COLLECTD)).toEqual([]);
  });
});

describe("a query matches", () => {
  const phone: readonly [query: string, matches: boolean][] = [
    // Effective boolean values.
    ["()", false],
    ["''", false],
    ["'false'", true],
    ["'0'", true],
    ["xs:untypedAtomic('')", false],
    ["xs:anyURI('u')", true],
    ["0", false],
    ["-0e0", false],
    ["xs:double('NaN')", false],
    ["0.1", true],
    ["false()", false],
    ["(., 1)", true],
    ["(/*, 'a', 0)", true],
    ["(//e:Nothing, '')", false],
    ["<a/>", true],
    ["attribute a { '' }", true],
    ["text { '' }", true],
    // Paths.
    ["/e:Event/e:PhoneStatus", true],
    ["./e:Event/e:PhoneStatus/e:Status", true],
    ["e:Event", true],
    ["e:PhoneStatus", false],
    ["/e:Event/e:PhoneStatus[e:Status = 'busy']", true],
    ["/e:Event/e:PhoneStatus[e:Status = 'BUSY']", false],
    ["/e:Event/e:PhoneStatus/e:Status = ('idle', 'busy')", true],
    ["/e:Event/e:PhoneStatus/e:Status != 'busy'", false],
    ["not(/e:Event/e:Mail)", true],
    ["/e:Event/e:Mail or /e:Event/e:PhoneStatus", true],
    ["/e:Event/e:Mail and /e:Event/e:PhoneStatus", false],
    ["/*/*[local-name() = 'PhoneStatus']", true],
    ["/*/*[name() = 'PhoneStatus' and namespace-uri() = 'http://www.gonicus.de/Events']", true],
    ["/*:Event/*:PhoneStatus", true],
    ["/e:*/e:*", true],
    ["/Event/PhoneStatus", false],
    ["//@*", false],
    // Values.
    ["//e:CallerId = 12345", true],
    ["//e:CallerId = '12345'", false],
    ["//e:CallerId < //e:ReceiverId", true],
    ["starts-with(//e:CallerId, '0123')", true],
    ["contains(//e:ReceiverId, '3434')", true],
    ["matches(//e:Status, '^b.sy$')", true],
    ["string-length(//e:Status) = 4", true],
    ["upper-case(//e:Status) eq 'BUSY'", true],
    ["number(//e:CallerId) > 12344", true],
    ["xs:integer(//e:CallerId) mod 5 = 0", true],
    ["normalize-space(/) = '01234512343424busy'", true],
    ["let $s := //e:Status return if ($s = 'busy') then $s else ()", true],
    ["typeswitch (/*/*) case element(e:PhoneStatus) return true() default return false()", true],
    ["switch (//e:Status) case 'busy' return 1 default return 0", true],
    ["declare variable $wanted := 'busy'; //e:Status = $wanted", true],
    ["declare function local:is($e, $s) { $e/e:Status = $s }; local:is(/*/*, 'busy')", true],
  ];
  it.each(phone)("a PhoneStatus, %s: %s", (query, matches) => {
    expect(compileFilter(query).matches(PHONE)).toBe(matches);
  });

  const collectd: readonly [query: string, matches: boolean][] = [
    ["/e:Event/e:CollectD[e:Host = 'web1' and e:Plugin = 'cpu']", true],
    ["//e:CollectD/e:Interval = 10", true],
    ["//e:CollectD/e:Interval = '10'", false],
    ["//e:Time > 1290000000", true],
    ["some $v in tokenize(//e:Values, ' ') satisfies number($v) > 10", true],
    ["every $v in tokenize(//e:Values, ' ') satisfies number($v) > 10", false],
    ["max(for $v in tokenize(//e:Values, ' ') return number($v)) = 17", true],
    ["count(//e:CollectD/*) = 7", true],
    ["//e:Plugin = //e:Type", true],
    ["//e:Host << //e:Plugin", true],
    ["//e:Host is //e:CollectD/*[1]", true],
    ["//e:Plugin/following-sibling::*[1] = '0'", true],
    ["//e:Values/preceding-sibling::*[1] is //e:Interval", true],
    ["exists(//e:Type[preceding::e:Host][not(following::e:Host)])", true],
    ["/*/text()[normalize-space()]", false],
    ["/*/text()", true],
  ];
  it.each(collectd)("a CollectD, %s: %s", (query, matches) => {
    expect(compileFilter(query).matches(COLLECTD)).toBe(matches);
  });

  const announce: readonly [query: string, matches: boolean][] = [
    ["//e:NetworkDevice[2]/e:Name = 'eth0'", true],
    ["//e:NetworkDevice[last()]/e:Name = 'eth1'", true],
    ["//e:NetworkDevice[position() > 1][1]/e:Name = 'eth0'", true],
    ["(//e:NetworkDevice/e:Name)[3] = 'eth1'", true],
    ["//e:NetworkDevice/e:Name[2]", false],
    ["//e:NetworkDevice[e:Name = 'lo']/e:IPAddress = '127.0.0.1'", true],
    ["//e:NetworkDevice[e:Name = 'lo' and starts-with(e:IPAddress, '10.')]", false],
    ["for $d in //e:NetworkDevice where $d/e:Name = 'eth1' return $d/e:IPAddress[. = '10.0.0.10']", true],
    ["(for $d at $p in //e:NetworkDevice where $d/e:Name = 'eth1' return $p) = 3", true],
    ["(for $d in //e:NetworkDevice order by $d/e:Name descending return $d)[1]/e:Name = 'lo'", true],
    ["some $a in //e:NetworkDevice, $b in //e:NetworkDevice satisfies $a/e:MAC = $b/e:MAC and not($a is $b)", true],
    ["every $d in //e:NetworkDevice satisfies $d/ancestor::e:ClientAnnounce/e:Id = 'c1'", true],
    ["count(//e:NetworkDevice/..) = 1", true],
    ["count(//e:NetworkDevice/ancestor-or-self::*) = 6", true],
    ["distinct-values(//e:MAC) = '00:11' and count(distinct-values(//e:MAC)) = 1", true],
    ["string-join(//e:NetworkDevice/e:Name, ',') = 'lo,eth0,eth1'", true],
    ["/descendant::e:Name[1] = 'desk'", true],
  ];
  it.each(announce)("a ClientAnnounce, %s: %s", (query, matches) => {
    expect(compileFilter(query).matches(ANNOUNCE)).toBe(matches);
  });
});

describe("an unprefixed name", () => {
  const rows: readonly [query: string, options: FilterOptions, matches: boolean][] = [
    ["/Event", {}, false],
    ["/Event", { defaultElementNamespace: NS }, true],
    ["/Event", { defaultElementNamespace: "" }, false],
    ["/Event", { defaultElementNamespace: "urn:other" }, false],
    ["//Status = 'busy'", { defaultElementNamespace: NS, language: "xpath" }, true],
    ["<Event/>/self::e:Event", { defaultElementNamespace: NS }, true],
    ["<a b='1'/>/@b", { defaultElementNamespace: NS }, true],
    ["let $Event := /Event return $Event/PhoneStatus", { defaultElementNamespace: NS }, true],
    ["declare function local:f($x) { $x/Status }; local:f(//PhoneStatus)", { defaultElementNamespace: NS }, true],
    ["declare variable $Q{}x := 'busy'; //Status = $x", { defaultElementNamespace: NS }, true],
    ["declare default element namespace 'urn:other'; /Event", { defaultElementNamespace: NS }, false],
    [`declare default element namespace "${NS}"; /Event`, {}, true],
    ["declare namespace e = 'urn:other'; /e:Event", {}, false],
    ["/p:Event", { namespaces: { p: NS } }, true],
  ];
  it.each(rows)("%s with %j: %s", (query, options, matches) => {
    expect(compileFilter(query, options).matches(PHONE)).toBe(matches);
  });

  it("in a document without namespace is found as it is", () => {
    expect(compileFilter("/Event/PhoneStatus").matches(parseXml("<Event><PhoneStatus/></Event>"))).toBe(true);
  });

  it("means what its own options say when two filters have the same text", () => {
    const options = [{}, { defaultElementNamespace: NS }, { namespaces: {}, defaultElementNamespace: "urn:other" }];
    const filters = options.map((each) => compileFilter("/Event/PhoneStatus", each));
    expect(filters.map((each) => each.matches(PHONE))).toEqual([false, true, false]);
    expect(filters.map((each) => each.matches(PHONE))).toEqual([false, true, false]);
  });
});
