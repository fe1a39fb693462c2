import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";

const SCHEMAS = join(import.meta.dirname, "../../schemas/events");
const FIXTURES = join(import.meta.dirname, "../fixtures/events");

const files = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(FIXTURES, name)).map((file) => `${name}/${file}`))
  .filter((file) => file.endsWith(".xml"));

describe("the shipped schemas", () => {
  let catalog: Catalog;
  beforeAll(async () => {
    catalog = await loadCatalog({ directories: [SCHEMAS] });
  });
  afterAll(() => catalog.close());

  it("load without a problem and have fixtures for every event type", () => {
    expect(catalog.problems).toEqual([]);
    expect(catalog.eventNames).toEqual([...new Set(files.map((file) => file.split("/")[0]))]);
  });

  it.each(files.filter((file) => file.includes("/valid-")))("accept %s", (file) => {
    expect(catalog.validate(readFileSync(join(FIXTURES, file)))).toEqual([]);
  });

  it.each(files.filter((file) => file.includes("/invalid-")))("reject %s where it is wrong", (file) => {
    const bytes = readFileSync(join(FIXTURES, file));
    const [, path, code] = /<!-- expect: path=(\S+) code=(\S+) -->/.exec(bytes.toString("utf8")) ?? [];
    const problems = catalog.validate(bytes);
    expect(problems).toEqual([expect.objectContaining({ path, code })]);
    for (const problem of problems) {
      expect(problem.line).toBeGreaterThan(0);
      expect(problem.column).toBeGreaterThan(0);
      expect(problem.message).toMatch(/^[^\n]+[^.\n]$/);
    }
  });
});
