/** Events: the EventMaker, which writes them, and the Event, which carries them. */
export type { AtomicValue, MakerAttributes, MakerContent, MakerObject, MakerValue } from "./maker-content.ts";
export { EventMaker } from "./event-maker.ts";
export type {
  ElementFactories,
  EnvelopeFactory,
  EventMakerConstructor,
  MakerMethods,
  ShippedElementName,
  TypedFactories,
} from "./event-maker.ts";
export type { ElementFactory } from "./element-factory.ts";
export type { VocabularySource } from "./declared-names.ts";
export type { Events as ShippedEvents } from "./shipped-events.ts";
export type { EventTypes } from "./typed/event-types.ts";
export { typedContent } from "./typed/typed-content.ts";
export type { TypedContent } from "./typed/typed-content.ts";
export type { TypedFactory } from "./typed/typed-factory.ts";
export type { Written, WrittenObject } from "./typed/written.ts";
export { MadeElement } from "./made-element.ts";
export { Event, bytesOf, fieldReader } from "./event.ts";
export type { EventParseOptions } from "./event.ts";
export type { ContentValue, EventContent } from "./object/event-content.ts";
export { EventContentError } from "./object/event-content-error.ts";
export { fromObject } from "./object/from-object.ts";
export type { FromObjectOptions } from "./object/from-object.ts";
export { fromJson, toJson } from "./object/json.ts";
export type { JsonEvent } from "./object/named-content.ts";
export type { ModelSource } from "./object/model-source.ts";
export { eventTypeOf, toPlainDocument } from "./object/plain-document.ts";
export type { PlainDocument } from "./object/plain-document.ts";
export { hasPlainPath, plainPathsOf, valueAtPlainPath } from "./object/plain-path.ts";
export { toObject } from "./object/to-object.ts";
export { MASK } from "./sensitive/mask.ts";
export { maskSensitive } from "./sensitive/mask-sensitive.ts";
export { sensitivePaths } from "./sensitive/sensitive-paths.ts";
export { sensitiveTexts } from "./sensitive/sensitive-texts.ts";
export { shownProblem } from "./sensitive/shown-problem.ts";
export { showsSensitive } from "./sensitive/shows-sensitive.ts";
export { formatTags, parseTags } from "./tags/index.ts";
export type { Tag, TagLimits, TagLine } from "./tags/index.ts";
