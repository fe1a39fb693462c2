import { EventMaker, type Event } from "../event/index.ts";
import type { ListenerStatus, StoredListener } from "./listener-definition.ts";

/** The event `ListenerDisabled`: tells that a listener has given up. */
export function disabledEvent(
  { id, definition }: StoredListener,
  { reason = "", brokenSince = 0 }: ListenerStatus,
  waiting: number,
): Event {
  const e = EventMaker();
  const { name, notifier } = definition;
  return e.Event(
    e.ListenerDisabled({
      Id: id,
      ...(name === undefined ? {} : { Name: name }),
      Notifier: notifier,
      BrokenSince: new Date(brokenSince),
      Waiting: Math.max(0, waiting),
      Reason: reason,
    }),
  );
}
