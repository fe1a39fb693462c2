import { PatternError, compilePattern, type CompiledPattern } from "../patterns/index.ts";

/**
 * A pattern facet ready to match. The one place that knows who runs the regular expressions.
 *
 * @returns undefined when the text is no regular expression of XML Schema, or a larger one than is allowed
 */
export function readPattern(text: string): CompiledPattern | undefined {
  try {
    return compilePattern(text);
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}
