import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/events");

const documents = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(FIXTURES, name)).map((file) => join(FIXTURES, name, file)))
  .filter((file) => /valid-[^/]*\.xml$/.test(file))
  .map((file) => readFileSync(file));

/** Parts of events that meet where they do not belong. */
const SNIPPETS = [
  "<Id>1</Id>",
  "<Event/>",
  "</Event>",
  "<PhoneStatus/>",
  ` xsi:type="PhoneStatus" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`,
  ` xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`,
  ` xmlns="urn:x"`,
  ` a="1"`,
  ` xml:lang="en"`,
  "text",
  "&lt;",
  "<![CDATA[x]]>",
  "<x:y xmlns:x='urn:x'/>",
  "\u{1F600}",
  "\0",
];

const mutation = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), at: fc.nat(), text: fc.constantFrom(...SNIPPETS) }),
  fc.record({ kind: fc.constant("delete" as const), at: fc.nat(), length: fc.integer({ min: 1, max: 40 }) }),
  fc.record({
    kind: fc.constant("copy" as const),
    at: fc.nat(),
    from: fc.nat(),
    length: fc.integer({ min: 1, max: 80 }),
  }),
);

type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;

function mutate(bytes: Buffer, change: Mutation): Buffer {
  const at = change.at % (bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (change.kind) {
    case "insert":
      return Buffer.concat([before, Buffer.from(change.text), after]);
    case "delete":
      return Buffer.concat([before, after.subarray(change.length)]);
    case "copy": {
      const from = change.from % (bytes.length + 1);
      return Buffer.concat([before, bytes.subarray(from, from + change.length), after]);
    }
  }
}

/** Swaps two whole elements on lines of their own: stays well-formed, and often is no longer valid. */
function swapLines(text: string, i: number, j: number): string {
  const lines = text.split("\n");
  const movable = [...lines.keys()].filter((k) => /^\s*<(\w+)[^>]*>[^<]*<\/\1>\s*$/.test(lines[k]!));
  if (movable.length < 2) return text;
  const [a, b] = [movable[i % movable.length]!, movable[j % movable.length]!];
  [lines[a], lines[b]] = [lines[b]!, lines[a]!];
  return lines.join("\n");
}

describe("validating whatever comes", () => {
  let catalog: Catalog;
  beforeAll(async () => {
    catalog = await loadCatalog({ directories: [join(import.meta.dirname, "../../schemas/events")] });
  });
  afterAll(() => catalog.close());

  function expectSoundAnswer(document: Uint8Array | string): void {
    for (const problem of catalog.validate(document)) {
      expect(problem.path).toMatch(/^\//);
      expect(problem.line).toBeGreaterThanOrEqual(1);
      expect(problem.column).toBeGreaterThanOrEqual(1);
      expect(problem.code).toMatch(/^(cvc-|xqbus:)/);
      expect(problem.message).toMatch(/^[^\n]+$/);
      expect(problem.message.length).toBeLessThan(2000);
    }
  }

  it("never throws, and every problem has a path, a place, a code and a message", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...documents),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        (bytes, changes) => {
          expectSoundAnswer(changes.reduce<Buffer>(mutate, bytes));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("finds its way in documents whose elements have changed places", () => {
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.nat(), fc.nat(), (bytes, i, j) => {
        expectSoundAnswer(swapLines(bytes.toString("utf8"), i, j));
      }),
      { numRuns: 1000 },
    );
  });
});
