import { FilterError, compileFilter, type FilterOptions } from "../../src/filter/index.ts";
import { parseXml } from "../../src/xml/index.ts";

/** The answer of an engine: the string that a query gives, or the code of the error. */
export type Answer = { readonly value: string } | { readonly error: string };

/** What our engine makes of a query that gives one string. */
export function ourAnswer(query: string, xml: string, options: FilterOptions = {}): Answer {
  try {
    const [value] = compileFilter(query, options).evaluate(parseXml(xml));
    if (typeof value !== "string") throw new Error(`the query gives a ${typeof value} and no string: ${query}`);
    return { value };
  } catch (error) {
    if (error instanceof FilterError) return { error: error.code };
    throw error;
  }
}

/** How many random cases are compared: those of `npm test`, 25 times as many with XQBUS_FULL=1. */
export function runs(count: number): number {
  return process.env["XQBUS_FULL"] === "1" ? 25 * count : count;
}

/**
 * The same cases in every run of `npm test`, since what the other engine does wrong is none of its business; others with XQBUS_FULL=1.
 * XQBUS_SEED repeats a run.
 */
export function seeded(): { readonly seed?: number } {
  const seed = process.env["XQBUS_SEED"];
  if (seed !== undefined) return { seed: Number(seed) };
  return process.env["XQBUS_FULL"] === "1" ? {} : { seed: 20_260_901 };
}
