import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Libxml2 } from "../../../src/schema/engine/libxml2.ts";
import { ComponentTable } from "../../../src/schema/model/component-table.ts";
import type { ElementDeclaration, Particle } from "../../../src/schema/model/components.ts";
import { ContentMatcher } from "../../../src/schema/model/content-matcher.ts";
import { internName, parseXml } from "../../../src/xml/index.ts";

/** A content model as the test writes it; elements get the names a, b, c, … in document order. */
type Model = readonly [
  min: number,
  max: number,
  content: "element" | { readonly kind: "sequence" | "choice"; readonly parts: readonly Model[] },
];

const occurrence = fc.constantFrom<readonly [number, number]>(
  [1, 1],
  [0, 1],
  [0, 2],
  [1, 3],
  [2, 2],
  [0, Infinity],
  [1, Infinity],
);
const element = occurrence.map(([min, max]): Model => [min, max, "element"]);
const once: Model = [1, 1, "element"];

const { model } = fc.letrec<{ model: Model; group: Model }>((tie) => ({
  model: fc.oneof({ depthSize: "small" }, element, tie("group")),
  group: fc
    .record({
      kind: fc.constantFrom("sequence", "choice"),
      parts: fc.array(tie("model"), { minLength: 1, maxLength: 4 }),
      occurs: occurrence,
    })
    // A group that repeats begins with one required element: otherwise it is a matter of taste where a repetition begins.
    .map(({ kind, parts, occurs: [min, max] }): Model =>
      max === 1
        ? [min, max, { kind, parts }]
        : [min, max, { kind: "sequence", parts: [once, [1, 1, { kind, parts }]] }],
    ),
}));

const nameOf = (index: number): string => String.fromCharCode("a".charCodeAt(0) + index);

function toXsd([min, max, content]: Model, names: () => string): string {
  const occurs = `minOccurs="${min}" maxOccurs="${max === Infinity ? "unbounded" : max}"`;
  if (content === "element") return `<xs:element name="${names()}" ${occurs}/>`;
  return `<xs:${content.kind} ${occurs}>${content.parts.map((part) => toXsd(part, names)).join("")}</xs:${content.kind}>`;
}

const { documentElement: node } = parseXml("<x/>");

function toParticle([minOccurs, maxOccurs, content]: Model, names: () => string): Particle {
  if (content !== "element") {
    const particles = content.parts.map((part) => toParticle(part, names));
    return { minOccurs, maxOccurs, term: { kind: content.kind, particles, source: undefined } };
  }
  const term: ElementDeclaration = {
    kind: "element",
    name: internName("", names()),
    type: undefined,
    isGlobal: false,
    isNillable: false,
    isAbstract: false,
    default: undefined,
    fixed: undefined,
    substitutionGroup: undefined,
    identityConstraints: [],
    block: [],
    final: [],
    source: { file: "", node },
  };
  return { minOccurs, maxOccurs, term };
}

function counter(): () => string {
  let count = 0;
  return () => nameOf(count++);
}

describe("the content matcher", () => {
  let engine: Libxml2;
  beforeAll(async () => {
    engine = await Libxml2.load({ maxErrors: 1 });
  });
  afterAll(() => engine.close());

  it("agrees with the engine on what is complete, what is not, and which child is the first that is not allowed", () => {
    const children = fc.array(fc.nat(6).map(nameOf), { maxLength: 8 });
    fc.assert(
      fc.property(model, fc.array(children, { minLength: 5, maxLength: 5 }), (written, documents) => {
        const body = toXsd(written, counter());
        const wrapped = written[2] === "element" ? `<xs:sequence>${body}</xs:sequence>` : body;
        const schema =
          `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r"><xs:complexType>` +
          `${wrapped}</xs:complexType></xs:element></xs:schema>`;
        fc.pre(engine.compile(new Map([["mem:/a.xsd", schema]]), "mem:/a.xsd").length === 0);
        for (const names of documents) {
          const { verdict, errors } = engine.validate(`<r>${names.map((name) => `<${name}/>`).join("")}</r>`);
          const matcher = new ContentMatcher(toParticle(written, counter()), new ComponentTable([]));
          const refused = names.findIndex((name) => !matcher.accept(internName("", name)));
          const isComplete = refused < 0 && matcher.missing.length === 0;
          expect(isComplete, `${schema} ${names.join()}`).toBe(verdict === "valid");
          if (isComplete) continue;
          const isChildAtFault = errors[0]!.message.includes("This element is not expected");
          expect(refused >= 0, `${schema} ${names.join()}`).toBe(isChildAtFault);
          if (refused < 0) continue;
          const occurrences = names.slice(0, refused + 1).filter((name) => name === names[refused]).length;
          expect(errors[0]!.nodePath).toMatch(new RegExp(`/${names[refused]!}(\\[${occurrences}\\])?$`));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
