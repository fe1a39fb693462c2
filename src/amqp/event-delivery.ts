import type { Event } from "../event/index.ts";
import type { FilterItem, FilterMessage } from "../filter/index.ts";
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
  /** What filters may ask of the message; made when it is asked for. */
  readonly message: FilterMessage;
}
