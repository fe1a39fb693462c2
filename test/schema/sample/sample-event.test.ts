import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SampleError, UnknownNameError, type Catalog } from "../../../src/schema/index.ts";
import { catalogOf, catalogWith, event, eventXsd, xsd } from "../harness.ts";
import { CONTENT, IDENTITY, VALUES, facets, restricted } from "./rich-schemas.ts";

const SHIPPED = join(import.meta.dirname, "../../../schemas/events");

/** Makes samples of many seeds and returns what is wrong with the first ones that are. */
function invalidSamples(catalog: Catalog, name: string, seeds: number): readonly string[] {
  const wrong: string[] = [];
  for (let seed = 1; seed <= seeds && wrong.length < 3; seed++) {
    const document = catalog.sample(name, { seed });
    const [problem] = catalog.validate(document);
    if (problem !== undefined) wrong.push(`seed ${seed}: ${problem.path}: ${problem.message}\n${document}`);
  }
  return wrong;
}

describe("samples of the shipped event types", () => {
  it("are valid, whatever the seed", async () => {
    const catalog = await catalogOf(SHIPPED);
    for (const name of catalog.eventNames) expect(invalidSamples(catalog, name, 1000)).toEqual([]);
  });

  it("differ from seed to seed, and are the same for the same seed", async () => {
    const catalog = await catalogOf(SHIPPED);
    const make = (seed: number): string => catalog.sample("PuppetReport", { seed });
    expect(new Set(Array.from({ length: 50 }, (_, seed) => make(seed))).size).toBeGreaterThan(45);
    expect(make(7)).toBe(make(7));
  });

  it("do not change from one version of the package to the next one without somebody noticing", async () => {
    const catalog = await catalogOf(SHIPPED);
    expect(catalog.sample("UserSession", { seed: 4 })).toMatchInlineSnapshot(
      `"<Event xmlns="http://www.gonicus.de/Events"><UserSession><User><Name>]]&gt; Ünïcödé tree/bran</Name></User><Id>güte client ]]&gt; ready &lt;</Id></UserSession></Event>"`,
    );
  });
});

describe("samples of schemas with everything in them", () => {
  it.each([
    ["Values", VALUES, 200],
    ["Content", CONTENT, 1000],
    ["Identity", IDENTITY, 500],
  ])("are valid: %s", async (name, schema, seeds) => {
    const catalog = await catalogWith({ [`${name}.xsd`]: schema });
    expect(invalidSamples(catalog, name, seeds)).toEqual([]);
  });

  it("reach every element and every optional part", async () => {
    const catalog = await catalogWith({ "Content.xsd": CONTENT });
    const all = Array.from({ length: 300 }, (_, seed) => catalog.sample("Content", { seed })).join("");
    const names =
      "Choice A B C D All X Y Z Twice Key Value Mixed Bold Empty Price Circle Square Leaf Left Right Car Bike Doors Open any1";
    const missing = names.split(" ").filter((name) => !new RegExp(`<${name}[ />]|"q\\d:${name}"`).test(all));
    expect(missing).toEqual([]);
    expect(all).not.toContain("<Shape");
  });

  it("use xsi:nil, and default values", async () => {
    const catalog = await catalogWith({ "Values.xsd": VALUES });
    const all = Array.from({ length: 100 }, (_, seed) => catalog.sample("Values", { seed })).join("");
    expect(all).toContain('xsi:nil="true"');
    expect(all).toMatch(/<Default><\/Default>/);
    expect(all).toMatch(/<Fixed>42<\/Fixed>/);
  });
});

describe("the options of samples", () => {
  it("bound what is optional, and how deep a recursion goes", async () => {
    const catalog = await catalogWith({ "Content.xsd": CONTENT });
    const small = catalog.sample("Content", { optional: 0, maxDepth: 0 });
    const large = catalog.sample("Content", { optional: 1, maxOccurs: 5 });
    expect(small).not.toContain("<Left>");
    expect(small).not.toContain("<Key>");
    expect(large.length).toBeGreaterThan(2 * small.length);
  });

  it("take values for parts of the event, which are then there", async () => {
    const catalog = await catalogOf(SHIPPED);
    const values = { Id: "7", "PuppetLog/Level": "info", "PuppetLog/Tag/value": "ntp" };
    for (let seed = 1; seed < 20; seed++) {
      const document = catalog.sample("PuppetReport", { seed, values, optional: 0 });
      expect(document).toMatch(/<Id>7<\/Id>.*<Level>info<\/Level>/);
      expect(document).toContain("<Tag><value>ntp</value></Tag>");
      expect(catalog.validate(document)).toEqual([]);
    }
  });

  it.each([
    [{ seed: 1.5 }, "the option seed is 1.5; expected a whole number"],
    [{ maxDepth: -1 }, "the option maxDepth is -1; expected a whole number from 0"],
    [{ optional: 2 }, "the option optional is 2; expected a number from 0 to 1"],
  ])("are refused when they make no sense: %j", async (options, message) => {
    const catalog = await catalogWith({ "A.xsd": eventXsd("A") });
    expect(() => catalog.sample("A", options)).toThrow(
      expect.objectContaining({ code: "xqbus:illegal-argument", message }),
    );
  });
});

