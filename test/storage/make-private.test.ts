import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePrivate } from "../../src/storage/index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.skipIf(process.platform === "win32")("a private file", () => {
  const rights = (path: string): number => statSync(path).mode & 0o777;

  it("is made for its owner alone", async () => {
    const path = join(folder, "new.db");
    await makePrivate(path);
    expect(rights(path)).toBe(0o600);
  });

  it("keeps its content when it is there, and others lose their rights", async () => {
    const path = join(folder, "old.db");
    writeFileSync(path, "content", { mode: 0o644 });
    await makePrivate(path);
    expect([rights(path), readFileSync(path, "utf8")]).toEqual([0o600, "content"]);
  });

  it("needs a folder", async () => {
    await expect(makePrivate(join(folder, "nowhere", "new.db"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});
