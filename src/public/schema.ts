/** `xqbus/schema`: the catalog of event types, and what is made of it. */
export type * from "../schema/index.ts";
export {
  DEFAULT_NAMESPACE,
  DEFAULT_SCHEMA_FILE_LIMITS,
  InvalidEventError,
  SampleError,
  UnknownNameError,
  annotationsOf,
  compareCatalogs,
  eventFixtures,
  formatProblem,
  formatSchemaProblem,
  isBackwardCompatible,
  isForwardCompatible,
  loadCatalog,
  sensitivityOf,
  writeEventSchema,
} from "../schema/index.ts";
