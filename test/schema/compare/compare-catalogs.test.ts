import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareCatalogs,
  isBackwardCompatible,
  isForwardCompatible,
  loadCatalog,
  UnknownNameError,
  type Catalog,
  type CompatibilityReport,
  type SchemaChange,
  type Verdict,
} from "../../../src/schema/index.ts";
import { catalogOf, catalogWith, eventXsd, xsd } from "../harness.ts";
import { CONTENT, IDENTITY, restricted } from "../sample/rich-schemas.ts";

const SHIPPED = join(import.meta.dirname, "../../../schemas/events");

const A = `<xs:element name="A" type="xs:int"/>`;
const B = `<xs:element name="B" type="xs:string"/>`;
const OPTIONAL_B = `<xs:element name="B" type="xs:string" minOccurs="0"/>`;

function typed(content: string, attributes: string = "", group: string = "sequence"): string {
  return xsd(
    `<xs:element name="T" type="e:T"/>\n<xs:complexType name="T"><xs:${group}>${content}</xs:${group}>${attributes}</xs:complexType>`,
  );
}

function valued(facets: string, base: string = "xs:string"): string {
  return typed(`<xs:element name="S">${restricted(base, facets)}</xs:element>`);
}

const enumeration = (...values: readonly string[]): string =>
  valued(values.map((value) => `<xs:enumeration value="${value}"/>`).join(""));

interface Row {
  readonly name: string;
  readonly old: string;
  readonly new: string;
  readonly verdict: Verdict;
  /** `kind path verdict` of each change. */
  readonly changes: readonly string[];
}

