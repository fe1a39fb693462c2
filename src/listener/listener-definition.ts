import type { ListenerInput } from "./listener.ts";

/** A listener as it is stored: what the user said, with all defaults, secrets as they are. */
export interface ListenerDefinition extends Required<
  Pick<ListenerInput, "notifier" | "config" | "eventTypes" | "retry" | "concurrency" | "timeoutMs" | "maxWaiting">
> {
  readonly name: string | undefined;
  readonly xquery: string | undefined;
  readonly routingKey: string | undefined;
  readonly rate: string | undefined;
}

/** What is stored of how a listener does; times in ms since 1970. */
export interface ListenerStatus {
  readonly state: "active" | "paused" | "broken" | "disabled";
  readonly reason: string | undefined;
  /** Of `broken`: since when, when the next probe is due, and how long after the last one that is. */
  readonly brokenSince: number | undefined;
  readonly probeAt: number | undefined;
  readonly probeMs: number | undefined;
}

/** Events are delivered. */
export const ACTIVE: ListenerStatus = Object.freeze({
  state: "active",
  reason: undefined,
  brokenSince: undefined,
  probeAt: undefined,
  probeMs: undefined,
});

/** A row of the table of listeners. */
export interface StoredListener {
  readonly number: number;
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly definition: ListenerDefinition;
  readonly status: ListenerStatus;
}
