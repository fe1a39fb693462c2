export type { Atom, Branch, CharacterAtom, Piece, RegularExpression } from "./ast.ts";
export { contains, type CharacterSet } from "./character-set.ts";
export { checkPattern } from "./check-pattern.ts";
export { compilePattern, type CompiledPattern } from "./compile-pattern.ts";
export { parsePattern } from "./parse-pattern.ts";
export { PatternError, type PatternErrorCode } from "./pattern-error.ts";
export { plainPattern } from "./write-pattern.ts";
export { DEFAULT_PATTERN_LIMITS, type PatternLimits } from "./pattern-limits.ts";
