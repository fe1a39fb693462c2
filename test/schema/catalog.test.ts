import { describe, expect, it } from "vitest";
import { Generation, type ValidationEngine } from "../../src/schema/generation.ts";
import { compileWhatWorks } from "../../src/schema/assemble/compile.ts";
import { resolveCatalogOptions } from "../../src/schema/catalog-options.ts";
import { Libxml2, type EngineResult } from "../../src/schema/engine/libxml2.ts";
import { loadCatalog } from "../../src/schema/index.ts";
import { loadSources, shippedEnvelope } from "../../src/schema/sources/load-sources.ts";
import { parseXml } from "../../src/xml/index.ts";
import { catalogWith, event, eventXsd, folderWith } from "./harness.ts";

const VALID = event("<A><Id>1</Id></A>");

describe("validate", () => {
  it("takes bytes, text, a tree, and an event with its bytes", async () => {
    const catalog = await catalogWith({ "A.xsd": eventXsd("A") });
    const bytes = Buffer.from(VALID);
    for (const document of [bytes, VALID, parseXml(VALID), { bytes }, { bytes, document: parseXml(VALID) }]) {
      expect(catalog.validate(document)).toEqual([]);
    }
    const invalid = Buffer.from(event("<A/>"));
    for (const document of [invalid, invalid.toString(), parseXml(invalid), { bytes: invalid }]) {
      expect(catalog.validate(document)).toMatchObject([{ path: "/Event/A" }]);
    }
  });

  it.each([
    ["not well-formed", "<Event>\n  <A></Event>", "xqbus:not-well-formed", 2, 6],
    ["empty", "", "xqbus:not-well-formed", 1, 1],
    ["with a DOCTYPE", `<!DOCTYPE Event SYSTEM "file:///etc/passwd"><Event/>`, "xqbus:doctype-refused", 1, 1],
    [
      "in an unknown encoding",
      Buffer.from(`<?xml version="1.0" encoding="x"?><Event/>`),
      "xqbus:unsupported-encoding",
      1,
      31,
    ],
    ["with bytes that are not UTF-8", Buffer.from([0x3c, 0x61, 0xff]), "xqbus:not-well-formed", 1, 3],
    ["nested too deeply", "<a>".repeat(300), "xqbus:limit-exceeded", 1, 601],
  ] as const)("has exactly one problem for a document that is %s", async (_, document, code, line, column) => {
    const catalog = await catalogWith({ "A.xsd": eventXsd("A") });
    expect(catalog.validate(document)).toEqual([
      { path: "/", line, column, code, message: expect.stringMatching(/./) as string },
    ]);
  });

  it.each([
    [undefined, "of type undefined"],
    [null, "null"],
    [42, "of type number"],
    [{}, "of type object"],
  ])("refuses %j, which is no document", async (value, found) => {
    const catalog = await catalogWith({ "A.xsd": eventXsd("A") });
    const refused = expect.objectContaining({
      code: "xqbus:illegal-argument",
      message: `the document is ${found}; expected bytes, a string, a document of parseXml, or an event`,
    }) as Error;
    expect(() => catalog.validate(value as never)).toThrow(refused);
    await expect(catalog.validateAsync(value as never)).rejects.toThrow(refused);
  });

  it("keeps to the limits it was given", async () => {
    const catalog = await catalogWith({ "A.xsd": eventXsd("A") }, { limits: { maxBytes: 50 } });
    expect(catalog.validate(VALID)).toMatchObject([{ code: "xqbus:limit-exceeded" }]);
  });

  it.each(["utf8", "utf16le", "latin1"] as const)(
    "reads %s documents, and strings whatever they declare",
    async (encoding) => {
      const name = { utf8: "UTF-8", utf16le: "UTF-16", latin1: "ISO-8859-1" }[encoding];
      const text = `<?xml version="1.0" encoding="${name}"?>${event("<A><Id>é</Id></A>")}`;
      const catalog = await catalogWith({
        "A.xsd": eventXsd(
          "A",
          `<xs:element name="Id"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="é"/></xs:restriction></xs:simpleType></xs:element>`,
        ),
      });
      const bytes = Buffer.from(encoding === "utf16le" ? `\uFEFF${text}` : text, encoding);
      expect(catalog.validate(bytes)).toEqual([]);
      expect(catalog.validate(text)).toEqual([]);
    },
  );

  it("does not trust the engine blindly: what it cannot parse is not valid, though our parser can", async () => {
    const catalog = await catalogWith(
      { "A.xsd": eventXsd("A", `<xs:any processContents="skip"/>`) },
      { limits: { maxDepth: 1000 } },
    );
    const document = event(`<A>${"<n>".repeat(300)}${"</n>".repeat(300)}</A>`);
    expect(catalog.validate(document)).toEqual([
      {
        path: "/",
        line: 1,
        column: expect.any(Number) as number,
        code: "xqbus:not-well-formed",
        message: expect.stringContaining("depth") as string,
      },
    ]);
    expect(catalog.validate(event("<A><n/></A>"))).toEqual([]);
  });
});

