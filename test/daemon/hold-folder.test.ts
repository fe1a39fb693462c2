import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderHolder, holdFolder } from "../../src/daemon/index.ts";

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "xqbus-hold-"));
});

afterAll(() => rmSync(root, { recursive: true }));

function folder(): { readonly path: string; readonly lock: string } {
  const path = mkdtempSync(join(root, "data-"));
  return { path, lock: join(path, "serve.pid") };
}

describe("a folder that a process holds", () => {
  it("is held by one at a time, and free afterwards", async () => {
    const { path, lock } = folder();
    const held = await holdFolder(path);
    expect(await folderHolder(path)).toBe(process.pid);
    await expect(holdFolder(path)).rejects.toMatchObject({
      code: "xqbus:unreadable",
      message: `the folder ${path} is used by process ${process.pid}; end it or name another folder (if that is no xqbus, remove ${lock})`,
    });
    await held[Symbol.asyncDispose]();
    expect(existsSync(lock)).toBe(false);
    expect(await folderHolder(path)).toBeUndefined();
  });

  it("is free when the process was killed and another one has its number since, as in a container", async () => {
    const { path, lock } = folder();
    writeFileSync(lock, `${process.pid} 1`);
    expect(await folderHolder(path)).toBeUndefined();
    await using held = await holdFolder(path);
    expect(held.path).toBe(path);
    expect(readFileSync(lock, "utf8")).not.toBe(`${process.pid} 1`);
  });

  it("is held by a process of an earlier release, which gives its number only", async () => {
    const { path, lock } = folder();
    writeFileSync(lock, String(process.pid));
    expect(await folderHolder(path)).toBe(process.pid);
    await expect(holdFolder(path)).rejects.toMatchObject({ code: "xqbus:unreadable" });
  });
});
