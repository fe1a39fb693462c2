/** Events: the EventMaker, which writes them, and the Event, which carries them. */
export type { AtomicValue, MakerAttributes, MakerContent } from "./maker-content.ts";
export { EventMaker } from "./event-maker.ts";
export type {
  ElementFactories,
  ElementFactory,
  EnvelopeFactory,
  EventMakerConstructor,
  MakerMethods,
} from "./event-maker.ts";
export type { VocabularySource } from "./declared-names.ts";
export type { ShippedElementName } from "./shipped-element-names.ts";
export { MadeElement } from "./made-element.ts";
export { Event, bytesOf } from "./event.ts";
export type { EventParseOptions } from "./event.ts";
