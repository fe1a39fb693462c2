import { XqbusError } from "../../errors.ts";

/** How a sample is made. The same options and the same schema give the same document. */
export interface SampleOptions {
  /** Which of all samples: any whole number; default 1. */
  readonly seed?: number;
  /**
   * Depth of elements below the event after which only what must be there is made; default 8. Where a schema needs more, it is
   * exceeded.
   */
  readonly maxDepth?: number;
  /** Repetitions of an element beyond those that must be there; default 3. */
  readonly maxOccurs?: number;
  /** Elements of the document after which only what must be there is made; default 200. */
  readonly maxElements?: number;
  /** Characters, bytes or items of a value that may have any length; default 24. */
  readonly maxLength?: number;
  /** How likely each optional part is there: 0 none, 1 all; default 0.5. */
  readonly optional?: number;
  /**
   * Values to take instead of making some, by the path below the event: `{ "Status": "busy", "User/Name": "jdoe", "@id": "7" }`.
   * They are not checked; a part that has one is always there.
   */
  readonly values?: Readonly<Record<string, string>>;
}

/** The options with all defaults filled in. */
export type ResolvedSampleOptions = Required<SampleOptions>;

/** @throws XqbusError `xqbus:illegal-argument` when an option has a value that makes no sense */
export function resolveSampleOptions(options: SampleOptions): ResolvedSampleOptions {
  const {
    seed = 1,
    maxDepth = 8,
    maxOccurs = 3,
    maxElements = 200,
    maxLength = 24,
    optional = 0.5,
    values = {},
  } = options;
  if (!Number.isSafeInteger(seed)) throw illegal("seed", seed, "a whole number");
  if (!(optional >= 0 && optional <= 1)) throw illegal("optional", optional, "a number from 0 to 1");
  for (const [name, value] of Object.entries({ maxDepth, maxOccurs, maxElements, maxLength })) {
    if (!Number.isSafeInteger(value) || value < 0) throw illegal(name, value, "a whole number from 0");
  }
  return { seed, maxDepth, maxOccurs, maxElements, maxLength, optional, values };
}

function illegal(name: string, value: number, expected: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", `the option ${name} is ${value}; expected ${expected}`);
}