describe("close", () => {
  it("frees the catalog once; later calls say so", async () => {
    const catalog = await loadCatalog({ directories: [folderWith({ "A.xsd": eventXsd("A") })] });
    catalog.close();
    catalog.close();
    const closed = expect.objectContaining({ code: "xqbus:already-closed", message: "the catalog is closed" }) as Error;
    expect(() => catalog.validate(VALID)).toThrow(closed);
    expect(() => catalog.describe("A")).toThrow(closed);
    expect(catalog.eventNames).toEqual(["A"]);
  });

  it("comes by itself at the end of a block", async () => {
    let outer;
    {
      using catalog = await loadCatalog({ directories: [folderWith({ "A.xsd": eventXsd("A") })] });
      outer = catalog;
      expect(catalog.validate(VALID)).toEqual([]);
    }
    expect(() => outer.validate(VALID)).toThrow("the catalog is closed");
  });
});

describe("an engine that fails", () => {
  const options = resolveCatalogOptions({ directories: [folderWith({ "A.xsd": eventXsd("A") })] });

  async function catalogOver(
    broken: Pick<ValidationEngine, "crashed"> & { result: EngineResult },
    startEngine = (): Promise<ValidationEngine> => Libxml2.load({ maxErrors: 10 }),
  ): Promise<Generation> {
    const engine = await Libxml2.load({ maxErrors: 10 });
    const { namespace, compileTimeoutMs } = options;
    const shipped = shippedEnvelope(namespace);
    const schema = await compileWhatWorks(engine, loadSources(options), { shipped, namespace, compileTimeoutMs });
    engine.close();
    const { crashed, result } = broken;
    return new Generation(
      schema,
      { crashed, compile: () => [], validate: () => result, close: () => {} },
      { start: startEngine, giveBack: (given) => given.close() },
      options,
    );
  }

  const failure = { verdict: "internal-error", errors: [] } as const;
  const problem = {
    path: "/",
    line: 1,
    column: 1,
    code: "xqbus:internal",
    message: "the validation engine could not judge the document, which therefore counts as invalid",
  };

  it("makes the document invalid", async () => {
    const catalog = await catalogOver({ crashed: false, result: failure });
    expect(catalog.validate(VALID)).toEqual([problem]);
    const error = { code: 1, message: "out of luck", line: 3, column: 0 };
    const explained = await catalogOver({ crashed: false, result: { ...failure, errors: [error] } });
    expect(explained.validate(VALID)).toEqual([{ ...problem, line: 3, message: `${problem.message}: out of luck` }]);
  });

  it("is replaced by a new one after a crash", async () => {
    const catalog = await catalogOver({ crashed: true, result: failure });
    expect(catalog.validate(VALID)).toEqual([problem]);
    await expect.poll(() => catalog.validate(VALID)).toEqual([]);
    catalog.close();
  });

  it("is not replaced when no new one can be made, and every document stays invalid", async () => {
    const failing = (): Promise<ValidationEngine> => Promise.reject(new Error("no memory"));
    const catalog = await catalogOver({ crashed: true, result: failure }, failing);
    for (let i = 0; i < 3; i++) {
      expect(catalog.validate(VALID)).toEqual([problem]);
      await new Promise(setImmediate);
    }
  });

  it("is not replaced when the catalog was closed meanwhile", async () => {
    const engines: Libxml2[] = [];
    const start = async (): Promise<ValidationEngine> => {
      const engine = await Libxml2.load({ maxErrors: 10 });
      engines.push(engine);
      return engine;
    };
    const catalog = await catalogOver({ crashed: true, result: failure }, start);
    catalog.validate(VALID);
    catalog.close();
    await expect.poll(() => engines).toHaveLength(1);
    await new Promise(setImmediate);
    expect(() => engines[0]!.validate("<a/>")).toThrow("the validation engine is closed");
  });
});
