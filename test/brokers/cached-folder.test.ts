import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { brokerCache, cachedFolder } from "./cached-folder.ts";

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "xqbus-cache-"));
});

afterEach(() => {
  rmSync(cache, { recursive: true });
});

describe("the cache of the brokers", () => {
  it.each([
    {
      title: "is where XQBUS_BROKER_CACHE says",
      env: { XQBUS_BROKER_CACHE: "/a", XDG_CACHE_HOME: "/b" },
      expected: /^\/a$/,
    },
    { title: "is in XDG_CACHE_HOME", env: { XDG_CACHE_HOME: "/b" }, expected: /^\/b\/xqbus-test-brokers$/ },
    { title: "is in the home folder otherwise", env: {}, expected: /\/\.cache\/xqbus-test-brokers$/ },
  ])("$title", ({ env, expected }) => {
    expect(brokerCache(env)).toMatch(expected);
  });
});

describe("a folder of the cache", () => {
  it("is filled once for any number of askers, and nobody gets it half full", async () => {
    let fillings = 0;
    const fill = async (folder: string): Promise<void> => {
      fillings++;
      writeFileSync(join(folder, "first"), "");
      await sleep(50);
      writeFileSync(join(folder, "second"), "");
    };
    const contents = await Promise.all(
      Array.from({ length: 5 }, async () => readdirSync(await cachedFolder("jars", fill, cache)).sort()),
    );
    expect(contents).toEqual(Array.from({ length: 5 }, () => ["first", "second"]));
    expect(fillings).toBe(1);
    expect(readdirSync(cache)).toEqual(["jars"]);
  });

  it("is not there after filling it failed, and can be filled later", async () => {
    const failing = cachedFolder("jars", () => Promise.reject(new Error("no network")), cache);
    await expect(failing).rejects.toThrow("no network");
    expect(readdirSync(cache)).toEqual([]);
    expect(existsSync(await cachedFolder("jars", () => Promise.resolve(), cache))).toBe(true);
  });

  it("does not wait for a process that died while it filled the folder", async () => {
    const lock = join(cache, "jars.lock");
    const minuteAgo = new Date(Date.now() - 60_000);
    mkdirSync(lock);
    utimesSync(lock, minuteAgo, minuteAgo);
    expect(existsSync(await cachedFolder("jars", () => Promise.resolve(), cache))).toBe(true);
    expect(existsSync(lock)).toBe(false);
  });
});