const ROWS: readonly Row[] = [
  { name: "nothing", old: typed(A + B), new: typed(A + B), verdict: "full", changes: [] },
  {
    name: "an optional field more",
    old: typed(A),
    new: typed(A + OPTIONAL_B),
    verdict: "backward",
    changes: ["field-added /Event/T/B backward"],
  },
  {
    name: "a required field more",
    old: typed(A),
    new: typed(A + B),
    verdict: "breaking",
    changes: ["field-added /Event/T/B breaking"],
  },
  {
    name: "a required field less",
    old: typed(A + B),
    new: typed(A),
    verdict: "breaking",
    changes: ["field-removed /Event/T/B breaking"],
  },
  {
    name: "an optional field less",
    old: typed(A + OPTIONAL_B),
    new: typed(A),
    verdict: "forward",
    changes: ["field-removed /Event/T/B forward"],
  },
  {
    name: "a field that becomes required",
    old: typed(A + OPTIONAL_B),
    new: typed(A + B),
    verdict: "forward",
    changes: ["field-required /Event/T/B forward"],
  },
  {
    name: "a field that becomes optional",
    old: typed(A + B),
    new: typed(A + OPTIONAL_B),
    verdict: "backward",
    changes: ["field-optional /Event/T/B backward"],
  },
  {
    name: "another order",
    old: typed(A + B),
    new: typed(B + A),
    verdict: "breaking",
    changes: ["order-changed /Event/T breaking"],
  },
  {
    name: "any order",
    old: typed(A + B),
    new: typed(A + B, "", "all"),
    verdict: "backward",
    changes: ["order-changed /Event/T backward"],
  },
  {
    name: "a sequence that becomes a choice",
    old: typed(A + B),
    new: typed(A + B, "", "choice"),
    verdict: "breaking",
    changes: [
      "occurrence-widened /Event/T/A backward",
      "occurrence-widened /Event/T/B backward",
      "content-changed /Event/T breaking",
    ].map((each) => each.replace("occurrence-widened", "field-optional")),
  },
  {
    name: "more occurrences",
    old: typed(`<xs:element name="A" type="xs:int" maxOccurs="3"/>`),
    new: typed(`<xs:element name="A" type="xs:int" maxOccurs="unbounded"/>`),
    verdict: "backward",
    changes: ["occurrence-widened /Event/T/A backward"],
  },
  {
    name: "fewer occurrences",
    old: typed(`<xs:element name="A" type="xs:int" maxOccurs="3"/>`),
    new: typed(`<xs:element name="A" type="xs:int" maxOccurs="2"/>`),
    verdict: "forward",
    changes: ["occurrence-narrowed /Event/T/A forward"],
  },
  {
    name: "a wider type",
    old: typed(A),
    new: typed(A.replace("xs:int", "xs:string")),
    verdict: "backward",
    changes: ["type-changed /Event/T/A backward"],
  },
  {
    name: "a narrower type",
    old: typed(A),
    new: typed(A.replace("xs:int", "xs:byte")),
    verdict: "forward",
    changes: ["type-changed /Event/T/A forward"],
  },
  {
    name: "another type",
    old: typed(A),
    new: typed(A.replace("xs:int", "xs:date")),
    verdict: "breaking",
    changes: ["type-changed /Event/T/A breaking"],
  },
  {
    name: "a value that becomes an element with fields",
    old: typed(A),
    new: typed(`<xs:element name="A"><xs:complexType><xs:sequence>${B}</xs:sequence></xs:complexType></xs:element>`),
    verdict: "breaking",
    changes: ["type-changed /Event/T/A breaking"],
  },
  {
    name: "an enumeration value more",
    old: enumeration("a"),
    new: enumeration("a", "b"),
    verdict: "backward",
    changes: ["enumeration-value-added /Event/T/S backward"],
  },
  {
    name: "an enumeration value less",
    old: enumeration("a", "b"),
    new: enumeration("a"),
    verdict: "forward",
    changes: ["enumeration-value-removed /Event/T/S forward"],
  },
  {
    name: "an enumeration value for another one",
    old: enumeration("a", "c"),
    new: enumeration("a", "b"),
    verdict: "breaking",
    changes: ["enumeration-value-removed /Event/T/S forward", "enumeration-value-added /Event/T/S backward"],
  },
  {
    name: "a shorter text",
    old: valued(`<xs:maxLength value="10"/>`),
    new: valued(`<xs:maxLength value="5"/>`),
    verdict: "forward",
    changes: ["facet-narrowed /Event/T/S forward"],
  },
  {
    name: "a limit by one",
    old: valued(`<xs:maxInclusive value="999"/>`, "xs:int"),
    new: valued(`<xs:maxInclusive value="1000"/>`, "xs:int"),
    verdict: "backward",
    changes: ["facet-widened /Event/T/S backward"],
  },
  {
    name: "a limit written otherwise",
    old: valued(`<xs:maxInclusive value="10.0"/>`, "xs:decimal"),
    new: valued(`<xs:maxInclusive value="10"/>`, "xs:decimal"),
    verdict: "full",
    changes: [],
  },
  {
    name: "a pattern that allows more",
    old: valued(`<xs:pattern value="[a-z]+"/>`),
    new: valued(`<xs:pattern value="[a-z0-9]+"/>`),
    verdict: "backward",
    changes: ["facet-changed /Event/T/S backward"],
  },
  {
    name: "a required attribute more",
    old: typed(A),
    new: typed(A, `<xs:attribute name="x" use="required"/>`),
    verdict: "breaking",
    changes: ["attribute-added /Event/T/@x breaking"],
  },
  {
    name: "an optional attribute more",
    old: typed(A),
    new: typed(A, `<xs:attribute name="x"/>`),
    verdict: "backward",
    changes: ["attribute-added /Event/T/@x backward"],
  },
  {
    name: "an attribute that becomes required",
    old: typed(A, `<xs:attribute name="x"/>`),
    new: typed(A, `<xs:attribute name="x" use="required"/>`),
    verdict: "forward",
    changes: ["attribute-required /Event/T/@x forward"],
  },
  {
    name: "an attribute of another type",
    old: typed(A, `<xs:attribute name="x" type="xs:int"/>`),
    new: typed(A, `<xs:attribute name="x" type="xs:date"/>`),
    verdict: "breaking",
    changes: ["type-changed /Event/T/@x breaking"],
  },
  {
    name: "documentation",
    old: typed(A),
    new: typed(
      A.replace("/>", "><xs:annotation><xs:documentation>Number.</xs:documentation></xs:annotation></xs:element>"),
    ),
    verdict: "full",
    changes: ["documentation-changed /Event/T/A full"],
  },
  {
    name: "a field that may be nil",
    old: typed(A),
    new: typed(A.replace("/>", ` nillable="true"/>`)),
    verdict: "backward",
    changes: ["nillable-added /Event/T/A backward"],
  },
  {
    name: "a fixed value",
    old: typed(A),
    new: typed(A.replace("/>", ` fixed="1"/>`)),
    verdict: "forward",
    changes: ["fixed-changed /Event/T/A forward"],
  },
  {
    name: "a default value, which makes an empty element valid",
    old: typed(A),
    new: typed(A.replace("/>", ` default="1"/>`)),
    verdict: "backward",
    changes: ["default-changed /Event/T/A backward"],
  },
  {
    name: "a wildcard",
    old: typed(A),
    new: typed(`${A}<xs:any namespace="##other" processContents="lax" minOccurs="0"/>`),
    verdict: "backward",
    changes: ["wildcard-added /Event/T backward"],
  },
  {
    name: "text between elements",
    old: typed(A),
    new: typed(A).replace("<xs:complexType", `<xs:complexType mixed="true"`),
    verdict: "backward",
    changes: ["content-changed /Event/T backward"],
  },
  {
    name: "a key",
    old: IDENTITY.replace(/<xs:keyref.*<\/xs:keyref>/, "")
      .replace(/<xs:unique.*<\/xs:unique>/, "")
      .replaceAll("Identity", "T"),
    new: IDENTITY.replace(/<xs:keyref.*<\/xs:keyref>/, "").replaceAll("Identity", "T"),
    verdict: "forward",
    changes: ["identity-changed /Event/T forward"],
  },
];

