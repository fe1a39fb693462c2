import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromObject, toObject } from "../../../src/event/index.ts";
import { canonical, catalogOfType, read, throughJson } from "./harness.ts";

/** A simple type with texts that are valid for it. */
const VALUES: readonly (readonly [type: string, text: fc.Arbitrary<string>])[] = [
  ["xs:string", fc.string({ unit: fc.constantFrom("a", " ", "\n", "&lt;", "é", "\u{1F600}"), maxLength: 5 })],
  ["xs:token", fc.constantFrom("", "a b", " a  b ")],
  ["xs:decimal", fc.constantFrom("1.50", "+0", "-.5", " 12345678901234567890.000000000000000001 ")],
  ["xs:integer", fc.bigInt().map(String)],
  ["xs:int", fc.integer().map((n) => `${n < 0 ? "" : "+00"}${n}`)],
  ["xs:unsignedByte", fc.nat(255).map(String)],
  [
    "xs:double",
    fc.double().map((n) => (Number.isFinite(n) ? String(n) : Number.isNaN(n) ? "NaN" : n > 0 ? "INF" : "-INF")),
  ],
  ["xs:boolean", fc.constantFrom("true", "false", "0", "1")],
  ["xs:date", fc.constantFrom("2026-01-31", "2026-01-31Z", "-0044-03-15+01:00")],
  ["xs:NMTOKENS", fc.constantFrom("a", "a b  c")],
  ["e:ints", fc.array(fc.integer(), { maxLength: 3 }).map((list) => list.join(" "))],
  ["e:some", fc.constantFrom("5", "05", "true", "1", "1.0", "", " a", "a b", "2026-01-01", "1 2", "NaN")],
  ["e:price", fc.constantFrom("1.50", "0")],
  ["xs:anyType", fc.constantFrom("", "text", "a <b xmlns=''>c</b> <b xmlns=''/>", "<Small>1</Small>")],
  ["e:note", fc.constantFrom("", "a", "a <Small>1</Small> <Small>2</Small> b", " ")],
  [
    "e:any",
    fc.constantFrom(
      "",
      "<o:a xmlns:o='urn:o' k='1'>x <o:b/></o:a>",
      "<Small>1</Small><Small>2</Small>",
      "<x/><Small>3</Small><x/>",
    ),
  ],
];

const MORE = `<xs:simpleType name="ints"><xs:list itemType="xs:int"/></xs:simpleType>
<xs:simpleType name="some"><xs:union memberTypes="xs:int xs:boolean e:ints xs:double xs:date xs:string"/></xs:simpleType>
<xs:complexType name="price"><xs:simpleContent><xs:extension base="xs:decimal">
  <xs:attribute name="unit"/></xs:extension></xs:simpleContent></xs:complexType>
<xs:complexType name="note" mixed="true"><xs:sequence>
  <xs:element ref="e:Small" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
<xs:complexType name="any"><xs:sequence>
  <xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence></xs:complexType>
<xs:element name="Small" type="xs:byte"/>`;

interface Leaf {
  readonly kind: "element";
  readonly name: string;
  readonly value: number;
  readonly isNillable: boolean;
}

interface Group {
  readonly kind: "sequence" | "choice" | "all";
  readonly parts: readonly Model[];
}

type Model = (Leaf | Group) & { readonly min: number; readonly max: number };

const occurs = fc.constantFrom<readonly [number, number]>([1, 1], [1, 1], [0, 1], [0, 2], [1, Infinity], [2, 3]);

const leaf = fc.record({
  kind: fc.constant("element" as const),
  // Few names, so that some of them come back; each has one type, as the schema wants it.
  value: fc.nat(VALUES.length - 1),
  isNillable: fc.constant(false),
});

const { model } = fc.letrec<{ model: Model; group: Model }>((tie) => ({
  model: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.tuple(leaf, occurs).map(([each, [min, max]]): Model => ({
      ...each,
      isNillable: each.value % 3 === 0,
      name: `f${each.value}`,
      min,
      max,
    })),
    tie("group"),
  ),
  group: fc
    .tuple(
      fc.constantFrom("sequence" as const, "choice" as const),
      fc.array(tie("model"), { minLength: 1, maxLength: 4 }),
      occurs,
    )
    .map(([kind, parts, [min, max]]): Model => ({ kind, parts, min, max })),
}));

