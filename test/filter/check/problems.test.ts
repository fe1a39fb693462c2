import { beforeAll, describe, expect, it } from "vitest";
import { compileFilter, FilterError } from "../../../src/filter/index.ts";
import type { FilterOptions } from "../../../src/filter/index.ts";
import type { Catalog } from "../../../src/schema/index.ts";
import { catalogWith, eventXsd } from "../../schema/harness.ts";
import { errorOf } from "../error-of.ts";

const DOOR = eventXsd(
  "Door",
  `<xs:element name="Room" type="e:Room"/>
   <xs:element name="State" type="e:State"/>
   <xs:element name="Minutes" type="e:Minutes" minOccurs="0"/>
   <xs:element name="Opened" type="xs:dateTime"/>`,
).replace(
  "</xs:schema>",
  `<xs:simpleType name="Room"><xs:restriction base="xs:string"><xs:pattern value="[A-Z][0-9]{3}"/></xs:restriction></xs:simpleType>
   <xs:simpleType name="State"><xs:restriction base="xs:string"><xs:enumeration value="open"/><xs:enumeration value="shut"/></xs:restriction></xs:simpleType>
   <xs:simpleType name="Minutes"><xs:restriction base="xs:int"><xs:minInclusive value="0"/><xs:maxInclusive value="60"/></xs:restriction></xs:simpleType>
   </xs:schema>`,
);
const LAMP = eventXsd("Lamp", `<xs:element name="Watts" type="xs:decimal"/>`);

let catalog: Catalog;

beforeAll(async () => {
  catalog = await catalogWith({ "Door.xsd": DOOR, "Lamp.xsd": LAMP });
  expect(catalog.problems).toEqual([]);
});

function check(
  text: string,
  options: FilterOptions = {},
): { eventTypes: readonly string[] | "all"; problems: string[] } {
  const { eventTypes, warnings } = compileFilter(text, { catalog, onCatalogProblem: "warning", ...options });
  const problems = warnings.map(
    ({ severity, code, line, column, message, suggestion = "-" }) =>
      `${severity} ${code} ${line}:${column} ${message} [${suggestion}]`,
  );
  return { eventTypes, problems };
}

