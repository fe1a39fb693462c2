/** What became of the messages that a consumer was sent. */
export interface ConsumerCounts {
  /** All of them. */
  readonly received: number;
  /** Events for which the filter is true; each delivery of an event counts. */
  readonly matched: number;
  /** Events for which the filter is false; the broker got `accepted` for them. */
  readonly filteredOut: number;
  /** Messages that are no event, or with a catalog no valid one; the broker got `rejected` for them. */
  readonly invalid: number;
  /** Events on which the filter failed, which is no match; the broker got `accepted` for them. */
  readonly filterErrors: number;
  /** Matching events of a type that has no handler; option `unhandled` says what the broker got for them. */
  readonly unhandled: number;
  /** Callbacks that threw. */
  readonly failed: number;
}
