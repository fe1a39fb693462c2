import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { eventXsd, folderWith } from "../harness.ts";

const PACKAGE = pathToFileURL(join(import.meta.dirname, "../../../dist/index.js")).href;

/** In a process of its own: edits a file, reloads, validates, and tells how memory grew after a warm-up. */
const RELOAD_MANY = `
  import { readFileSync, writeFileSync } from "node:fs";
  import { loadCatalog } from ${JSON.stringify(PACKAGE)};
  const [file, folder, warmUp, count] = process.argv.slice(1);
  const catalog = await loadCatalog({ directories: [folder] });
  const watcher = catalog.watch({ usePolling: true, pollMs: 100_000_000 });
  const text = readFileSync(file, "utf8");
  let reloads = 0;
  const run = async (times) => {
    for (let i = 0; i < times; i++) {
      // Every fifth edit is a broken one.
      writeFileSync(file, i % 5 === 4 ? "<" : text.replaceAll("Id", "Id" + i));
      if ((await watcher.reload()).hasChanged) reloads++;
      catalog.validate(catalog.sample("A"));
    }
    gc();
    await new Promise((done) => setTimeout(done, 100));
    gc();
    return process.memoryUsage();
  };
  const before = await run(Number(warmUp));
  const after = await run(Number(count));
  console.log(JSON.stringify({ reloads, rss: after.rss - before.rss, heap: after.heapUsed - before.heapUsed, external: after.external - before.external }));
`;

describe("memory", () => {
  // An engine that is not freed is 16 MB, 3 GB in all; the texts of a generation that is kept are little, its components are not.
  it("does not grow with 200 reloads", () => {
    const folder = folderWith({ "A.xsd": eventXsd("A"), "B.xsd": eventXsd("B") });
    const args = ["--expose-gc", "--input-type=module", "-e", RELOAD_MANY, `${folder}/A.xsd`, folder, "50", "200"];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 300_000 });
    expect(stderr).toBe("");
    const growth = JSON.parse(stdout) as Readonly<Record<"reloads" | "rss" | "heap" | "external", number>>;
    expect(growth.reloads).toBe(250);
    expect(growth.rss).toBeLessThan(100_000_000);
    expect(growth.heap).toBeLessThan(3_000_000);
    expect(growth.external).toBeLessThan(3_000_000);
  }, 300_000);
});
