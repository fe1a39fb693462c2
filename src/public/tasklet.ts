/** `xqbus/tasklet`: events that are a routing key and a tag string, consumers in folders, and what tasklets use. */
export type * from "../tasklet/index.ts";
export type { CallContext } from "../worker/index.ts";
export { TaskletConsumer, checkConsumer, events, eventsOf, findConsumers } from "../tasklet/index.ts";
export { PermanentError, RetryLater } from "../subscription/index.ts";
export { currentCall } from "../worker/index.ts";
