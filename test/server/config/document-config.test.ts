import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configTables } from "../../../src/server/index.ts";

describe("docs/daemon.md", () => {
  it("has the tables of all settings as they are", () => {
    const page = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "daemon.md"), "utf8");
    for (const section of configTables().split(/(?=^### )/m)) expect(page).toContain(section.trim());
  });
});
