export { loadCatalog, type Catalog, type Validatable } from "./catalog.ts";
export { DEFAULT_NAMESPACE, DEFAULT_SCHEMA_FILE_LIMITS, type CatalogOptions } from "./catalog-options.ts";
export { defaultVocabulary } from "./default-vocabulary.ts";
export type {
  AttributeDescription,
  ComplexTypeDescription,
  EventDescription,
  FieldDescription,
  SimpleTypeDescription,
  TypeDescription,
} from "./event-description.ts";
export { formatProblem, formatSchemaProblem } from "./format-problem.ts";
export { InvalidEventError } from "./invalid-event-error.ts";
export type { ValidationProblem } from "./problems/validation-problem.ts";
export type { SchemaFileLimits } from "./sources/schema-folders.ts";
export type { SchemaProblem } from "./sources/schema-problem.ts";
export { nearestName } from "./suggest.ts";
export { UnknownNameError } from "./unknown-name-error.ts";
export type { Vocabulary } from "./vocabulary.ts";
