/** Documentation of a catalog: static pages and an AsyncAPI document. */
export { readSchemaCopies } from "./read-schema-copies.ts";
export { schemaDocs } from "./schema-docs.ts";
