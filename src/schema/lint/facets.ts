import type { ComponentTable } from "../model/component-table.ts";
import type { Facet, SimpleType } from "../model/components.ts";
import type { UnitComponents } from "../model/read-components.ts";
import { outlineOf, type SimpleTypeOutline } from "../model/simple-type.ts";
import { problemAt, type SchemaProblem } from "../sources/schema-problem.ts";
import { compileSimpleType } from "../values/index.ts";
import { declaredTypes } from "./declared-types.ts";
import type { Violation } from "./finding.ts";

/**
 * Facets must not contradict each other or those of the base type, and what they list must be values of the base type
 * (XML Schema 1.0 part 2, sections 4.3.1 to 4.3.12).
 */
export function facets(components: UnitComponents, table: ComponentTable): readonly SchemaProblem[] {
  const { file } = components.unit.document;
  return declaredTypes(components, table).simple.flatMap((type) => {
    const { derivation } = type;
    if (derivation.method !== "restriction") return [];
    const base = table.resolveType(derivation.base);
    if (base.kind !== "simpleType") return [];
    const outline = outlineOf(base, table);
    return derivation.facets.flatMap((facet) => {
      const violation = check(facet, derivation.facets, outline) ?? checkValue(facet, base, table);
      return violation === undefined
        ? []
        : problemAt(file, facet.node, `${violation.message} (${violation.code})`, violation.code);
    });
  });
}

function check(facet: Facet, own: readonly Facet[], base: SimpleTypeOutline): Violation | undefined {
  switch (facet.name) {
    case "minLength":
    case "maxLength":
      return checkLengths(facet, own, base);
    case "fractionDigits":
      return checkFractionDigits(facet, base);
    case "whiteSpace":
      return checkWhiteSpace(facet, base);
    case "maxInclusive":
    case "maxExclusive":
      return checkUpperBound(facet, base);
    default:
      return undefined;
  }
}

function checkLengths(facet: Facet, own: readonly Facet[], base: SimpleTypeOutline): Violation | undefined {
  const length = (name: string): number | undefined => {
    const written = own.find((each) => each.name === name)?.value ?? base.facets[name];
    return written === undefined ? undefined : Number(written);
  };
  const least = LISTS.has(base.builtIn) ? Math.max(length("minLength") ?? 1, 1) : length("minLength");
  const most = length("maxLength");
  if (facet.name === "minLength" && LISTS.has(base.builtIn) && Number(facet.value) < 1) {
    const message = `minLength ${facet.value} is below that of xs:${base.builtIn}, which has at least one item`;
    return { code: "minLength-valid-restriction", message };
  }
  if (least === undefined || most === undefined || least <= most) return undefined;
  // Where both stand here, one of them tells.
  if (facet.name === "maxLength" && own.some(({ name }) => name === "minLength")) return undefined;
  const message = `minLength ${least} is more than maxLength ${most}, so that no value is left`;
  return { code: "minLength-less-than-equal-to-maxLength", message };
}

function checkFractionDigits({ value }: Facet, { builtIn }: SimpleTypeOutline): Violation | undefined {
  if (!(builtIn in INTEGERS) || !(Number(value) > 0)) return undefined;
  const message = `fractionDigits ${value} is more than that of xs:${builtIn}, which has none`;
  return { code: "fractionDigits-valid-restriction", message };
}

function checkWhiteSpace({ value }: Facet, base: SimpleTypeOutline): Violation | undefined {
  const of = WHITE_SPACE.indexOf(base.facets["whiteSpace"]?.trim() ?? whiteSpaceOf(base));
  const own = WHITE_SPACE.indexOf(value.trim());
  if (own < 0 || own >= of) return undefined;
  const message = `whiteSpace "${value}" is weaker than "${WHITE_SPACE[of]}" of the base type`;
  return { code: "whiteSpace-valid-restriction", message };
}

function whiteSpaceOf({ variety, builtIn }: SimpleTypeOutline): string {
  if (variety !== "atomic") return "collapse";
  if (builtIn === "string" || builtIn === "anySimpleType") return "preserve";
  return builtIn === "normalizedString" ? "replace" : "collapse";
}

/** An upper bound below the least value of a built-in integer type; the engine knows the bounds that the schema writes itself. */
function checkUpperBound({ name, value }: Facet, { builtIn }: SimpleTypeOutline): Violation | undefined {
  const least = INTEGERS[builtIn];
  if (least === undefined || !/^\s*[+-]?[0-9]+\s*$/.test(value)) return undefined;
  const bound = BigInt(value.trim().replace(/^\+/, ""));
  if (name === "maxInclusive" ? bound >= least : bound > least) return undefined;
  const message = `${name} ${value} leaves no value of xs:${builtIn}, whose least value is ${least}`;
  return { code: `minInclusive-less-than-${name}`, message };
}

/** What an enumeration lists must be values of the base type (enumeration-valid-restriction). */
function checkValue({ name, value, node }: Facet, base: SimpleType, table: ComponentTable): Violation | undefined {
  if (name !== "enumeration") return undefined;
  const problem = compileSimpleType(base, table).check(value, node);
  if (problem === undefined) return undefined;
  const code = "enumeration-valid-restriction";
  return { code, message: `the enumeration lists "${value}", which is no value of the base type (${problem.code})` };
}

const WHITE_SPACE: readonly string[] = ["preserve", "replace", "collapse"];
const LISTS: ReadonlySet<string> = new Set(["NMTOKENS", "IDREFS", "ENTITIES"]);

/** The least values of the built-in integer types; undefined for those that have none. */
const INTEGERS: Readonly<Record<string, bigint | undefined>> = {
  integer: undefined,
  nonPositiveInteger: undefined,
  negativeInteger: undefined,
  long: -(2n ** 63n),
  int: -(2n ** 31n),
  short: -(2n ** 15n),
  byte: -128n,
  nonNegativeInteger: 0n,
  unsignedLong: 0n,
  unsignedInt: 0n,
  unsignedShort: 0n,
  unsignedByte: 0n,
  positiveInteger: 1n,
};
