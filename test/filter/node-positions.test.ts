import fc from "fast-check";
import fontoxpath from "fontoxpath";
import * as slimdom from "slimdom";
import { describe, expect, it } from "vitest";
import { compileFilter } from "../../src/filter/index.ts";
import { parseXml, XmlDocument } from "../../src/xml/index.ts";
import type { XmlNode } from "../../src/xml/index.ts";

const name = fc.constantFrom("a", "b", "p:a");
const leaf = fc.constantFrom("x", "<!--c-->", "<?i d?>", "<b/>", "");

/** Documents with all kinds of nodes; some elements have so many children that their positions are indexed. */
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc
    .tuple(
      name,
      fc.subarray(["a='1'", "b=''", "p:a='2'", "xml:id='i'"]),
      fc.array(fc.oneof({ maxDepth: 3 }, leaf, tie("tree")), { maxLength: 4 }),
      fc.constantFrom(1, 1, 1, 12),
    )
    .map(([element, attributes, children, times]) => {
      const content = children.join("").repeat(children.every((child) => child.length < 10) ? times : 1);
      return `<${[element, ...attributes].join(" ")}>${content}</${element}>`;
    }),
}));
const document = fc
  .tuple(fc.constantFrom("", "<!--before-->", "<?i before?>"), tree)
  .map(([before, root]) => `${before}<root xmlns:p="urn:p">${root}</root><!--after-->`);

const axis = fc.constantFrom(
  ...["child", "descendant", "descendant-or-self", "self", "parent", "ancestor", "ancestor-or-self"],
  ...["following-sibling", "preceding-sibling", "following", "preceding"],
);
const test = fc.constantFrom(
  "a",
  "b",
  "p:a",
  "*",
  "p:*",
  "*:a",
  "node()",
  "text()",
  "comment()",
  "processing-instruction()",
);
const predicate = fc.constantFrom(
  "",
  "",
  "[1]",
  "[2]",
  "[last()]",
  "[@a = '1']",
  "[@p:a]",
  "[@b = '']",
  "[b]",
  "[. = 'x']",
);
const step = fc.tuple(axis, test, predicate).map(([a, t, p]) => `${a}::${t}${p}`);
const path = fc
  .tuple(fc.constantFrom("/", "//"), fc.array(step, { minLength: 1, maxLength: 3 }))
  .map(([start, steps]) => start + steps.join("/"));

/** Child positions from the document down, which no engine has a part in. */
function placeOfOurs(node: XmlNode): string {
  if (node instanceof XmlDocument) return "";
  return `${placeOfOurs(node.parent)}/${(node.parent.children as readonly XmlNode[]).indexOf(node)}`;
}

function placeOfTheirs(node: slimdom.Node): string {
  return node.parentNode === null
    ? ""
    : `${placeOfTheirs(node.parentNode)}/${node.parentNode.childNodes.indexOf(node)}`;
}

const prefixes: Readonly<Record<string, string>> = { p: "urn:p" };

describe("the nodes that a random path finds", () => {
  it("are those that the engine finds in a DOM of the same document, in the same order", () => {
    fc.assert(
      fc.property(document, path, (xml, query) => {
        const ours = compileFilter(query, { namespaces: prefixes }).evaluate(parseXml(xml)) as XmlNode[];
        const theirs = fontoxpath.evaluateXPathToNodes(query, slimdom.parseXmlDocument(xml), null, null, {
          namespaceResolver: (prefix) => prefixes[prefix] ?? null,
        }) as unknown as slimdom.Node[];
        expect(ours.map(placeOfOurs)).toEqual(theirs.map(placeOfTheirs));
      }),
      { numRuns: 500 },
    );
  });

  it("make the document match exactly when there are any", () => {
    fc.assert(
      fc.property(document, path, (xml, query) => {
        const filter = compileFilter(query, { language: "xpath", namespaces: prefixes });
        const event = parseXml(xml);
        expect(filter.matches(event)).toBe(filter.evaluate(event).length > 0);
      }),
      { numRuns: 200 },
    );
  });
});