describe("a filter is checked against the catalog:", () => {
  it.each<[text: string, problem: string]>([
    [
      "/e:Event/e:Doors",
      "error xqbus:filter-unknown-step 1:10 Event has no child Doors (did you mean e:Door?) [e:Door]",
    ],
    [
      "/e:Event/e:Door[e:Sate = 'open']",
      "error xqbus:filter-unknown-step 1:17 Door has no child Sate (did you mean e:State?) [e:State]",
    ],
    [
      "//e:Stat",
      "error xqbus:filter-unknown-step 1:3 the document has no element inside called Stat (did you mean e:State?) [e:State]",
    ],
    ["/e:Event/e:Door[@id]", "error xqbus:filter-unknown-step 1:17 Door has no attribute id [-]"],
    [
      "/Event/Door",
      "error xqbus:filter-wrong-namespace 1:2 the document has no child Event in no namespace; Event is in the namespace http://www.gonicus.de/Events: write e:Event, or set defaultElementNamespace [e:Event]",
    ],
    [
      "declare namespace f='http://www.gonicus.de/events';\n/f:Event",
      "error xqbus:filter-wrong-namespace 2:2 the document has no child Event in the namespace http://www.gonicus.de/events; Event is in the namespace http://www.gonicus.de/Events: write e:Event [e:Event]",
    ],
    [
      "for $d in /e:Event/e:Door where $d/e:State = 'opn' return $d",
      `error xqbus:filter-not-in-enumeration 1:46 State is never "opn", it is one of "open", "shut" (did you mean "open"?) ["open"]`,
    ],
    [
      "/e:Event/e:Door[e:Minutes > 60]",
      "error xqbus:filter-outside-facet 1:29 Minutes is from 0 to 60: > 60 never holds [-]",
    ],
    [
      "/e:Event/e:Door/e:Room = 'b12'",
      `error xqbus:filter-outside-facet 1:26 Room is never "b12": pattern is [A-Z][0-9]{3} [-]`,
    ],
    [
      "/e:Event/e:Door/e:Opened > 5",
      "error xqbus:filter-incompatible-types 1:28 Opened is a dateTime, never a number [-]",
    ],
    [
      "/e:Event/e:Door and //e:Lamp",
      "error xqbus:filter-never-matches 1:21 this cannot hold together with what is in front of it: that asks for an event of type Door, and this for Lamp [-]",
    ],
    ["false()", "error xqbus:filter-never-matches 1:1 no valid event can fulfil this filter [-]"],
  ])("%s can never match", (text, problem) => {
    expect(check(text)).toEqual({ eventTypes: [], problems: [problem] });
  });

  it("what is wrong in a part of a filter that can match is a warning", () => {
    expect(check("//e:Lamp or //e:Door[e:State = 'shutt']")).toEqual({
      eventTypes: ["Lamp"],
      problems: [
        `warning xqbus:filter-not-in-enumeration 1:32 State is never "shutt", it is one of "open", "shut" (did you mean "shut"?) ["shut"]`,
      ],
    });
  });

  it.each<[text: string, eventTypes: readonly string[] | "all"]>([
    ["/e:Event/e:Door", ["Door"]],
    ["let $e := ./e:Event return $e/e:Door", ["Door"]],
    ["/e:Event/*[e:Watts > 40]", ["Lamp"]],
    ["//e:State = 'open'", ["Door"]],
    ["not(/e:Event/e:Lamp)", ["Door"]],
    [
      "/e:Event/e:Door[e:Minutes = 60 and e:Room = 'B123' and e:Opened > xs:dateTime('2026-01-01T00:00:00Z')]",
      ["Door"],
    ],
    ["some $d in //e:Door satisfies $d/e:State = ('open', 'shut')", ["Door"]],
    ["/e:Event", "all"],
    [".", "all"],
    // Nodes that the query makes are of another tree.
    ["(document { <b/> })/b[/b]", "all"],
    ["(document { <b/> })/b[root()/b]", "all"],
    ["<a><b/></a>/b[//b]", "all"],
    ["declare function local:f($n as element()) { $n[/b] }; local:f((document { <b/> })/b)", "all"],
  ])("%s says which event types can match, and nothing against it", (text, eventTypes) => {
    expect(check(text)).toEqual({ eventTypes, problems: [] });
  });

  it("is an error by default, with the place, the line with a caret, and everything that is wrong", () => {
    const error = errorOf(() => compileFilter("/e:Event/e:Door[\n  e:Sate = 'open' and e:Romo]", { catalog }));
    expect(error).toBeInstanceOf(FilterError);
    expect(error).toMatchObject({
      code: "xqbus:filter-unknown-step",
      phase: "static",
      line: 2,
      column: 3,
      message:
        "xqbus:filter-unknown-step at line 2, column 3: Door has no child Sate (did you mean e:State?); the filter can never match",
      problems: [
        { line: 2, column: 3, excerpt: "  e:Sate = 'open' and e:Romo]\n  ^", suggestion: "e:State" },
        { line: 2, column: 23, suggestion: "e:Room" },
      ],
    });
  });

  it("is right with a default namespace of elements", () => {
    const defaultElementNamespace = "http://www.gonicus.de/Events";
    expect(check("/Event/Door", { defaultElementNamespace })).toEqual({ eventTypes: ["Door"], problems: [] });
  });

  it("a check with another catalog says what that one says", async () => {
    const filter = compileFilter("/e:Event/e:Lamp[e:Volts > 5]", { catalog, onCatalogProblem: "warning" });
    expect(filter.warnings).toHaveLength(1);
    const other = await catalogWith({ "Lamp.xsd": eventXsd("Lamp", `<xs:element name="Volts" type="xs:int"/>`) });
    expect(filter.check(other)).toEqual({ canMatch: true, eventTypes: "all", problems: [] });
  });

  it("XPath 1.0 is not checked: it compares other things", () => {
    expect(check("/Event", { language: "xpath1" })).toEqual({ eventTypes: "all", problems: [] });
  });
});
