import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileFilter, FilterIndex, type Filter, type FilterMessage } from "../../../src/filter/index.ts";
import { parseXml, type XmlDocument } from "../../../src/xml/index.ts";
import { F, matchesAlone } from "./one-by-one.ts";
import { documents } from "./random-documents.ts";
import { filters } from "./random-filters.ts";

const FACTOR = process.env["XQBUS_FULL"] === "1" ? 50 : 1;

const messages: fc.Arbitrary<FilterMessage> = fc
  .constantFrom(undefined, "x", 6n, 7.5, true, null)
  .map((given) => (given === undefined ? {} : { applicationProperties: new Map([["given", given]]) }));

/** What can happen to an index, in any order. */
const actions = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("set" as const), id: fc.nat(15), query: filters }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), id: fc.nat(15) }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("match" as const), document: documents, message: messages }),
    },
  ),
  { minLength: 10, maxLength: 60 },
);

function matchingAlone(all: Iterable<[string, Filter]>, document: XmlDocument, message: FilterMessage): string[] {
  return [...all].filter(([, filter]) => matchesAlone(filter, document, message)).map(([id]) => id);
}

describe("an index of filters", () => {
  it("gives the answers of the filters one by one, whatever was added, replaced and removed before", () => {
    fc.assert(
      fc.property(actions, (steps) => {
        const index = new FilterIndex();
        const alone = new Map<string, Filter>();
        for (const step of steps) {
          if (step.kind === "set") {
            index.replace(String(step.id), step.query, F);
            alone.set(String(step.id), compileFilter(step.query, F));
          } else if (step.kind === "remove") {
            expect(index.remove(String(step.id))).toBe(alone.delete(String(step.id)));
          } else {
            const document = parseXml(step.document);
            const expected = matchingAlone(alone, document, step.message);
            expect(index.match(document, { message: step.message }).sort()).toEqual(expected.sort());
          }
        }
        expect(index.size).toBe(alone.size);
      }),
      { numRuns: 100 * FACTOR },
    );
  });

  it("gives the answer of each filter by itself, and counts errors only where it ends in one", () => {
    fc.assert(
      fc.property(filters, fc.array(documents, { minLength: 2, maxLength: 4 }), (query, texts) => {
        const index = new FilterIndex();
        index.add("only", query, F);
        const filter = compileFilter(query, F);
        let failures = 0;
        for (const document of texts.map((text) => parseXml(text))) {
          const expected = matchesAlone(filter, document);
          expect(index.match(document)).toEqual(expected ? ["only"] : []);
          const { count = 0 } = index.errorsOf("only") ?? {};
          if (count > failures) expect(expected).toBe(false);
          failures = count;
        }
      }),
      { numRuns: 2000 * FACTOR },
    );
  }, 3_600_000);

  it("gives filters that differ in their literals each its own answer", () => {
    const values = fc.constantFrom("5", "6", "7", "6.5", "'x'", "'5'", "'xy'", '"y"');
    const shared = fc.tuple(filters, fc.array(values, { minLength: 2, maxLength: 6 })).map(([query, literals]) =>
      literals.map((literal) =>
        query.replaceAll(/(?<![\w'"])'(?:x|5|xy)'(?!')|\b(?:6|7)\b(?![.e:])/g, (old) => {
          const isText = /^["']/.test(literal);
          return isText === /^["']/.test(old) ? literal : old;
        }),
      ),
    );
    fc.assert(
      fc.property(shared, fc.array(documents, { minLength: 2, maxLength: 4 }), (queries, texts) => {
        const index = new FilterIndex();
        const alone = new Map(queries.map((query, number) => [String(number), compileFilter(query, F)]));
        for (const [number, query] of queries.entries()) index.add(String(number), query, F);
        for (const document of texts.map((text) => parseXml(text))) {
          expect(index.match(document).sort()).toEqual(matchingAlone(alone, document, {}).sort());
        }
      }),
      { numRuns: 500 * FACTOR },
    );
  }, 3_600_000);
});
