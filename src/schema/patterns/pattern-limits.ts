/** Bounds on one pattern. A schema may come from anybody, and what reads a pattern must not be stopped by it. */
export interface PatternLimits {
  /** UTF-16 code units. */
  readonly maxLength: number;
  /** Depth of parentheses and of classes within classes. */
  readonly maxDepth: number;
  /** Places where a character is matched, counted repetitions written out: `(ab){10}` has 20. */
  readonly maxPositions: number;
  /** Ways from one of these places to the next, in all. */
  readonly maxTransitions: number;
  /** Steps that the search for ambiguity may take. */
  readonly maxAmbiguitySteps: number;
}

/** Far above what people write: a value that is an IBAN, a list of 500 codes or a URI needs a few hundred positions. */
export const DEFAULT_PATTERN_LIMITS: PatternLimits = {
  maxLength: 10_000,
  maxDepth: 40,
  maxPositions: 5000,
  maxTransitions: 100_000,
  maxAmbiguitySteps: 1_000_000,
};

/** The given limits, the others by default. */
export function resolvePatternLimits(limits: Partial<PatternLimits> | undefined): PatternLimits {
  return limits === undefined ? DEFAULT_PATTERN_LIMITS : { ...DEFAULT_PATTERN_LIMITS, ...limits };
}
