import type { QueueState } from "../broker/index.ts";
import { durationText } from "./time-text.ts";

/** Heads of the columns of {@link queueRow}. */
export const QUEUE_HEAD: readonly string[] = [
  "MESSAGES",
  "BYTES",
  "UNSETTLED",
  "DELAYED",
  "OLDEST",
  "RECEIVED",
  "DELIVERED",
];

/** How a queue is doing, as cells of a table. */
export function queueRow(state: QueueState): readonly string[] {
  const { messages, bytes, unsettled, delayed, oldestAgeMs, received, delivered } = state;
  const counts = [messages, bytes, unsettled, delayed].map(String);
  return [...counts, oldestAgeMs === undefined ? "-" : durationText(oldestAgeMs), `${received}`, `${delivered}`];
}
