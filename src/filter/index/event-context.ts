import type { XmlDocument } from "../../xml/index.ts";
import type { BudgetLimits } from "../evaluate/budget.ts";
import type { FilterMessage } from "../message/filter-message.ts";
import { messageVariables } from "../message/message-variables.ts";
import type { Sequence } from "../values/item.ts";

/** What all evaluations for one event share. */
export class EventContext {
  readonly document: XmlDocument;
  readonly now: Date;
  readonly limits: BudgetLimits;
  readonly #message: FilterMessage;
  #variables: ReadonlyMap<string, Sequence> | undefined;

  constructor(document: XmlDocument, message: FilterMessage, now: Date, limits: BudgetLimits) {
    this.document = document;
    this.#message = message;
    this.now = now;
    this.limits = limits;
  }

  /** The values of external variables by Clark name; made when a filter first asks. */
  get variables(): ReadonlyMap<string, Sequence> {
    return (this.#variables ??= messageVariables(this.#message));
  }
}
