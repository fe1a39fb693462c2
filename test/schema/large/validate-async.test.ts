import { rmSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { parseXml } from "../../../src/xml/index.ts";
import type { Catalog } from "../../../src/schema/index.ts";
import { catalogOf, catalogWith, event, eventXsd, folderWith, xsd } from "../harness.ts";

const SOME = `<xs:element name="n" type="xs:int" maxOccurs="unbounded"/>`;

/** A list with so many items, the last one as given. */
function list(items: number, last: string): string {
  return event(`<A>${"<n>1</n>".repeat(items)}\n<n>${last}</n></A>`);
}

describe("validateAsync", () => {
  let catalog: Catalog;
  beforeAll(async () => {
    catalog = await catalogWith({ "A.xsd": eventXsd("A", SOME) }, { maxInlineBytes: 1000 });
  });

  it.each([
    ["a small document", list(1, "1")],
    ["a small document with a mistake", list(1, "x")],
    ["a large document", list(5_000, "1")],
    ["a large document with a mistake", list(5_000, "x")],
    ["a large document with a DOCTYPE", `<!DOCTYPE Event>${list(5_000, "1")}`],
    ["a large document that is not well-formed", list(5_000, "1").replace("</A>", "</B>")],
    [
      "a large document with another root",
      list(5_000, "1").replaceAll("Event ", "Envelope ").replaceAll("/Event>", "/Envelope>"),
    ],
    ["a large document with an unknown event", list(5_000, "1").replaceAll("A>", "B>")],
  ])("answers like validate for %s, as bytes, text, tree and event", async (_, text) => {
    const expected = catalog.validate(text);
    const bytes = Buffer.from(text);
    expect(await catalog.validateAsync(text)).toEqual(expected);
    expect(await catalog.validateAsync(bytes)).toEqual(expected);
    expect(await catalog.validateAsync({ bytes })).toEqual(expected);
    expect(await catalog.validateAsync(Buffer.from(`\ufeff${text}`, "utf16le"))).toEqual(expected);
    if (expected.every(({ path }) => path !== "/"))
      expect(await catalog.validateAsync(parseXml(text))).toEqual(expected);
  });

  it("applies the catalog's limits to a large document, and not to a tree that was read with others", async () => {
    const limited = await catalogWith(
      { "A.xsd": eventXsd("A", SOME) },
      { maxInlineBytes: 100, limits: { maxBytes: 200 } },
    );
    const text = list(100, "1");
    expect(await limited.validateAsync(Buffer.from(text))).toMatchObject([{ code: "xqbus:limit-exceeded" }]);
    expect(await limited.validateAsync(parseXml(text))).toEqual([]);
  });

  it("needs no file any more", async () => {
    const types = xsd(`<xs:simpleType name="N"><xs:restriction base="xs:int"/></xs:simpleType>`, "");
    const include = `<xs:include schemaLocation="parts/n.xsd"/>`;
    const a = eventXsd("A", SOME.replace("xs:int", "e:N")).replace("\n", `\n${include}`);
    const folder = folderWith({ "A.xsd": a, "parts/n.xsd": types });
    const loaded = await catalogOf(folder, { maxInlineBytes: 1000 });
    expect(loaded.problems).toEqual([]);
    rmSync(folder, { recursive: true });
    expect(await loaded.validateAsync(list(500, "1"))).toEqual([]);
    expect(await loaded.validateAsync(list(500, "x"))).toEqual(loaded.validate(list(500, "x")));
  });

  it("leaves the event loop free while a large document is judged", async () => {
    const loaded = await catalogWith({ "A.xsd": eventXsd("A", SOME) });
    const text = Buffer.from(list(60_000, "x"));
    await loaded.validateAsync(text);
    let turns = 0;
    const count = (): void => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    expect(await loaded.validateAsync(text)).toHaveLength(1);
    clearImmediate(timer);
    expect(turns).toBeGreaterThan(10);
  });

  it("can be limited in time and given up", async () => {
    const loaded = await catalogWith({ "A.xsd": eventXsd("A", SOME) });
    const text = Buffer.from(list(60_000, "1"));
    await expect(loaded.validateAsync(text, { timeoutMs: 1 })).rejects.toMatchObject({ code: "xqbus:timeout" });
    await expect(loaded.validateAsync(text, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "xqbus:aborted",
    });
  });

  it("finishes what it was given before the catalog is closed", async () => {
    const loaded = await catalogWith({ "A.xsd": eventXsd("A", SOME) }, { maxInlineBytes: 1000 });
    const given = loaded.validateAsync(list(500, "1"));
    loaded.close();
    expect(await given).toEqual([]);
    await expect(loaded.validateAsync(list(500, "1"))).rejects.toMatchObject({ code: "xqbus:already-closed" });
  });
});