/** Loads both sides, compares them, and checks each witness with catalogs of its own. */
async function compareFiles(old: string, now: string): Promise<CompatibilityReport> {
  const [before, after] = [await catalogWith({ "T.xsd": old }), await catalogWith({ "T.xsd": now })];
  expect([...before.problems, ...after.problems]).toEqual([]);
  const report = compareCatalogs(before, after);
  for (const change of report.events.flatMap(({ changes }) => changes)) expectRealWitnesses(change, before, after);
  return report;
}

function expectRealWitnesses({ witnesses, verdict, isUnproven }: SchemaChange, old: Catalog, now: Catalog): void {
  for (const { document, acceptedBy, problem } of witnesses) {
    const [accepts, refuses] = acceptedBy === "old" ? [old, now] : [now, old];
    expect(accepts.validate(document)).toEqual([]);
    expect(refuses.validate(document)).toContainEqual(problem);
  }
  const refusing = witnesses.map(({ acceptedBy }) => acceptedBy);
  if (isUnproven) return;
  expect(refusing.includes("old")).toBe(!isBackwardCompatible(verdict));
  expect(refusing.includes("new")).toBe(!isForwardCompatible(verdict));
}

describe("comparing two versions of an event type", () => {
  it.each(ROWS)("finds $name: $verdict", async ({ old, new: now, verdict, changes }) => {
    const report = await compareFiles(old, now);
    const found = report.events.flatMap((event) => event.changes);
    expect(found.map((change) => `${change.kind} ${change.path} ${change.verdict}`)).toEqual(changes);
    expect(report.verdict).toBe(verdict);
    expect(found.filter(({ isUnproven }) => isUnproven)).toEqual([]);
    if (verdict === "full") expect(report.events[0]?.accepted).toBeGreaterThan(0);
  });

  it("names the places in both files", async () => {
    const [old, now] = [
      await catalogWith({ "T.xsd": typed(A + OPTIONAL_B) }),
      await catalogWith({ "T.xsd": typed(`\n${A}\n${B}`) }),
    ];
    const [change] = compareCatalogs(old, now).events[0]!.changes;
    expect(change).toMatchObject({ old: { line: 3 }, new: { line: 5 }, description: "B is now required" });
    expect(change?.old?.file).toMatch(/T\.xsd$/);
  });

  it("compares the types that xsi:type may name", async () => {
    const [old, now] = [CONTENT, CONTENT.replace(`name="Doors" type="xs:int"`, `name="Doors" type="xs:short"`)].map(
      (text) => text.replaceAll(`"Content"`, `"T"`).replaceAll("e:Content", "e:T"),
    );
    const report = await compareFiles(old!, now!);
    expect(report.events[0]?.changes.map(({ kind, path, verdict }) => `${kind} ${path} ${verdict}`)).toEqual([
      "type-changed /Event/T/Vehicle/Doors forward",
    ]);
  });

  it("marks what no document can show: a pattern that means the same", async () => {
    const report = await compareFiles(valued(`<xs:pattern value="[0-9]"/>`), valued(`<xs:pattern value="0|[1-9]"/>`));
    expect(report.events[0]?.changes).toMatchObject([
      { kind: "facet-changed", verdict: "full", isUnproven: true, witnesses: [] },
    ]);
  });

  it("follows types into recursion and substitution groups", async () => {
    const narrower = CONTENT.replace(`name="Leaf" type="xs:int"`, `name="Leaf" type="xs:byte"`).replace(
      `name="Radius" type="xs:positiveInteger"`,
      `name="Radius" type="xs:unsignedByte"`,
    );
    const [old, now] = [CONTENT, narrower].map((text) =>
      text.replaceAll(`"Content"`, `"T"`).replaceAll("e:Content", "e:T"),
    );
    const report = await compareFiles(old!, now!);
    expect(report.events[0]?.changes.map(({ kind, path, verdict }) => `${kind} ${path} ${verdict}`)).toEqual([
      "type-changed /Event/T/Circle/Radius breaking",
      "type-changed /Event/T/Node/Leaf forward",
    ]);
  });
});

