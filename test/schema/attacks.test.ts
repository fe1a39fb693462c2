import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Catalog } from "../../src/schema/index.ts";
import { EVENTS, catalogWith, eventXsd, folderWith, xsd } from "./harness.ts";

/** User and system CPU time that one document may cost; the worst of them takes less than a twentieth on a slow machine. */
const MAX_CPU_US = 10_000_000;
/** What the process may hold more after a document than before. */
const MAX_MEMORY_BYTES = 512 * 1024 * 1024;

const SECRET = "the words of the sentinel file";
const XSI = "http://www.w3.org/2001/XMLSchema-instance";

/** An event A with this content, behind a prolog. */
function a(content: string, prolog = "", attributes = ""): string {
  return `${prolog}<Event xmlns="${EVENTS}"><A${attributes}>${content}</A></Event>`;
}

function doctype(declarations: string): string {
  return `<?xml version="1.0"?><!DOCTYPE Event ${declarations}>`;
}

/** Entities of which each refers ten times to the one before. */
const LAUGHS = Array.from(
  { length: 10 },
  (_, i) => `<!ENTITY l${i} "${i === 0 ? "ha" : `&l${i - 1};`.repeat(10)}">`,
).join("");

describe("a document that attacks the catalog", () => {
  let server: Server;
  let requests = 0;
  let http: string;
  let sentinel: string;
  let sentinelUrl: string;
  let catalog: Catalog;
  let generous: Catalog;

  beforeAll(async () => {
    server = createServer((_, response) => {
      requests++;
      response.end(SECRET);
    });
    server.on("connection", () => requests++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    http = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    sentinel = join(
      folderWith({ "secret.txt": SECRET, "secret.dtd": `<!ENTITY x "${SECRET}">`, "A.xsd": xsd("") }),
      "secret.txt",
    );
    sentinelUrl = pathToFileURL(sentinel).href;
    const files = {
      "A.xsd": xsd(
        `<xs:element name="A"><xs:complexType mixed="true"><xs:choice minOccurs="0" maxOccurs="unbounded">` +
          `<xs:element name="n" type="xs:int"/><xs:element name="s" type="xs:string"/>` +
          `<xs:element name="p" type="e:P"/><xs:element ref="e:Nested"/></xs:choice>` +
          `<xs:attribute name="t" type="xs:string"/></xs:complexType></xs:element>` +
          `<xs:element name="Nested"><xs:complexType><xs:sequence><xs:element ref="e:Nested" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>` +
          `<xs:simpleType name="P"><xs:restriction base="xs:string"><xs:pattern value="(a+)+b"/></xs:restriction></xs:simpleType>`,
      ),
      "B.xsd": eventXsd("B"),
    };
    catalog = await catalogWith(files);
    generous = await catalogWith(files, {
      limits: { maxBytes: 256 * 1024 * 1024, maxDepth: Infinity, maxAttributes: Infinity, maxNameLength: Infinity },
    });
  });

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  /** Validates within the budgets; the codes of the problems, none of which tells the secret. */
  function codesOf(judge: Catalog, document: string | Uint8Array): readonly string[] {
    const before = process.memoryUsage().rss;
    const start = process.cpuUsage();
    const problems = judge.validate(document);
    const { user, system } = process.cpuUsage(start);
    expect(user + system).toBeLessThan(MAX_CPU_US);
    expect(process.memoryUsage().rss - before).toBeLessThan(MAX_MEMORY_BYTES);
    // maxProblems, and one that says how many more there are.
    expect(problems.length).toBeLessThanOrEqual(101);
    expect(JSON.stringify(problems)).not.toContain(SECRET);
    return problems.map(({ code }) => code);
  }

  describe("is refused for its DOCTYPE", () => {
    it.each([
      ["billion laughs in an element", () => a("&l9;", doctype(`[${LAUGHS}]`))],
      ["billion laughs in an attribute", () => a("", doctype(`[${LAUGHS}]`), ` t="&l9;"`)],
      ["quadratic blow-up", () => a("&x;".repeat(20_000), doctype(`[<!ENTITY x "${"x".repeat(20_000)}">]`))],
      ["an entity that contains itself", () => a("&x;", doctype(`[<!ENTITY x "&y;"><!ENTITY y "&x;">]`))],
      ["an external entity of a file", () => a("&x;", doctype(`[<!ENTITY x SYSTEM "${sentinelUrl}">]`))],
      ["an external entity of the network", () => a("&x;", doctype(`[<!ENTITY x SYSTEM "${http}/x">]`))],
      ["an external parameter entity", () => a("x", doctype(`[<!ENTITY % x SYSTEM "${http}/x"> %x;]`))],
      ["an external subset of a file", () => a("&x;", doctype(`SYSTEM "${sentinelUrl.replace(".txt", ".dtd")}"`))],
      ["an external subset of the network", () => a("x", doctype(`SYSTEM "${http}/x.dtd"`))],
      ["a public identifier", () => a("x", doctype(`PUBLIC "-//x//y" "${http}/x.dtd"`))],
      ["a default attribute", () => a("", doctype(`[<!ATTLIST A t CDATA "x">]`))],
    ])("%s", (_, document) => {
      for (const each of [document(), Buffer.from(document()), Buffer.from(`\ufeff${document()}`, "utf16le")])
        for (const judge of [catalog, generous]) expect(codesOf(judge, each)).toEqual(["xqbus:doctype-refused"]);
    });
  });

  describe("opens no file and no connection", () => {
    it.each([
      [
        "xsi:schemaLocation of the network",
        () => ` xmlns:i="${XSI}" i:schemaLocation="${EVENTS} ${http}/A.xsd urn:x ${http}/x.xsd"`,
      ],
      [
        "xsi:schemaLocation of a file",
        () => ` xmlns:i="${XSI}" i:schemaLocation="urn:x ${sentinelUrl} ${EVENTS} ${sentinel}"`,
      ],
      ["xsi:noNamespaceSchemaLocation", () => ` xmlns:i="${XSI}" i:noNamespaceSchemaLocation="${http}/x.xsd"`],
    ])("for %s", (_, attributes) => {
      for (const judge of [catalog, generous]) expect(codesOf(judge, a("<n>1</n>", "", attributes()))).toEqual([]);
    });

    it.each([
      ["a style sheet", () => `<?xml-stylesheet href="${http}/x.xsl" type="text/xsl"?>`],
      ["a schema model", () => `<?xml-model href="${sentinelUrl}"?>`],
    ])("for %s", (_, prolog) => {
      expect(codesOf(catalog, a("<n>1</n>", prolog()))).toEqual([]);
    });

    it("for XInclude", () => {
      const include = `<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="${sentinelUrl}" parse="text"/>`;
      expect(codesOf(catalog, a(include))).toEqual(["cvc-complex-type.2.4"]);
    });
  });

  const MiB = 1024 * 1024;
  describe("is bounded by the limits", () => {
    it.each<[string, () => string]>([
      ["an attribute of 50 MB", () => a("", "", ` t="${"x".repeat(50 * MiB)}"`)],
      ["a text of 100 MB", () => a(`<s>${"x".repeat(100 * MiB)}</s>`)],
      ["a comment of 50 MB", () => a(`<!--${"x".repeat(50 * MiB)}-->`)],
      ["300 000 attributes", () => a("", "", Array.from({ length: 300_000 }, (_, i) => ` a${i}=""`).join(""))],
      ["300 000 namespaces", () => a("", "", Array.from({ length: 300_000 }, (_, i) => ` xmlns:a${i}="u"`).join(""))],
      ["elements 100 000 deep", () => a("<Nested>".repeat(100_000) + "</Nested>".repeat(100_000))],
      ["elements 201 deep", () => a("<Nested>".repeat(199) + "</Nested>".repeat(199))],
      ["a name of 1 MB", () => a(`<${"x".repeat(MiB)}/>`)],
    ])("%s", (_, document) => {
      expect(codesOf(catalog, document())).toEqual(["xqbus:limit-exceeded"]);
      expect(codesOf(catalog, Buffer.from(document()))).toEqual(["xqbus:limit-exceeded"]);
    });
  });

  describe("is bounded by the engine where the limits are lifted", () => {
    it.each<[string, () => string, string]>([
      ["an attribute of 50 MB", () => a("", "", ` t="${"x".repeat(50 * MiB)}"`), "xqbus:not-well-formed"],
      ["a text of 100 MB", () => a(`<s>${"x".repeat(100 * MiB)}</s>`), "xqbus:not-well-formed"],
      ["elements 300 deep", () => a("<Nested>".repeat(300) + "</Nested>".repeat(300)), "xqbus:not-well-formed"],
      [
        "elements 100 000 deep",
        () => a("<Nested>".repeat(100_000) + "</Nested>".repeat(100_000)),
        "xqbus:not-well-formed",
      ],
    ])("%s", (_, document, code) => {
      expect(codesOf(generous, Buffer.from(document()))).toEqual([code]);
      expect(codesOf(generous, a("<n>1</n>"))).toEqual([]);
    });

    it("300 000 attributes", () => {
      const attributes = Array.from({ length: 300_000 }, (_, i) => ` a${i}=""`).join("");
      expect(codesOf(generous, a("", "", attributes))).toContain("cvc-complex-type.3.2.2");
    });
  });

  describe("costs no more than it should with", () => {
    it("100 000 mistakes", () => {
      expect(codesOf(catalog, a("<n>x</n>".repeat(100_000))).length).toBeGreaterThanOrEqual(100);
    });

    it("100 000 unknown elements", () => {
      expect(codesOf(catalog, a("<x/>".repeat(100_000))).length).toBeGreaterThan(0);
    });

    it.each([["aaaa".repeat(10)], ["a".repeat(5_000)], [`${"a".repeat(100_000)}c`]])(
      "a pattern that makes other engines go back and forth",
      (value) => {
        expect(codesOf(catalog, a(`<p>${value}</p>`))).toEqual(["cvc-pattern-valid"]);
        expect(codesOf(catalog, a(`<p>${value.replace("c", "")}b</p>`))).toEqual([]);
      },
    );

    it("100 000 different names", () => {
      const names = Array.from({ length: 100_000 }, (_, i) => `<name-${i}/>`).join("");
      expect(codesOf(catalog, a(names)).length).toBeGreaterThan(0);
    });
  });

  describe("is refused for its bytes", () => {
    const valid = a("<s>ä€𐀀</s>", `<?xml version="1.0" encoding="UTF-8"?>`);
    const latin1 = (text: string): Buffer => Buffer.from(a(`<s>${text}</s>`), "latin1");
    it.each<[string, string | Uint8Array]>([
      ["nothing", ""],
      ["no bytes", new Uint8Array()],
      ["white space", " \n"],
      ["NULs only", new Uint8Array(10_000)],
      ["a NUL in the text", a("<s>\0</s>")],
      ["a NUL and more behind the end", Buffer.from(`${valid}\0<evil/>`)],
      ["a NUL in the beginning", Buffer.from(`\0${valid}`)],
      ["a byte that UTF-8 does not have", latin1("\xff")],
      ["Latin-1 that says nothing of it", latin1("ä")],
      ["an overlong character", latin1("\xc0\xbc")],
      ["an overlong NUL", latin1("\xc0\x80")],
      ["a surrogate", latin1("\xed\xa0\x80")],
      ["a character beyond Unicode", latin1("\xf4\x90\x80\x80")],
      ["half a character", latin1("\xe2\x82")],
      ["U+FFFE", a("<s>\ufffe</s>")],
      ["an encoding it is not in", Buffer.from(valid.replace("UTF-8", "UTF-16"))],
      ["UTF-16 that claims to be UTF-8", Buffer.from(`\ufeff${valid}`, "utf16le")],
      ["UTF-16 cut in the middle of a character", Buffer.from(`\ufeff${a("")}`, "utf16le").subarray(0, -1)],
      ["a second root", `${valid}<evil/>`],
      ["text behind the root", `${valid}evil`],
    ])("%s", (_, document) => {
      for (const judge of [catalog, generous]) expect(codesOf(judge, document)).toEqual(["xqbus:not-well-formed"]);
    });

    it.each([
      ["UTF-7", Buffer.from(valid.replace("UTF-8", "UTF-7"))],
      ["UTF-32", Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x3c])],
      ["EBCDIC", Buffer.from([0x4c, 0x6f, 0xa7, 0x94])],
    ])("%s", (_, document) => {
      expect(codesOf(catalog, document)).toEqual(["xqbus:unsupported-encoding"]);
    });

    it("wherever it is cut", () => {
      const bytes = Buffer.from(valid);
      expect(codesOf(catalog, bytes)).toEqual([]);
      for (let length = 0; length < bytes.length; length++)
        expect(codesOf(catalog, bytes.subarray(0, length))).toEqual(["xqbus:not-well-formed"]);
    });

    it("random as it is, or one byte of it", () => {
      const bytes = Buffer.from(valid);
      const numRuns = process.env["XQBUS_FULL"] === "1" ? 100_000 : 1_000;
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 2000 }), (random) => {
          expect(codesOf(catalog, random)).toHaveLength(1);
        }),
        { numRuns },
      );
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.nat(255), (place, byte) => {
          const changed = Buffer.from(bytes);
          changed[place] = byte;
          codesOf(catalog, changed);
        }),
        { numRuns },
      );
    });
  });

  it("leaves the catalog able to judge, the file unread and the network alone", () => {
    expect(codesOf(catalog, a("<n>1</n><n>2</n>"))).toEqual([]);
    expect(codesOf(generous, a("<n>1</n><n>x</n>"))).toEqual(["cvc-datatype-valid.1.2.1"]);
    expect(requests).toBe(0);
  });
});
