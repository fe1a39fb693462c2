import { describe, expect, it } from "vitest";
import { Libxml2 } from "../../src/schema/engine/libxml2.ts";
import { catalogWith, event, eventXsd } from "./harness.ts";

describe("memory", () => {
  it("of the engine does not grow with the number of documents, valid or not", async () => {
    const engine = await Libxml2.load({ maxErrors: 100 });
    const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="xs:int"/></xs:schema>`;
    expect(engine.compile(new Map([["mem:/a.xsd", schema]]), "mem:/a.xsd")).toEqual([]);
    const round = (): void => {
      for (const text of ["<a>1</a>", "<a>x</a>", "<b/>", "<a>", "<a><b/></a>"]) engine.validate(text);
    };
    for (let i = 0; i < 2_000; i++) round();
    const before = engine.memoryBytes;
    for (let i = 0; i < 20_000; i++) round();
    expect(engine.memoryBytes).toBe(before);
    engine.close();
  });

  it("of the engine does not grow with the number of schemas, compiled or not", async () => {
    const engine = await Libxml2.load({ maxErrors: 100 });
    const compile = (type: string): number => {
      const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="${type}"/></xs:schema>`;
      return engine.compile(new Map([["mem:/a.xsd", schema]]), "mem:/a.xsd").length;
    };
    const round = (): void => {
      expect(compile("xs:int")).toBe(0);
      expect(compile("xs:nope")).toBe(1);
      expect(compile("<")).toBeGreaterThan(0);
    };
    for (let i = 0; i < 200; i++) round();
    const before = engine.memoryBytes;
    for (let i = 0; i < 2_000; i++) round();
    expect(engine.memoryBytes).toBe(before);
    engine.close();
  });

  it("and answer stay bounded for a document with 100 000 mistakes", async () => {
    const catalog = await catalogWith({
      "A.xsd": eventXsd("A", `<xs:element name="n" type="xs:int" maxOccurs="unbounded"/>`),
    });
    const document = event(`<A>${"<n>x</n>".repeat(100_000)}</A>`);
    const problems = catalog.validate(document);
    expect(problems).toHaveLength(100);
    expect(problems[99]).toMatchObject({ path: "/Event/A/n[100]", code: "cvc-datatype-valid.1.2.1" });

    const few = await catalogWith({ "A.xsd": eventXsd("A") }, { maxProblems: 1 });
    expect(few.validate(event(`<A x="1" y="2"/>`))).toHaveLength(1);
  });
});
