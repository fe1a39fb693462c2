/**
 * The window in which repetitions of an event are recognised: the ids of those that were handled to the end.
 *
 * A subscription calls `has` before it handles an event, and `add` when the handler has succeeded and before the delivery is
 * accepted; never two calls for one id at the same time. An answer that fails or takes too long is reported and counts as "not
 * seen": better twice than never. Several subscriptions must not share a window, or what one has handled is lost to the others.
 */
export interface HandledIds {
  /** Whether the event was handled within the window. */
  has(id: string): boolean | Promise<boolean>;
  /** The event was handled. A window on disk resolves when that is there to stay. */
  add(id: string): void | Promise<void>;
}
