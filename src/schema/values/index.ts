export { compileSimpleType } from "./compile-simple-type.ts";
export { isQName } from "./names.ts";
export type { SimpleTypeChecker, ValueProblem } from "./simple-type-checker.ts";
export { isBlank, normalizeWhiteSpace, splitAtWhiteSpace } from "./white-space.ts";
