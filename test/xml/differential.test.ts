import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseXml, XmlSyntaxError } from "../../src/xml/index.ts";
import { saxes, slimdom } from "./oracles.ts";
import { plainTree, type PlainNode } from "./plain-tree.ts";
import { damagedDocument, randomDocument } from "./random-documents.ts";

function parse(xml: string): readonly PlainNode[] | undefined {
  try {
    return plainTree(parseXml(xml));
  } catch (error) {
    if (error instanceof XmlSyntaxError) return undefined;
    throw error;
  }
}

describe.each([saxes, slimdom])("the parser agrees with $name", (oracle) => {
  it.each([
    { kind: "random documents", documents: randomDocument, numRuns: 1000 },
    { kind: "damaged documents", documents: damagedDocument, numRuns: 4000 },
  ])("about $kind: the same are well-formed, with the same tree", ({ documents, numRuns }) => {
    fc.assert(
      fc.property(documents, (xml) => {
        fc.pre(oracle.isFair(xml));
        expect(parse(xml)).toEqual(oracle.parse(xml));
      }),
      { numRuns },
    );
  });
});

describe("what the other parsers get wrong is refused:", () => {
  it.each(["<?a?b?><a/>", "<p:1 xmlns:p='u'/>", "<p:-a xmlns:p='u'/>"])("%s", (xml) => {
    expect(parse(xml)).toBeUndefined();
    expect(saxes.parse(xml)).toBeDefined();
  });
});
