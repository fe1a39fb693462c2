export { annotationWarnings } from "./annotation-warnings.ts";
export { annotationsOf, type SchemaAnnotations } from "./annotations-of.ts";
export type { AnnotatedEvent } from "./annotated-event.ts";
export { eventWordOf, eventWords } from "./event-word.ts";
export { eventPlace, type EventPlace } from "./event-place.ts";
export type { EventAnnotations, FieldAnnotations } from "./event-annotations.ts";
export type { PromotedField, PromotedValue } from "./promoted-field.ts";
export { retentionMs } from "./retention.ts";
export { sensitivityOf, WHOLE_EVENT, type Sensitivity } from "./sensitivity.ts";
