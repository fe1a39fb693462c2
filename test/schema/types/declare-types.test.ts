import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { beforeAll, describe, expect, it } from "vitest";
import type { Catalog } from "../../../src/schema/index.ts";
import { catalogWith } from "../harness.ts";
import { compilerProblems } from "./compiler-problems.ts";
import { CONSTRUCT_FILES } from "./construct-files.ts";

const here = import.meta.dirname;

describe("the types of a catalog with all constructs", () => {
  let catalog: Catalog;

  beforeAll(async () => {
    catalog = await catalogWith(CONSTRUCT_FILES);
    expect(catalog.problems).toEqual([]);
  });

  it("are those that the type tests are written against", async () => {
    const file = join(here, "construct-events.ts");
    const options = { ...(await resolveConfig(file)), filepath: file };
    // Written anew by vitest run -u.
    await expect(await format(catalog.declareTypes(), options)).toMatchFileSnapshot(file);
  });

  it("compile without anything else, as declarations too", () => {
    const declarations = catalog.declareTypes();
    expect(compilerProblems({ "events.d.ts": declarations })).toEqual([]);
    expect(compilerProblems({ "events.ts": declarations })).toEqual([]);
  });

  it.each([
    ["strict", {}],
    ["with all checks", { noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true }],
  ])("accept what is right and refuse what is wrong, %s", (_, options) => {
    const usage = readFileSync(join(here, "construct-usage.ts"), "utf8").replace(
      "./construct-events.ts",
      "./declared.d.ts",
    );
    const files = { "declared.d.ts": catalog.declareTypes(), "usage.ts": usage };
    expect(compilerProblems(files, options)).toEqual([]);
  });

  it("are the same each time", async () => {
    const again = await catalogWith(CONSTRUCT_FILES);
    expect(again.declareTypes()).toBe(catalog.declareTypes());
  });
});
