/** `xqbus/event`: making and reading events. */
export type * from "../event/index.ts";
export {
  Event,
  EventContentError,
  EventMaker,
  MadeElement,
  bytesOf,
  eventTypeOf,
  formatTags,
  fromJson,
  fromObject,
  maskSensitive,
  parseTags,
  toJson,
  toObject,
  toPlainDocument,
  typedContent,
} from "../event/index.ts";
