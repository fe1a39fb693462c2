import { describe, expect, it } from "vitest";
import { documentName, internName, sameName } from "../../src/xml/index.ts";

describe("an expanded name", () => {
  it("is one object for schemas, filters and documents", () => {
    const name = internName("urn:one-object", "Name");
    expect(internName("urn:one-object", "Name")).toBe(name);
    expect(documentName("urn:one-object", "Name")).toBe(name);
    expect(name.interned).toBe(true);
  });

  it("is written in Clark notation", () => {
    expect([internName("urn:u", "a"), internName("", "a")].map(String)).toEqual(["{urn:u}a", "a"]);
  });

  it("is not kept when a document makes it long, and still equals itself", () => {
    const [first, second] = [documentName("u".repeat(300), "a"), documentName("u".repeat(300), "a")];
    expect([first.interned, second.interned]).toEqual([false, false]);
    expect(first).not.toBe(second);
    expect(sameName(first, second)).toBe(true);
    expect(sameName(first, documentName("u".repeat(300), "b"))).toBe(false);
    expect(sameName(first, documentName("u".repeat(301), "a"))).toBe(false);
  });

  it("differs by namespace and by local name", () => {
    const name = internName("urn:u", "a");
    expect(sameName(name, internName("urn:v", "a"))).toBe(false);
    expect(sameName(name, internName("urn:u", "b"))).toBe(false);
    expect(sameName(name, internName("urn:u", "a"))).toBe(true);
  });

  it("is kept for documents only up to a bound, for the program beyond it", () => {
    const names = Array.from({ length: 70_000 }, (_, i) => documentName("urn:flood", `a${i}`));
    expect(names.filter((name) => name.interned).length).toBeLessThanOrEqual(65_536);
    const last = names.at(-1)!;
    expect(last.interned).toBe(false);
    expect(sameName(last, documentName("urn:flood", "a69999"))).toBe(true);
    expect(internName("urn:flood", "a69999").interned).toBe(true);
    expect(sameName(last, internName("urn:flood", "a69999"))).toBe(true);
  });
});
