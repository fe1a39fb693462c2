import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Event, EventMaker, toObject } from "../../../src/event/index.ts";
import { loadCatalog } from "../../../src/schema/index.ts";
import type { Catalog } from "../../../src/schema/index.ts";
import { compilerProblems } from "../../schema/types/compiler-problems.ts";

const root = join(import.meta.dirname, "../../..");
const FILE = join(root, "src/event/shipped-events.ts");
const FIXTURES = join(root, "test/fixtures/events");

describe("the types of the shipped events", () => {
  let catalog: Catalog;

  beforeAll(async () => {
    catalog = await loadCatalog({ directories: [join(root, "schemas/events")] });
  });

  afterAll(() => {
    catalog.close();
  });

  it("are those that the schemas declare; if not, run npm run generate", async () => {
    const declared = await format(catalog.declareTypes(), { ...(await resolveConfig(FILE)), filepath: FILE });
    expect(readFileSync(FILE, "utf8")).toBe(declared);
  });

  it("are what valid events are read as, and what the maker takes", () => {
    const lines = [
      'import type { Events } from "../../../src/event/shipped-events.ts";',
      'import { EventMaker } from "../../../src/event/index.ts";',
      "const e = EventMaker();",
    ];
    // What xsi:type names is not declared.
    const events = validEvents().filter((event) => !event.toString().includes("xsi:type"));
    for (const [index, event] of events.entries()) {
      const content = JSON.stringify(toObject(event, catalog));
      lines.push(`export const read${index}: Events["events"]["${event.name}"] = ${content};`);
      lines.push(`e.Event(e.${event.name}(read${index}));`, `e.Event(e.${event.name}(${content}));`);
    }
    expect(lines.length).toBeGreaterThan(50);
    expect(compilerProblems({ "fixtures.ts": lines.join("\n") }, { exactOptionalPropertyTypes: true })).toEqual([]);
  });

  it("do not lose anything on the way through the maker", () => {
    const e = EventMaker<string>(catalog);
    for (const event of validEvents()) {
      const content = toObject(event, catalog);
      const again = e.Event(e.element(event.name, content));
      expect(catalog.validate(again)).toEqual([]);
      expect(toObject(again, catalog)).toEqual(content);
    }
  });
});

function validEvents(): readonly Event[] {
  return readdirSync(FIXTURES, { recursive: true, encoding: "utf8" })
    .filter((name) => /valid-[^/\\]*\.xml$/.test(name) && !name.includes("invalid-"))
    .map((name) => Event.parse(readFileSync(join(FIXTURES, name))));
}
