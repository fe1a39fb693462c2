export { findFunction } from "./library.ts";
export type { FunctionDefinition, FunctionSignature } from "./function-definition.ts";
