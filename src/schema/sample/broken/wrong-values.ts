import { isXmlChar } from "../../../xml/index.ts";
import { shorten } from "../../problems/words.ts";
import { compileSimpleType, splitAtWhiteSpace, type SimpleTypeChecker } from "../../values/index.ts";
import { SampleError } from "../sample-error.ts";
import type { SampleText } from "../sample-tree.ts";
import { numberFacet, type ValuePlan } from "../values/value-plan.ts";
import { NO_SCOPE } from "../values/value-sampler.ts";
import type { Breaking } from "./breakage.ts";
import { misspell } from "./misspell.ts";

/** A value that breaks one rule of its type. */
export interface WrongValue {
  readonly text: string;
  readonly rule: string;
  readonly kind: string;
  /** Goes on behind the name of what has the value. */
  readonly description: string;
}

/** For each rule of a type a value that breaks it first, as far as one is found: every facet, and the form of the value. */
export function wrongValues(
  checker: SimpleTypeChecker,
  { text }: SampleText,
  breaking: Breaking,
): readonly WrongValue[] {
  const found = new Map<string, WrongValue>();
  for (const candidate of candidates(checker, text, breaking)) {
    if (!isXmlText(candidate)) continue;
    const problem = checker.check(candidate, NO_SCOPE);
    // The engine accepts a list of no references.
    if (problem === undefined || (candidate === "" && checker.identity === "IDREF")) continue;
    const { code: rule, facet, limit, isItem } = problem;
    const kind = `${rule}${isItem ? " of an item" : ""}`;
    if (found.has(kind)) continue;
    const value = `has the value "${shorten(candidate)}"`;
    const why =
      facet === undefined ? "which has not the form of its type" : `which breaks the facet ${facet} ${shorten(limit)}`;
    found.set(kind, { text: candidate, rule, kind, description: `${value}, ${why}` });
  }
  return [...found.values()];
}

/** A valid value that is not the fixed one; undefined when none is found. */
export function otherValue(
  checker: SimpleTypeChecker,
  { fixed = "" }: SampleText,
  { values }: Breaking,
): Omit<WrongValue, "rule"> | undefined {
  for (let attempt = 0; attempt < OTHERS; attempt++) {
    try {
      const { text } = values.sample(checker);
      if (text === "" || checker.equal(text, fixed, NO_SCOPE)) continue;
      return { text, kind: "fixed", description: `has the value "${shorten(text)}" instead of the fixed "${fixed}"` };
    } catch (error) {
      if (error instanceof SampleError) return undefined;
      throw error;
    }
  }
  return undefined;
}

/** Texts of which most are wrong: those just beyond the limits come first. */
function* candidates(checker: SimpleTypeChecker, text: string, { table, values, random }: Breaking): Iterable<string> {
  const plan = values.planOf(checker.type);
  yield* beyondLimits(plan);
  yield* ofWrongLength(plan, text);
  if (plan.item !== undefined) {
    const item = compileSimpleType(plan.item, table);
    const items = splitAtWhiteSpace(text);
    for (const wrong of wrongValues(
      item,
      { kind: "text", text: items[0] ?? "", checker: item },
      { table, values, random },
    )) {
      if (splitAtWhiteSpace(wrong.text).length === 1) yield [wrong.text, ...items.slice(1)].join(" ");
    }
  }
  for (const { value } of plan.enumeration) yield misspell(value);
  for (let i = 0; i < BASE_VALUES; i++) {
    const base = values.sampleBase(checker.type);
    if (base !== undefined) yield base;
  }
  yield* [`${text}x`, text.slice(1), misspell(text), ...NO_VALUES];
}

function* beyondLimits({ facets, builtIn }: ValuePlan): Iterable<string> {
  for (const name of ["minInclusive", "minExclusive", "maxInclusive", "maxExclusive"]) {
    const limit = facets.get(name);
    if (limit === undefined) continue;
    yield limit;
    const outwards = name.startsWith("min") ? -1n : 1n;
    const [, digits, fraction = ""] = /^([+-]?\d+)(?:\.(\d+))?$/.exec(limit) ?? [];
    if (digits !== undefined) {
      if (fraction === "") yield String(BigInt(digits) + outwards);
      const units = BigInt(digits + fraction) + outwards;
      const written = (units < 0n ? -units : units).toString().padStart(fraction.length + 1, "0");
      const point = written.length - fraction.length;
      yield `${units < 0n ? "-" : ""}${written.slice(0, point)}.${written.slice(point)}`.replace(/\.$/, "");
    }
    if (builtIn === "float" || builtIn === "double") yield name.startsWith("min") ? "-INF" : "INF";
  }
  const [total, behindPoint] = [digitFacet(facets, "totalDigits"), digitFacet(facets, "fractionDigits")];
  if (total !== undefined) yield* ["9".repeat(total + 1), `-${"9".repeat(total + 1)}`];
  if (behindPoint !== undefined) yield* [`0.${"1".repeat(behindPoint + 1)}`, `1.${"1".repeat(behindPoint + 1)}`];
  yield* EXTREMES[builtIn] ?? [];
}

function* ofWrongLength(plan: ValuePlan, text: string): Iterable<string> {
  const lengths = ["length", "minLength", "maxLength"].flatMap((name) => numberFacet(plan, name) ?? []);
  for (const length of lengths.flatMap((each) => [each + 1, each - 1])) {
    if (length < 0 || length > LONGEST) continue;
    if (plan.variety === "list") {
      const items = splitAtWhiteSpace(text);
      if (length === 0) yield "";
      else if (items.length > 0) yield Array.from({ length }, (_, i) => items[i % items.length]!).join(" ");
      continue;
    }
    if (plan.builtIn === "base64Binary") yield Buffer.alloc(length).toString("base64");
    yield (plan.builtIn === "hexBinary" ? "00" : "x").repeat(length);
    const characters = [...text];
    if (characters.length > 0) yield Array.from({ length }, (_, i) => characters[i % characters.length]!).join("");
  }
}

function digitFacet(facets: ReadonlyMap<string, string>, name: string): number | undefined {
  const value = Number(facets.get(name));
  return Number.isInteger(value) && value <= LONGEST ? value : undefined;
}

function isXmlText(text: string): boolean {
  return [...text].every((character) => isXmlChar(character.codePointAt(0)!));
}

const NO_VALUES = ["", "no value", "?", "-", "undeclared:name", "1.5.2", "2026-02-30", "24:61:00", "%"];

/** Values that are farther away than limits usually are. */
const EXTREMES: Readonly<Record<string, readonly string[]>> = {
  dateTime: ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00", "9999-12-31T23:59:59"],
  date: ["0001-01-01", "9999-12-31", "0001-01-01Z", "9999-12-31Z"],
  time: ["00:00:00", "23:59:59", "00:00:00Z", "23:59:59Z"],
  gYearMonth: ["0001-01", "9999-12", "0001-01Z", "9999-12Z"],
  gYear: ["0001", "9999", "0001Z", "9999Z"],
  gMonthDay: ["--01-01", "--12-31", "--01-01Z", "--12-31Z"],
  gDay: ["---01", "---31", "---01Z", "---31Z"],
  gMonth: ["--01", "--12", "--01Z", "--12Z"],
  duration: ["-P100Y", "P100Y"],
};

const OTHERS = 20;
const BASE_VALUES = 20;

/** Characters of a value that is one too long, at most. */
const LONGEST = 5000;
