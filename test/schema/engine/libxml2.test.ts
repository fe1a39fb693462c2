import loadModule from "libxml2-wasm/lib/libxml2raw.mjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Libxml2, type EngineError } from "../../../src/schema/engine/libxml2.ts";

const SCHEMA = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:e" xmlns:e="urn:e" elementFormDefault="qualified">
<xs:include schemaLocation="mem:/b.xsd"/>
<xs:element name="r"><xs:complexType><xs:sequence><xs:element name="a" type="e:T" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>`;

const INCLUDED = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:e">
<xs:simpleType name="T"><xs:restriction base="xs:decimal"><xs:maxInclusive value="9"/></xs:restriction></xs:simpleType>
</xs:schema>`;

const DOCUMENTS = new Map([
  ["mem:/a.xsd", SCHEMA],
  ["mem:/b.xsd", INCLUDED],
]);

const FLAWLESS = { verdict: "valid", errors: [], isClean: true };

/** What an error says apart from the fields that it does not have. */
function given(error: EngineError | undefined): Partial<EngineError> {
  return Object.fromEntries(Object.entries(error ?? {}).filter(([, value]) => value !== undefined));
}

describe("the internal module of libxml2-wasm", () => {
  it("has the functions that the engine calls", async () => {
    const module = await loadModule();
    for (const name of [
      "_free",
      "_malloc",
      "_xmlCleanupInputCallbacks",
      "_xmlCtxtReadMemory",
      "_xmlCtxtSetErrorHandler",
      "_xmlFreeDoc",
      "_xmlFreeParserCtxt",
      "_xmlGetNodePath",
      "_xmlInitParser",
      "_xmlNewParserCtxt",
      "_xmlRegisterInputCallbacks",
      "_xmlSchemaFree",
      "_xmlSchemaFreeParserCtxt",
      "_xmlSchemaFreeValidCtxt",
      "_xmlSchemaNewDocParserCtxt",
      "_xmlSchemaNewValidCtxt",
      "_xmlSchemaParse",
      "_xmlSchemaSetParserStructuredErrors",
      "_xmlSchemaSetValidStructuredErrors",
      "_xmlSchemaValidateDoc",
      "UTF8ToString",
      "addFunction",
      "getValue",
      "lengthBytesUTF8",
      "removeFunction",
      "stringToUTF8",
    ]) {
      expect((module as unknown as Record<string, unknown>)[name], name).toBeTypeOf("function");
    }
    expect(module.HEAPU8).toBeInstanceOf(Uint8Array);
  });

  it("makes an instance of its own each time", async () => {
    const [one, other] = [await loadModule(), await loadModule()];
    expect(one.HEAPU8.buffer).not.toBe(other.HEAPU8.buffer);
  });
});

