/** `xqbus/event`: making and reading events. */
export type * from "../event/index.ts";
export {
  Event,
  EventContentError,
  EventMaker,
  MadeElement,
  bytesOf,
  fromJson,
  fromObject,
  maskSensitive,
  toJson,
  toObject,
  typedContent,
} from "../event/index.ts";