describe("what cannot be made", () => {
  it("is an unknown event type, with a suggestion", async () => {
    const catalog = await catalogOf(SHIPPED);
    expect(() => catalog.sample("PhoneStatsu")).toThrow(UnknownNameError);
    expect(() => catalog.sample("PhoneStatsu")).toThrow(/did you mean "PhoneStatus"/);
  });

  it("is a value for a part that the event does not have", async () => {
    const catalog = await catalogOf(SHIPPED);
    expect(() => catalog.sample("PhoneStatus", { values: { Staus: "x" } })).toThrow(
      expect.objectContaining({
        code: "xqbus:unknown-name",
        message:
          'PhoneStatus has no part "Staus", or none that can be there with the other values (did you mean "Status"?)',
      }),
    );
  });

  it("is a value that two patterns exclude, until one is given", async () => {
    const once = restricted("e:Narrow", facets({ pattern: "[0-9]*7" }));
    const catalog = await catalogWith({
      "A.xsd": xsd(
        `<xs:element name="A" type="e:A"/><xs:complexType name="A"><xs:sequence><xs:element name="V">${once}</xs:element></xs:sequence></xs:complexType>` +
          `<xs:simpleType name="Narrow"><xs:restriction base="xs:string"><xs:pattern value="[a-z]{20}[0-9]{20}.*"/></xs:restriction></xs:simpleType>`,
      ),
    });
    expect(() => catalog.sample("A")).toThrow(SampleError);
    expect(() => catalog.sample("A")).toThrow(
      "cannot make a value for a type derived from xs:string: 500 attempts failed; give one",
    );
    expect(catalog.sample("A", { values: { V: "x" } })).toBe(
      event("<A><V>x</V></A>").replace(/ xmlns:xsi="[^"]*"/, ""),
    );
  });

  it("is content that needs itself without end", async () => {
    const catalog = await catalogWith({
      "A.xsd": xsd(
        `<xs:element name="A" type="e:A"/><xs:complexType name="A"><xs:sequence><xs:element name="B" type="e:A"/></xs:sequence></xs:complexType>`,
      ),
    });
    expect(() => catalog.sample("A")).toThrow(/cannot make an element/);
  });
});

describe("samples of generated schemas", () => {
  const field = fc.oneof(
    fc
      .record({ min: fc.nat(9), more: fc.nat(9) })
      .map(({ min, more }) => ({ base: "xs:string", values: { minLength: min, maxLength: min + more } })),
    fc
      .record({
        min: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        more: fc.bigInt({ min: 0n, max: 10n ** 10n }),
      })
      .map(({ min, more }) => ({
        base: "xs:integer",
        values: { minInclusive: String(min), maxInclusive: String(min + more) },
      })),
    fc.record({ total: fc.integer({ min: 1, max: 12 }), fraction: fc.nat(6) }).map(({ total, fraction }) => ({
      base: "xs:decimal",
      values: { totalDigits: total, fractionDigits: Math.min(total, fraction) },
    })),
    fc
      .record({
        from: fc.date({ min: new Date(0), max: new Date("2090-01-01"), noInvalidDate: true }),
        days: fc.nat(400),
      })
      .map(({ from, days }) => ({
        base: "xs:date",
        values: {
          minInclusive: from.toISOString().slice(0, 10),
          maxInclusive: new Date(from.getTime() + days * 86_400_000).toISOString().slice(0, 10),
        },
      })),
    fc
      .array(
        fc.tuple(
          fc.constantFrom("[a-z]", "\\d", "(ab|c)", "[^<&\\s]", "\\i", "x"),
          fc.constantFrom("", "?", "*", "+", "{2}", "{1,3}"),
        ),
        { minLength: 1, maxLength: 5 },
      )
      .map((pieces) => ({
        base: "xs:token",
        values: {
          pattern: pieces
            .map((piece) => piece.join(""))
            .join("")
            .replaceAll("<", "&lt;")
            .replaceAll("&\\", "&amp;\\"),
        },
      })),
  );
  const occurrence = fc.constantFrom("", ` minOccurs="0"`, ` maxOccurs="3"`, ` minOccurs="2" maxOccurs="unbounded"`);
  const schema = fc
    .record({
      group: fc.constantFrom("sequence", "choice"),
      fields: fc.array(fc.tuple(field, occurrence), { minLength: 1, maxLength: 5 }),
    })
    .map(({ group, fields }) =>
      xsd(
        `<xs:element name="A" type="e:A"/><xs:complexType name="A"><xs:${group}>` +
          fields
            .map(
              ([{ base, values }, occurs], i) =>
                `<xs:element name="F${i}"${occurs}>${restricted(base, facets(values))}</xs:element>`,
            )
            .join("") +
          `</xs:${group}></xs:complexType>`,
      ),
    );

  it("are valid", async () => {
    await fc.assert(
      fc.asyncProperty(schema, async (text) => {
        const catalog = await catalogWith({ "A.xsd": text });
        try {
          expect(catalog.problems).toEqual([]);
          expect(invalidSamples(catalog, "A", 30)).toEqual([]);
        } finally {
          catalog.close();
        }
      }),
      { numRuns: 40 },
    );
  });
});