describe("the engine", () => {
  let engine: Libxml2;
  beforeAll(async () => {
    engine = await Libxml2.load({ maxErrors: 3 });
    expect(engine.compile(DOCUMENTS, "mem:/a.xsd")).toEqual([]);
  });
  afterAll(() => engine.close());

  it("accepts a valid document", () => {
    expect(engine.validate(`<r xmlns="urn:e"><a>1</a></r>`)).toEqual(FLAWLESS);
  });

  it.each([
    ["", 1],
    [`<?xml version="1.0" encoding="UTF-8"?>`, 1],
    [`<?xml version="1.0" encoding="UTF-8"?>\n`, 2],
    [`<?xml version="1.0" encoding="UTF-16"?>\n\n`, 3],
    [`<?xml\nversion="1.0"\nencoding="UTF-8"\n?>`, 4],
    [`<?xml version="1.0" encoding="${"x".repeat(300)}"?>`, 1],
  ])("takes bytes of UTF-8 like text, behind %j too", (declaration, line) => {
    const document = (value: string): string => `${declaration}<r xmlns="urn:e"><a>${value}</a></r>`;
    for (const input of [document("1"), Buffer.from(document("1")), new TextEncoder().encode(document("1"))])
      expect(engine.validate(input).verdict).toBe("valid");
    const onText = engine.validate(document("é"));
    expect(engine.validate(Buffer.from(document("é")))).toEqual(onText);
    expect(onText.errors[0]).toMatchObject({ value: "é", line });
  });

  it("reads code, message, line, node path, value and limit of an error out of libxml2's structure", () => {
    const { verdict, errors } = engine.validate(`<r xmlns="urn:e">\n<a>1</a>\n<a>12</a></r>`);
    expect(verdict).toBe("invalid");
    expect(errors.map(given)).toEqual([
      {
        code: 1834,
        message: `Element '{urn:e}a': [facet 'maxInclusive'] The value '12' is greater than the maximum value allowed ('9').`,
        line: 3,
        column: 0,
        nodePath: "/*/*[2]",
        value: "12",
        limit: "9",
      },
    ]);
  });

  it("reads the column of an error of well-formedness", () => {
    const { verdict, errors } = engine.validate(`<r xmlns="urn:e">\n<a></b></r>`);
    expect(verdict).toBe("not-well-formed");
    expect(given(errors[0])).toMatchObject({ code: 76, line: 2, column: 8 });
  });

  it("reads the file and line of an error in a schema, and keeps the schema it had", () => {
    const broken = new Map([...DOCUMENTS, ["mem:/b.xsd", INCLUDED.replace("xs:decimal", "xs:nope")]]);
    const errors = engine.compile(broken, "mem:/a.xsd");
    expect(given(errors[0])).toMatchObject({ code: 3004, file: "mem:/b.xsd", line: 2 });
    expect(engine.validate(`<r xmlns="urn:e"><a>1</a></r>`).verdict).toBe("valid");
  });

  it("keeps as many errors as it was told", () => {
    const { verdict, errors } = engine.validate(`<r xmlns="urn:e">${"<a>x</a>".repeat(10)}</r>`);
    expect(verdict).toBe("invalid");
    expect(errors).toHaveLength(3);
  });

  it.each([
    ["a warning", `<r xmlns="urn:e"><?xml-like?><a>1</a></r>`],
    ["a mistake in namespaces", `<r xmlns="urn:e"><?p:q?><a>1</a></r>`],
  ])("lists no error for %s, but tells that there was something", (_, text) => {
    expect(engine.validate(text)).toEqual({ ...FLAWLESS, isClean: false });
    expect(engine.validate(`<r xmlns="urn:e"><a>1</a></r>`)).toEqual(FLAWLESS);
  });

  it("does not keep the names of all documents", () => {
    const nameless = (name: string): string => `<r xmlns="urn:e"><${name}>1</${name}></r>`;
    for (let i = 0; i < 20_000; i++) engine.validate(nameless(`name-${i}`));
    const before = engine.memoryBytes;
    for (let i = 20_000; i < 200_000; i++) engine.validate(nameless(`name-${i}`));
    expect(engine.memoryBytes).toBe(before);
  });

  it.each(["ISO-8859-1", "UTF-16", "no-such-encoding"])(
    "takes text as it is, even if it claims to be %s",
    (encoding) => {
      const text = `<?xml version="1.0" encoding="${encoding}"?><r xmlns="urn:e"><a>é</a></r>`;
      expect(engine.validate(text).errors[0]?.value).toBe("é");
    },
  );

  it.each(["file:///etc/hostname", "http://127.0.0.1:1/x.xsd", "/etc/hostname", "mem:/other.xsd"])(
    "opens nothing but the documents it was given: not %s",
    (url) => {
      const documents = new Map([["mem:/a.xsd", SCHEMA.replace("mem:/b.xsd", url)]]);
      expect(given(engine.compile(documents, "mem:/a.xsd")[0])).toMatchObject({ code: 3050 });
    },
  );

  it("grows with a large document and judges small ones afterwards", () => {
    const large = `<r xmlns="urn:e">${"<a>1</a>".repeat(200_000)}</r>`;
    expect(engine.validate(large).verdict).toBe("valid");
    expect(engine.validate(`<r xmlns="urn:e"><a>€</a></r>`).errors[0]?.value).toBe("€");
  });

  it("is closed once and for all", async () => {
    const closed = await Libxml2.load({ maxErrors: 1 });
    closed.compile(DOCUMENTS, "mem:/a.xsd");
    closed.close();
    closed.close();
    expect(() => closed.validate("<r/>")).toThrow(expect.objectContaining({ code: "xqbus:already-closed" }));
    expect(() => closed.compile(DOCUMENTS, "mem:/a.xsd")).toThrow("the validation engine is closed");
  });

  it("cannot validate before it has a schema", async () => {
    const empty = await Libxml2.load({ maxErrors: 1 });
    expect(() => empty.validate("<r/>")).toThrow("validate was called before a schema was compiled");
    empty.close();
  });
});
