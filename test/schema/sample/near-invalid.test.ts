import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Catalog } from "../../../src/schema/index.ts";
import { brokenEvents, isExact, nearInvalidEvents } from "../../../src/schema/sample/broken/near-invalid.ts";
import { catalogOf, catalogWith } from "../harness.ts";
import { CONTENT, IDENTITY, VALUES } from "./rich-schemas.ts";

const SHIPPED = join(import.meta.dirname, "../../../schemas/events");

/** What validation says about the documents that the model alone makes, where it is not what was planned. */
function surprises(catalog: Catalog, name: string, samples = 8): readonly string[] {
  return [...nearInvalidEvents(catalog.model, name, { samples })].flatMap(({ document, rule, path, description }) => {
    const found = catalog.validate(document).map((problem) => `${problem.code} ${problem.path}`);
    return found.length === 1 && found[0] === `${rule} ${path}`
      ? []
      : `${description}: ${rule} ${path}, found ${found.join(", ")}`;
  });
}

describe("documents with one broken rule", () => {
  it("of the shipped event types are refused for just this rule, at just this place", async () => {
    const catalog = await catalogOf(SHIPPED);
    for (const name of catalog.eventNames) expect(surprises(catalog, name)).toEqual([]);
  });

  it.each([
    ["Content", CONTENT],
    ["Identity", IDENTITY],
  ])("of schemas with everything in them, too: %s", async (name, schema) => {
    expect(surprises(await catalogWith({ [`${name}.xsd`]: schema }), name)).toEqual([]);
  });

  it("are accepted only where the engine is laxer than the standard, and then left out by the catalog", async () => {
    const catalog = await catalogWith({ "Values.xsd": VALUES });
    for (const surprise of surprises(catalog, "Values", 1)) expect(surprise).toMatch(/NMTOKENS|anyURI/);
    for (const { document, rule, path } of catalog.nearInvalid("Values", { samples: 1 })) {
      expect(catalog.validate(document)).toMatchObject([{ code: rule, path }]);
    }
  });

  it("break every rule that a schema has", async () => {
    const catalog = await catalogWith({ "Values.xsd": VALUES, "Content.xsd": CONTENT, "Identity.xsd": IDENTITY });
    const rules = new Set(
      catalog.eventNames.flatMap((name) =>
        [...nearInvalidEvents(catalog.model, name, { samples: 3 })].map(({ rule }) => rule),
      ),
    );
    expect([...rules].sort()).toEqual([
      "cvc-au",
      "cvc-complex-type.2.1",
      "cvc-complex-type.2.2",
      "cvc-complex-type.2.3",
      "cvc-complex-type.2.4",
      "cvc-complex-type.3.2.2",
      "cvc-complex-type.4",
      "cvc-datatype-valid.1.2.1",
      "cvc-datatype-valid.1.2.3",
      "cvc-elt.2",
      "cvc-elt.3.1",
      "cvc-elt.3.2.1",
      "cvc-elt.4.2",
      "cvc-elt.4.3",
      "cvc-elt.5.2.2.2.2",
      "cvc-enumeration-valid",
      "cvc-fractionDigits-valid",
      "cvc-id.2",
      "cvc-identity-constraint.4.1",
      "cvc-identity-constraint.4.2.2",
      "cvc-identity-constraint.4.3",
      "cvc-length-valid",
      "cvc-maxExclusive-valid",
      "cvc-maxInclusive-valid",
      "cvc-maxLength-valid",
      "cvc-minExclusive-valid",
      "cvc-minInclusive-valid",
      "cvc-minLength-valid",
      "cvc-pattern-valid",
      "cvc-totalDigits-valid",
      "cvc-type.2",
      "cvc-type.3.1.1",
      "cvc-type.3.1.2",
    ]);
  });

  it("say what was done", async () => {
    const catalog = await catalogOf(SHIPPED);
    const all = [...catalog.nearInvalid("PhoneStatus")].map(
      ({ rule, path, description }) => `${rule} ${path}: ${description}`,
    );
    expect(all).toEqual(
      expect.arrayContaining([
        "cvc-complex-type.2.4 /Event/PhoneStatus: Status is missing in PhoneStatus",
        "cvc-complex-type.2.4 /Event/PhoneStatus[2]: PhoneStatus occurs once too often in Event",
        "cvc-complex-type.2.4 /Event/PhoneStatus/Sttaus: Status is misspelt Sttaus",
        "cvc-complex-type.2.4 /Event/PhoneStatus/Status[2]: Status occurs once too often in PhoneStatus",
        "cvc-complex-type.3.2.2 /Event/PhoneStatus: an attribute of PhoneStatus that nothing declares",
        "cvc-elt.3.1 /Event/PhoneStatus/Status: Status is nil, which its declaration does not allow",
      ]),
    );
  });

  it("are the same for the same seed", async () => {
    const catalog = await catalogOf(SHIPPED);
    expect([...catalog.nearInvalid("CollectD", { seed: 3 })]).toEqual([
      ...catalog.nearInvalid("CollectD", { seed: 3 }),
    ]);
  });

  it("are lost for few ways of breaking only, those that break a second rule as well", async () => {
    const catalog = await catalogWith({ "Values.xsd": VALUES, "Content.xsd": CONTENT });
    for (const name of catalog.eventNames) {
      const all = [...brokenEvents(catalog.model, name, { samples: 4 })];
      const exact = new Set(all.filter(isExact).map(({ key }) => key));
      const lost = new Set(all.map(({ key }) => key).filter((key) => !exact.has(key)));
      expect(lost.size).toBeLessThan(exact.size / 50);
    }
  });
});