describe("comparing catalogs", () => {
  it("finds the shipped one compatible with itself", async () => {
    const report = compareCatalogs(await catalogOf(SHIPPED), await catalogOf(SHIPPED));
    expect(report.verdict).toBe("full");
    expect(report.events.map(({ event, changes, verdict }) => ({ event, changes, verdict }))).toEqual(
      (await catalogOf(SHIPPED)).eventNames.map((event) => ({ event, changes: [], verdict: "full" })),
    );
    for (const { accepted } of report.events) expect(accepted).toBeGreaterThan(0);
  });

  it("finds event types that came and went, with a document of each", async () => {
    const [old, now] = [
      await catalogWith({ "A.xsd": eventXsd("A"), "B.xsd": eventXsd("B") }),
      await catalogWith({ "A.xsd": eventXsd("A"), "C.xsd": eventXsd("C") }),
    ];
    const report = compareCatalogs(old, now);
    expect(report.verdict).toBe("breaking");
    expect(
      report.events.map(({ event, verdict, changes }) => [event, verdict, ...changes.map(({ kind }) => kind)]),
    ).toEqual([
      ["A", "full"],
      ["B", "forward", "event-removed"],
      ["C", "backward", "event-added"],
    ]);
    for (const change of report.events.flatMap(({ changes }) => changes)) {
      expectRealWitnesses(change, old, now);
      expect(change.witnesses).toHaveLength(1);
    }
  });

  it("looks at some event types only when told so, and knows their names", async () => {
    const [old, now] = [await catalogOf(SHIPPED), await catalogOf(SHIPPED)];
    expect(compareCatalogs(old, now, { events: ["CollectD"] }).events.map(({ event }) => event)).toEqual(["CollectD"]);
    expect(() => compareCatalogs(old, now, { events: ["CollectE"] })).toThrow(UnknownNameError);
  });

  it("refuses catalogs of two namespaces, and options without sense", async () => {
    const [old, now] = [await catalogOf(SHIPPED), await catalogWith({}, { namespace: "urn:x" })];
    expect(() => compareCatalogs(old, now)).toThrow(/only catalogs of one namespace can be compared/);
    expect(() => compareCatalogs(old, old, { samples: -1 })).toThrow(
      /the option samples is -1; expected a whole number/,
    );
  });
});

describe("a verdict on random edits", () => {
  const edits: readonly ((schema: string) => string)[] = [
    (schema) => schema.replace(`minOccurs="0"`, ""),
    (schema) => schema.replace(`maxOccurs="3"`, `maxOccurs="2"`),
    (schema) => schema.replace(`type="xs:int"`, `type="xs:byte"`),
    (schema) => schema.replace(`type="xs:string"`, `type="xs:token"`),
    (schema) => schema.replace(/<xs:element name="(\w+)" type="xs:date"\/>/, ""),
    (schema) => schema.replace("<xs:all>", "<xs:sequence>").replace("</xs:all>", "</xs:sequence>"),
    (schema) => schema.replace(`mixed="true"`, ""),
    (schema) => schema.replace(`use="required"`, ""),
    (schema) => schema.replace(`nillable="true"`, ""),
    (schema) => schema.replace(`minOccurs="2" maxOccurs="4"`, `minOccurs="1" maxOccurs="5"`),
    (schema) => schema.replace(`type="xs:decimal"`, `type="xs:integer"`),
    (schema) => schema.replace(`base="xs:decimal"`, `base="xs:integer"`),
    (schema) => schema.replace(`processContents="lax"`, `processContents="skip"`),
    (schema) => schema.replace(`type="xs:positiveInteger"`, `type="xs:integer"`),
    (schema) => schema.replace(/<xs:element name="Square"[^>]*>/, ""),
  ];

  it("never says that documents go together that do not", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(edits.length - 1), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (chosen, isReverse) => {
          const edited = chosen.reduce((schema, index) => edits[index]!(schema), CONTENT);
          const [old, now] = isReverse ? [edited, CONTENT] : [CONTENT, edited];
          const [before, after] = [
            await catalogWith({ "Content.xsd": old }),
            await catalogWith({ "Content.xsd": now }),
          ];
          try {
            if (before.problems.length + after.problems.length > 0) return;
            const { verdict } = compareCatalogs(before, after, { samples: 60, nearInvalid: 300 });
            for (let seed = 5000; seed < 5200; seed++) {
              if (isBackwardCompatible(verdict)) expect(after.validate(before.sample("Content", { seed }))).toEqual([]);
              if (isForwardCompatible(verdict)) expect(before.validate(after.sample("Content", { seed }))).toEqual([]);
            }
          } finally {
            before.close();
            after.close();
          }
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe("the catalogs of a comparison", () => {
  it("must be open", async () => {
    const catalog = await loadCatalog({ directories: [SHIPPED] });
    catalog.close();
    expect(() => compareCatalogs(catalog, catalog)).toThrow(expect.objectContaining({ code: "xqbus:already-closed" }));
  });
});
