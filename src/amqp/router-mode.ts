/** Whether a consumer asks the router of a daemon. */
export type RouterMode = "auto" | "never" | "required";

/** All of them. */
export const ROUTER_MODES: readonly RouterMode[] = ["auto", "never", "required"];

/** What was thrown away with a subscription. */
export interface EndedSubscription {
  /** Events that waited; undefined where nobody counts them. */
  readonly waiting: number | undefined;
}
