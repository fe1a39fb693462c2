import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCatalog, type Catalog, type ValidationProblem } from "../../src/schema/index.ts";
import { childElements, parseXml, type XmlElement } from "../../src/xml/index.ts";
import { catalogWith, event, eventXsd } from "./harness.ts";

/**
 * One mistake in a valid document: a piece of text in place of another. Mistakes are independent when no element that one of
 * them changes contains one that another changes, and no two of them change which children an element has.
 */
interface Mistake {
  readonly kind: "misspelt" | "unknown" | "missing" | "attribute" | "text" | "value";
  /** The element whose content or attributes change. */
  readonly at: XmlElement;
  readonly offset: number;
  readonly endOffset: number;
  readonly text: string;
}

/** All mistakes of every kind that can be made in a document. */
function mistakesIn(source: string): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const root = parseXml(source).documentElement;
  const pending = [...childElements(root)];
  for (let element = pending.pop(); element !== undefined; element = pending.pop()) {
    const { offset, endOffset } = element;
    const nameEnd = offset + 1 + element.nodeName.length;
    const isSelfClosing = source.slice(offset, endOffset).endsWith("/>") && childElements(element).length === 0;
    const children = childElements(element);
    mistakes.push({ kind: "attribute", at: element, offset: nameEnd, endOffset: nameEnd, text: ` zqx="1"` });
    const contentStart = source.indexOf(">", nameEnd) + 1;
    if (children.length > 0) {
      mistakes.push({ kind: "text", at: element, offset: contentStart, endOffset: contentStart, text: "zqx" });
      for (const child of children) {
        const name = child.nodeName;
        const at = { at: element, offset: child.offset };
        mistakes.push({ kind: "unknown", ...at, endOffset: child.offset, text: "<Zqxjkv><Zqx/></Zqxjkv>" });
        mistakes.push({ kind: "missing", ...at, endOffset: child.endOffset, text: "" });
        const misspelt = `${name.slice(0, -1)}${name.at(-1) === "q" ? "k" : "q"}`;
        const written = source.slice(child.offset, child.endOffset);
        if (child.name.localName.length >= 3 && childElements(child).length === 0) {
          const text = written.replace(`<${name}`, `<${misspelt}`).replace(`</${name}`, `</${misspelt}`);
          mistakes.push({ kind: "misspelt", ...at, endOffset: child.endOffset, text });
        }
      }
    } else if (!isSelfClosing) {
      const contentEnd = source.lastIndexOf("<", endOffset - 1);
      mistakes.push({ kind: "value", at: element, offset: contentStart, endOffset: contentEnd, text: "zqx zqx" });
    }
    pending.push(...children);
  }
  return mistakes;
}

function areIndependent(a: Mistake, b: Mistake): boolean {
  const isApart = a.endOffset < b.offset || b.endOffset < a.offset;
  const changesChildren = (mistake: Mistake): boolean => ["misspelt", "unknown", "missing"].includes(mistake.kind);
  return isApart && !(a.at === b.at && changesChildren(a) && changesChildren(b));
}

function apply(source: string, mistakes: readonly Mistake[]): string {
  let text = source;
  for (const { offset, endOffset, text: replacement } of mistakes.toSorted((a, b) => b.offset - a.offset)) {
    text = text.slice(0, offset) + replacement + text.slice(endOffset);
  }
  return text;
}

/** What does not depend on the places of other mistakes. */
function essence({ path, code, message }: ValidationProblem): string {
  return `${path.replaceAll(/\[\d+\]/g, "")} ${code} ${message}`;
}

function expectEachReported(
  catalog: Catalog,
  source: string,
  picks: readonly number[],
  tally: Map<string, number>,
): void {
  const all = mistakesIn(source);
  const chosen: Mistake[] = [];
  const expected: string[] = [];
  for (const pick of picks) {
    const mistake = all[pick % all.length]!;
    const alone = catalog.validate(apply(source, [mistake]));
    // Some are no mistakes: what is left out may be optional, and any text is a string.
    if (alone.length === 0 || !chosen.every((other) => areIndependent(mistake, other))) continue;
    expect(alone.map(essence)).toHaveLength(1);
    chosen.push(mistake);
    expected.push(...alone.map(essence));
    tally.set(mistake.kind, (tally.get(mistake.kind) ?? 0) + 1);
  }
  expect(catalog.validate(apply(source, chosen)).map(essence).toSorted()).toEqual(expected.toSorted());
}

