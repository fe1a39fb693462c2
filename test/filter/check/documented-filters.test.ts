import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { compileFilter } from "../../../src/filter/index.ts";
import type { Catalog } from "../../../src/schema/index.ts";
import { loadCatalog } from "../../../src/schema/index.ts";

const root = join(import.meta.dirname, "../../..");

/** Shows filters that are wrong, on purpose. */
const ON_PURPOSE = new Set(["docs/filter-check.md"]);

/** The filters on command lines in texts for users. */
function filtersIn(file: string): (readonly [file: string, language: "xquery" | "xpath", text: string])[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/--(xquery|xpath) '([^']+)'/g)].map(
    ([, language, filter]) => [file, language as "xquery" | "xpath", filter!] as const,
  );
}

const FILES = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(root, "src/cli/commands"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `src/cli/commands/${name.replaceAll("\\", "/")}`),
].filter((file) => !ON_PURPOSE.has(file));

const FILTERS = FILES.flatMap(filtersIn);

describe("the filters that users are shown", () => {
  let catalog: Catalog;

  beforeAll(async () => {
    catalog = await loadCatalog({ directories: [join(root, "schemas/events")] });
  });

  it("are found", () => {
    expect(FILTERS.length).toBeGreaterThan(5);
  });

  it.each(FILTERS)("in %s have nothing against them (%s): %s", (_, language, text) => {
    expect(compileFilter(text, { catalog, language }).warnings).toEqual([]);
  });

  it("that Clacks documents has nothing against it, and matches its type", () => {
    const seed = `
      declare namespace f='http://www.gonicus.de/Events';
      let $e := ./f:Event
      return $e/f:PhoneStatus`;
    expect(compileFilter(seed, { catalog })).toMatchObject({ warnings: [], eventTypes: ["PhoneStatus"] });
  });
});
