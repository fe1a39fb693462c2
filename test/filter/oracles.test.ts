import fc from "fast-check";
import fontoxpath from "fontoxpath";
import * as slimdom from "slimdom";
import { describe, expect, it } from "vitest";
import xpath from "xpath";
import { compileFilter } from "../../src/filter/index.ts";
import { parseXml } from "../../src/xml/index.ts";

const name = fc.constantFrom("a", "b", "c");
const text = fc.constantFrom("", "x", "y", "10");

/** Small documents of few names, so that random paths find something. */
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc
    .tuple(
      name,
      fc.option(fc.tuple(name, text)),
      fc.array(fc.oneof({ maxDepth: 4 }, text, tie("tree")), { maxLength: 4 }),
    )
    .map(([element, attribute, children]) => {
      const start = attribute === null ? element : `${element} ${attribute[0]}="${attribute[1]}"`;
      return `<${start}>${children.join("")}</${element}>`;
    }),
}));

const elementAxis = fc.constantFrom(
  "",
  "descendant::",
  "descendant-or-self::",
  "parent::",
  "ancestor::",
  "following-sibling::",
  "preceding-sibling::",
  "self::",
);
/**
 * Only for the other oracle: the package xpath 0.0.34 counts ancestors as preceding and descendants of the root as
 * following, and wants attributes as a NamedNodeMap.
 */
const anyAxis = fc.oneof(
  { weight: 8, arbitrary: elementAxis },
  { weight: 2, arbitrary: fc.constantFrom("attribute::", "preceding::", "following::") },
);
const test = fc.oneof(name, fc.constant("*"));
const elementPredicates = [
  "",
  "",
  "[1]",
  "[2]",
  "[last()]",
  "[. = 'x']",
  "[b]",
  "[not(c)]",
  "[count(*) = 1]",
  "[position() = 2]",
];

function paths(axis: fc.Arbitrary<string>, predicates: readonly string[]): fc.Arbitrary<string> {
  const step = fc.tuple(axis, test, fc.constantFrom(...predicates)).map((parts) => parts.join(""));
  return fc
    .tuple(fc.constantFrom("/", "//"), fc.array(step, { minLength: 1, maxLength: 4 }))
    .map(([start, steps]) => start + steps.join("/"));
}

/**
 * What XPath 1.0 and 3.1 read the same way: the count of a path and the string value of its first node.
 */
const query = paths(elementAxis, elementPredicates).map((p) => `concat(count(${p}), ':', string((${p})[1]))`);

describe("a random path over a random document", () => {
  it("gives what XPath 1.0 gives over a DOM", () => {
    fc.assert(
      fc.property(tree, query, (xml, q) => {
        const [ours] = compileFilter(q, { language: "xpath" }).evaluate(parseXml(xml));
        const theirs = xpath.select(q, slimdom.parseXmlDocument(xml) as unknown as Node);
        expect(ours).toBe(theirs);
      }),
      { numRuns: 500 },
    );
  });

  it("gives what fontoxpath gives over a DOM, nodes in the same order", () => {
    fc.assert(
      fc.property(tree, paths(anyAxis, [...elementPredicates, "[@a = 'y']", "[@*]"]), (xml, p) => {
        // From an attribute fontoxpath finds nothing that follows it, though its element's children do, and takes it for an
        // element on the axes that include it (XPath 3.1, section 3.3.2.1).
        fc.pre(!/attribute::[^/]*\/(?:following|self|descendant-or-self)::/.test(p));
        const q = `for $n in ${p} return concat(count($n/preceding::node()), ':', count($n/ancestor::*), ':', name($n), '=', $n)`;
        const theirs: unknown = fontoxpath.evaluateXPathToStrings(q, slimdom.parseXmlDocument(xml), null, null, {
          language: fontoxpath.evaluateXPath.XQUERY_3_1_LANGUAGE,
          namespaceResolver: () => null,
        });
        expect(compileFilter(q).evaluate(parseXml(xml))).toEqual(theirs);
      }),
      { numRuns: 500 },
    );
  });
});
