import { expect, it } from "vitest";
import { dataXml } from "../../../src/action/workflow/data-xml.ts";
import { queryContent } from "../../../src/action/workflow/query-content.ts";
import { compileFilter } from "../../../src/filter/index.ts";
import { parseXml } from "../../../src/xml/index.ts";

it.each<readonly [data: unknown, xml: string]>([
  [
    [{ event_id: 1, event_name: "Rebecca <&>" }, { event_id: null }],
    '<rows><row><event_id>1</event_id><event_name>Rebecca &lt;&amp;&gt;</event_name></row><row><event_id nil="true"/></row></rows>',
  ],
  [[], "<rows></rows>"],
  [[1, [2, [3]], true], "<rows><row>1</row><row><item>2</item><item><item>3</item></item></row><row>true</row></rows>"],
  ["text \u0000", "<result>text \uFFFD</result>"],
  [null, '<result nil="true"/>'],
  [
    { "event name": 1, 'a"b': { "x:y": 2 } },
    '<result><member name="event name">1</member><member name="a&quot;b"><member name="x:y">2</member></member></result>',
  ],
])("%j is %s for queries", (data, xml) => {
  expect(dataXml(data)).toBe(xml);
  expect(() => parseXml(xml)).not.toThrow();
});

it("Data that is too deep for a document is refused", () => {
  let data: unknown = 1;
  for (let depth = 0; depth < 1000; depth++) data = [data];
  expect(() => dataXml(data)).toThrow("more than 190 deep");
});

it.each<readonly [query: string, content: readonly unknown[]]>([
  ["/rows/row[2]", [{ id: "2", name: "b", tag: ["x", "y"] }]],
  ["/rows/row/id", ["1", "2"]],
  ["/rows/row[1]/@kind", ["old"]],
  ["/rows/row[1]", [{ kind: "old", id: "1" }]],
  ["()", []],
  [
    "1 + 1, true(), 'a', 10000000000000000000000, 1 div 3e0, xs:date('2020-05-21'), 1e0 div 0",
    [2, true, "a", "10000000000000000000000", 1 / 3, "2020-05-21T00:00:00.000Z", "Infinity"],
  ],
  ["map { 'a': [1, /rows/row[1]/id] }", [{ a: [1, "1"] }]],
  ["<row><x>{ 1 + 1 }</x></row>", [{ x: "2" }]],
])("What the query %s gives is data of JSON", (query, content) => {
  const document = parseXml(
    '<rows><row kind="old"><id>1</id></row><row><id>2</id><name>b</name><tag>x</tag><tag>y</tag></row></rows>',
  );
  expect(queryContent(compileFilter(query).evaluate(document))).toEqual(content);
});
