import fc from "fast-check";
import * as slimdom from "slimdom";
import { describe, expect, it } from "vitest";
import xpath from "xpath";
import { ourAnswer, runs, seeded } from "./our-answer.ts";
import { randomDocument, randomXPath1 } from "./random-query.ts";

describe("a random XPath 1.0 expression over a random document", () => {
  it(
    "gives what the package xpath gives",
    () => {
      fc.assert(
        fc.property(randomXPath1, randomDocument, (query, xml) => {
          const theirs = xpath.select(query, slimdom.parseXmlDocument(xml) as unknown as Node);
          expect(ourAnswer(query, xml, { language: "xpath" })).toEqual({ value: theirs });
        }),
        { numRuns: runs(4_800), ...seeded() },
      );
    },
    runs(300_000),
  );
});
