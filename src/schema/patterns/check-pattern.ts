import type { RegularExpression } from "./ast.ts";
import { isExponential } from "./ambiguity.ts";
import { parsePattern } from "./parse-pattern.ts";
import { PatternError } from "./pattern-error.ts";
import { resolvePatternLimits, type PatternLimits } from "./pattern-limits.ts";
import { positionAutomaton } from "./position-automaton.ts";

/**
 * Reads a pattern and makes sure that an engine which tries one way after the other can cope with it.
 *
 * @throws PatternError with position and reason: `FORX0002` when it is no regular expression of XML Schema 1.0,
 *   `xqbus:limit-exceeded` when it is too large or too ambiguous
 */
export function checkPattern(pattern: string, limits?: Partial<PatternLimits>): RegularExpression {
  const expression = parsePattern(pattern, limits);
  const automaton = positionAutomaton(expression, pattern, limits);
  const { maxAmbiguitySteps } = resolvePatternLimits(limits);
  const ambiguous = isExponential(automaton, maxAmbiguitySteps);
  if (ambiguous === false) return expression;
  const reason =
    ambiguous === true
      ? "a part that repeats can match the same text in more than one way, which takes exponential time"
      : "it is too large to rule out that it takes exponential time (maxAmbiguitySteps)";
  throw new PatternError(
    pattern,
    0,
    `${reason}; write it so that each character has one place only`,
    "xqbus:limit-exceeded",
  );
}