/** xs:all takes elements at most once, each of another name. */
const allGroup = fc
  .uniqueArray(leaf, { selector: ({ value }) => value, minLength: 1, maxLength: 4 })
  .map((leaves): Model => ({
    kind: "all",
    parts: leaves.map((each) => ({
      ...each,
      isNillable: each.value % 3 === 0,
      name: `f${each.value}`,
      min: each.value % 2,
      max: 1,
    })),
    min: 1,
    max: 1,
  }));

function toXsd(model: Model): string {
  const range = `minOccurs="${model.min}" maxOccurs="${model.max === Infinity ? "unbounded" : model.max}"`;
  if (model.kind === "element") {
    return `<xs:element name="${model.name}" type="${VALUES[model.value]![0]}" ${range}${model.isNillable ? ' nillable="true"' : ""}/>`;
  }
  return `<xs:${model.kind} ${range}>${model.parts.map(toXsd).join("")}</xs:${model.kind}>`;
}

/** Makes a document of the model with the random numbers of a seed. */
function toMarkup(model: Model, random: () => number): string {
  const count = model.min + Math.floor(random() * (Math.min(model.max, model.min + 2) - model.min + 1));
  return Array.from({ length: count }, () => onceMarkup(model, random)).join(random() < 0.3 ? "\n  " : "");
}

function onceMarkup(model: Model, random: () => number): string {
  switch (model.kind) {
    case "element": {
      if (model.isNillable && random() < 0.3) return `<${model.name} xsi:nil="true"/>`;
      const samples = fc.sample(VALUES[model.value]![1], { numRuns: 1, seed: Math.floor(random() * 2 ** 30) });
      const attribute = VALUES[model.value]![0] === "e:price" && random() < 0.5 ? ' unit="EUR"' : "";
      return `<${model.name}${attribute}>${samples[0]!}</${model.name}>`;
    }
    case "choice":
      return toMarkup(model.parts[Math.floor(random() * model.parts.length)]!, random);
    case "sequence":
      return model.parts.map((each) => toMarkup(each, random)).join("");
    case "all":
      return model.parts
        .map((each) => [random(), toMarkup(each, random)] as const)
        .sort(([a], [b]) => a - b)
        .map(([, markup]) => markup)
        .join("");
  }
}

/** Numbers from 0 to 1 that a seed determines. */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    return (state >>> 8) / 2 ** 24;
  };
}

describe("an event of any schema", () => {
  it("is the same after it was an object, and JSON", async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 5, arbitrary: model }, { weight: 1, arbitrary: allGroup }),
        fc.boolean(),
        fc.array(fc.integer(), { minLength: 8, maxLength: 8 }),
        async (content, isMixed, seeds) => {
          const group = content.kind === "element" ? `<xs:sequence>${toXsd(content)}</xs:sequence>` : toXsd(content);
          const type =
            `<xs:complexType${isMixed ? ' mixed="true"' : ""}>${group}` +
            `<xs:attribute name="n" type="e:some"/></xs:complexType>`;
          const catalog = await catalogOfType(type, MORE);
          fc.pre(catalog.problems.length === 0);
          for (const seed of seeds) {
            const random = randomOf(seed);
            const body = toMarkup(content, random);
            const event = read(`<T n="${random() < 0.5 ? "1" : "a"}">${isMixed ? "x " : ""}${body}</T>`, catalog);
            if (catalog.validate(event).length > 0) continue;
            compared++;
            const object = toObject(event, catalog);
            expect(throughJson(object)).toStrictEqual(object);
            const back = fromObject("T", object, catalog);
            expect(catalog.validate(back)).toEqual([]);
            expect(canonical(back, catalog)).toEqual(canonical(event, catalog));
            expect(toObject(back, catalog)).toStrictEqual(object);
          }
          catalog.close();
        },
      ),
      { numRuns: 100 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});
