import type { Event } from "../event/index.ts";
import type { Filter, FilterItem, FilterMessage } from "../filter/index.ts";
import type { MessageProperties } from "./message.ts";

/** One event as a consumer gets it. */
export interface EventDelivery {
  readonly event: Event;
  /**
   * The query's result on this event, evaluated when first asked for and kept. Without a query it is the document.
   *
   * @throws FilterError when asking for the items fails where the match did not
   */
  readonly result: readonly FilterItem[];
  readonly properties: MessageProperties;
}

/** @internal */
export class FilteredDelivery implements EventDelivery {
  readonly event: Event;
  readonly properties: MessageProperties;
  readonly #filter: Filter;
  readonly #message: FilterMessage | undefined;
  #result: readonly FilterItem[] | undefined;

  constructor(event: Event, filter: Filter, properties: MessageProperties, message: FilterMessage | undefined) {
    this.event = event;
    this.properties = properties;
    this.#filter = filter;
    this.#message = message;
  }

  get result(): readonly FilterItem[] {
    this.#result ??= this.#filter.evaluate(this.event.document, this.#message);
    return this.#result;
  }
}
