import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileFilter, FilterError, type Filter } from "../../../src/filter/index.ts";
import { eventNameOf, type Catalog } from "../../../src/schema/index.ts";
import { childElements, parseXml, type XmlDocument } from "../../../src/xml/index.ts";
import { catalogOf, catalogWith, event } from "../../schema/harness.ts";
import { CONTENT, IDENTITY, VALUES } from "../../schema/sample/rich-schemas.ts";
import { Dice, randomFilter } from "./random-filter.ts";
import { WIDE, WIDE_EVENTS } from "./wide-schemas.ts";
import { randomSchemas } from "./random-schemas.ts";

const SHIPPED = join(import.meta.dirname, "../../../schemas/events");
const FIXTURES = join(import.meta.dirname, "../../fixtures/events");

/** Valid events of a catalog: of each type some, and those that are given. */
function eventsOf(catalog: Catalog, samples: number, given: readonly string[] = []): readonly XmlDocument[] {
  const made = catalog.eventNames.flatMap((name) =>
    Array.from({ length: samples }, (_, seed) => catalog.sample(name, { seed, optional: (seed % 3) / 2 })),
  );
  const texts = [...made, ...given];
  const documents = texts.map((text) => parseXml(text));
  expect(documents.flatMap((document) => catalog.validate(document))).toEqual([]);
  return documents;
}

/** A dynamic error is no match. */
function matches(filter: Filter, document: XmlDocument): boolean {
  try {
    return filter.matches(document);
  } catch (error) {
    if (error instanceof FilterError) return false;
    throw error;
  }
}

function typeOf(document: XmlDocument, { namespace }: Catalog): string {
  return eventNameOf(childElements(document.documentElement).at(-1)!.name, namespace);
}

/** How often something was found, so that a test that tries nothing fails. */
interface Tally {
  matched: number;
  never: number;
  excluded: number;
}

function tryFilter(seed: number, catalog: Catalog, documents: readonly XmlDocument[], tally: Tally): void {
  const dice = new Dice(seed);
  const text = randomFilter(dice.pick(documents), dice);
  const filter = compileFilter(text, { catalog, onCatalogProblem: "warning" });
  const { canMatch } = filter.check(catalog);
  const { eventTypes } = filter;
  if (!canMatch) tally.never++;
  else if (eventTypes !== "all") tally.excluded++;
  for (const document of documents) {
    if (!matches(filter, document)) continue;
    tally.matched++;
    const type = typeOf(document, catalog);
    if (!canMatch || (eventTypes !== "all" && !eventTypes.includes(type))) {
      throw new Error(
        `${text}\nmatches a ${type}, but eventTypes is ${JSON.stringify(eventTypes)}, problems: ` +
          `${JSON.stringify(filter.warnings.map(({ message }) => message))}\n${document.source}`,
      );
    }
  }
}

function tryMany(catalog: Catalog, documents: readonly XmlDocument[], numRuns: number): Tally {
  const tally: Tally = { matched: 0, never: 0, excluded: 0 };
  fc.assert(
    fc.property(fc.integer(), (seed) => tryFilter(seed, catalog, documents, tally)),
    { numRuns },
  );
  return tally;
}

describe("a filter that is said to match no event of a type matches none", () => {
  it("of the shipped types", async () => {
    const catalog = await catalogOf(SHIPPED);
    const fixtures = readdirSync(FIXTURES).flatMap((name) =>
      readdirSync(join(FIXTURES, name))
        .filter((file) => /^valid-[^/]*\.xml$/.test(file))
        .map((file) => readFileSync(join(FIXTURES, name, file), "utf8")),
    );
    const { matched, never, excluded } = tryMany(catalog, eventsOf(catalog, 6, fixtures), 3000);
    expect(matched).toBeGreaterThan(1000);
    expect(never).toBeGreaterThan(200);
    expect(excluded).toBeGreaterThan(200);
  });

  it("of types with every content model, every simple type, and identity constraints", async () => {
    const catalog = await catalogWith({ "Values.xsd": VALUES, "Content.xsd": CONTENT, "Identity.xsd": IDENTITY });
    const { matched, never, excluded } = tryMany(catalog, eventsOf(catalog, 20), 3000);
    expect(matched).toBeGreaterThan(1000);
    expect(never).toBeGreaterThan(100);
    expect(excluded).toBeGreaterThan(200);
  });

  it("of types with wildcards, substitutes, derived types and values from nowhere", async () => {
    const catalog = await catalogWith(WIDE);
    const documents = eventsOf(catalog, 12, WIDE_EVENTS.map(event));
    const { matched, excluded } = tryMany(catalog, documents, 3000);
    expect(matched).toBeGreaterThan(1000);
    expect(excluded).toBeGreaterThan(100);
  });

  it("of random catalogs", async () => {
    const total: Tally = { matched: 0, never: 0, excluded: 0 };
    for (let seed = 1; seed <= 25; seed++) {
      const catalog = await catalogWith(randomSchemas(new Dice(seed)));
      expect(catalog.problems).toEqual([]);
      const { matched, never, excluded } = tryMany(catalog, eventsOf(catalog, 8), 120);
      total.matched += matched;
      total.never += never;
      total.excluded += excluded;
    }
    expect(total.matched).toBeGreaterThan(1000);
    expect(total.never).toBeGreaterThan(100);
    expect(total.excluded).toBeGreaterThan(100);
  });
});
