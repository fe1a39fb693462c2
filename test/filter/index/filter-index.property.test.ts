import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FilterIndex } from "../../../src/filter/index/index.ts";
import type { CompiledModule } from "../../../src/filter/evaluate/module.ts";
import { parseXml } from "../../../src/xml/index.ts";
import { compileAlone, filterOf, matchesAlone } from "./one-by-one.ts";
import { documents, filters } from "./random-filters.ts";

/** What can happen to an index, in any order. */
const actions = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("set" as const), id: fc.nat(15), query: filters }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), id: fc.nat(15) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("match" as const), document: documents }) },
  ),
  { minLength: 10, maxLength: 60 },
);

describe("an index of filters", () => {
  it("gives the answers of the filters one by one, whatever was added, replaced and removed before", () => {
    fc.assert(
      fc.property(actions, (steps) => {
        const index = new FilterIndex();
        const alone = new Map<string, { query: string; module: CompiledModule }>();
        for (const step of steps) {
          if (step.kind === "set") {
            index.replace(String(step.id), filterOf(step.query));
            alone.set(String(step.id), { query: step.query, module: compileAlone(step.query) });
          } else if (step.kind === "remove") {
            expect(index.remove(String(step.id))).toBe(alone.delete(String(step.id)));
          } else {
            const document = parseXml(step.document);
            const expected = [...alone].filter(([, { module }]) => matchesAlone(module, document));
            expect(index.match(document).sort()).toEqual(expected.map(([id]) => id).sort());
          }
        }
        expect(index.size).toBe(alone.size);
      }),
      { numRuns: 300 },
    );
  });

  it("counts errors only where the filter by itself ends in one", () => {
    fc.assert(
      fc.property(filters, documents, (query, text) => {
        const index = new FilterIndex();
        index.add("only", filterOf(query));
        const document = parseXml(text);
        const isMatch = index.match(document).length > 0;
        const failed = index.errorsOf("only") !== undefined;
        expect(failed && isMatch).toBe(false);
        if (failed) expect(matchesAlone(compileAlone(query), document)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
