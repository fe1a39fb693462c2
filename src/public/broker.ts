/** `xqbus/broker`: the embedded broker. */
export type * from "../broker/index.ts";
export { DEFAULT_BROKER_LIMITS, startBroker } from "../broker/index.ts";
