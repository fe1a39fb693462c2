export { loadCatalog, type Catalog, type Validatable } from "./catalog.ts";
export {
  annotationsOf,
  eventPlace,
  eventWordOf,
  eventWords,
  retentionMs,
  sensitivityOf,
  WHOLE_EVENT,
  type AnnotatedEvent,
  type EventAnnotations,
  type EventPlace,
  type FieldAnnotations,
  type PromotedField,
  type PromotedValue,
  type SchemaAnnotations,
  type Sensitivity,
} from "./annotations/index.ts";
export { compareCatalogs, type CompareOptions } from "./compare/compare-catalogs.ts";
export type {
  ChangeKind,
  CompatibilityReport,
  EventCompatibility,
  SchemaChange,
  SchemaPlace,
  Verdict,
  Witness,
} from "./compare/compatibility-report.ts";
export { isBackwardCompatible, isForwardCompatible } from "./compare/compatibility-report.ts";
export { DEFAULT_NAMESPACE, DEFAULT_SCHEMA_FILE_LIMITS, type CatalogOptions } from "./catalog-options.ts";
export { defaultModel } from "./default-model.ts";
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
export type { LargeValidationOptions } from "./large/large-document-validator.ts";
export { eventNameOf, findEvent, getEvent } from "./model/event-name.ts";
export type { SchemaModel } from "./model/schema-model.ts";
export {
  ALL_NUMBERS,
  familyOf,
  possibleDocuments,
  rangeOfNumber,
  type NumberRange,
  type PossibleAttribute,
  type PossibleDocuments,
  type PossibleElement,
  type PossibleText,
  type TextFamily,
  type TextRefusal,
} from "./possible/index.ts";
export type { ValidationProblem } from "./problems/validation-problem.ts";
export type { NearInvalidEvent, NearInvalidOptions } from "./sample/broken/near-invalid.ts";
export { SampleError } from "./sample/sample-error.ts";
export type { SampleOptions } from "./sample/sample-options.ts";
export type { SchemaFileLimits } from "./sources/schema-folders.ts";
export type { SchemaProblem } from "./sources/schema-problem.ts";
export {
  OTHER_ELEMENTS,
  type AtomicForm,
  type AtomicShape,
  type AttributeShape,
  type ElementShape,
  type FieldShape,
  type ListShape,
  type NamedChild,
  type ObjectShape,
  type Shape,
  type UnionShape,
  type ValueShape,
} from "./shape/shape.ts";
export { eventFixtures } from "./scaffold/event-fixtures.ts";
export { writeEventSchema, type NewEventType } from "./scaffold/write-event-schema.ts";
export { shapesOf, type Shapes } from "./shape/shapes.ts";
export { nearestName } from "../nearest-name.ts";
export { UnknownNameError } from "./unknown-name-error.ts";
export type { Vocabulary } from "./vocabulary.ts";
export type { CatalogChange } from "./watch/catalog-change.ts";
export type { CatalogWatcher } from "./watch/catalog-watcher.ts";
export type { WatchOptions } from "./watch/watch-options.ts";