const picks = fc.array(fc.nat(), { minLength: 1, maxLength: 8 });
const KINDS = ["attribute", "missing", "misspelt", "text", "unknown", "value"];

describe("independent mistakes", () => {
  const FIXTURES = join(import.meta.dirname, "../fixtures/events");
  const fixtures = readdirSync(FIXTURES).flatMap((name) =>
    readdirSync(join(FIXTURES, name))
      .filter((file) => /^valid-.*\.xml$/.test(file))
      .map((file) => readFileSync(join(FIXTURES, name, file), "utf8").replaceAll("\r\n", "\n"))
      // Comments and character data sections would be in the way of writing mistakes into the text.
      .filter((text) => !/<!\[CDATA|<\?[^x]/.test(text) && !/<!--(?=[\s\S]*<Event)/.test(text)),
  );
  let catalog: Catalog;
  beforeAll(async () => {
    catalog = await loadCatalog({ directories: [join(import.meta.dirname, "../../schemas/events")] });
  });
  afterAll(() => catalog.close());

  it("in shipped events are reported one by one, and nothing else is", () => {
    const tally = new Map<string, number>();
    fc.assert(
      fc.property(fc.constantFrom(...fixtures), picks, (source, chosen) => {
        expectEachReported(catalog, source, chosen, tally);
      }),
      { numRuns: 1500 },
    );
    expect([...tally.keys()].toSorted()).toEqual(KINDS);
  });

  const TYPES = {
    "xs:int": "12",
    "xs:date": "2026-11-21",
    "xs:boolean": "true",
    "xs:dateTime": "2026-11-21T12:00:00Z",
  };
  const field = fc.record({
    type: fc.constantFrom(...Object.keys(TYPES)) as fc.Arbitrary<keyof typeof TYPES>,
    min: fc.constantFrom(0, 1, 2),
    max: fc.constantFrom("2", "3", "unbounded"),
    times: fc.constantFrom(1, 2),
    isGroup: fc.boolean(),
  });
  // Far enough from each other that a misspelt name is near to one of them only.
  const NAMES = ["Alphabet", "Buffalo", "Corridor", "Dynamite", "Elephant", "Firework", "Gymnast", "Horizon"];

  it("in events of generated types are reported one by one, and nothing else is", async () => {
    const tally = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(field, { minLength: 2, maxLength: 8 }),
        fc.array(picks, { minLength: 4 }),
        async (fields, rounds) => {
          const declared = fields.map(({ type, min, max, isGroup }, i) => {
            const occurs = `minOccurs="${min}" maxOccurs="${max}"`;
            if (!isGroup) return `<xs:element name="${NAMES[i]!}" type="${type}" ${occurs}/>`;
            const inner = `<xs:element name="Number" type="xs:int"/><xs:element name="Moment" type="${type}"/>`;
            return `<xs:element name="${NAMES[i]!}" ${occurs}><xs:complexType><xs:sequence>${inner}</xs:sequence></xs:complexType></xs:element>`;
          });
          const written = fields.map(({ type, min, times, isGroup }, i) => {
            const value = TYPES[type];
            const content = isGroup ? `<Number>1</Number><Moment>${value}</Moment>` : value;
            return `<${NAMES[i]!}>${content}</${NAMES[i]!}>`.repeat(Math.max(min, times));
          });
          using generated = await catalogWith({ "Generated.xsd": eventXsd("Generated", declared.join("")) });
          const source = event(`<Generated>${written.join("")}</Generated>`);
          expect(generated.validate(source)).toEqual([]);
          for (const round of rounds) expectEachReported(generated, source, round, tally);
        },
      ),
      { numRuns: 40 },
    );
    expect([...tally.keys()].toSorted()).toEqual(KINDS);
  });
});
