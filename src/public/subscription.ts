/** `xqbus/subscription`: what every way to deliver events shares: retries, dead letters, repetitions, order, rate. */
export type * from "../subscription/index.ts";
export {
  MemoryHandledIds,
  PermanentError,
  RetryLater,
  Subscription,
  formatRetryPolicy,
  retryPolicy,
} from "../subscription/index.ts";
