/** What became of the messages that a consumer was sent. */
export interface ConsumerCounts {
  /** All of them. */
  readonly received: number;
  /** Events for which the filter is true; each delivery of an event counts. */
  readonly matched: number;
  /** Events for which the filter is false; the broker got `accepted` for them. */
  readonly filteredOut: number;
  /** Messages that are no event, or with a catalog no valid one; they are dead letters. */
  readonly invalid: number;
  /** Events on which the filter failed, which is no match; the broker got `accepted` for them. */
  readonly filterErrors: number;
  /** Matching events of a type that has no handler; option `unhandled` says what became of them. */
  readonly unhandled: number;
  /** Callbacks that threw, or took longer than `handlerTimeoutMs`. */
  readonly failed: number;
  /** Events that were accepted without the callback, because it has handled them before (option `deduplicate`). */
  readonly duplicates: number;
  /** Messages that became dead letters: invalid, unhandled or given up. */
  readonly deadLettered: number;
  /** Events that were sent to `parkTo`. */
  readonly parked: number;
}
