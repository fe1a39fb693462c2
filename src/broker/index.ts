export type { BrokerManagement, CountOption, QueueInfo, QueueState, SubscriptionInfo } from "./node/management.ts";
export type { Broker, BrokerCounts, BrokerOptions, BrokerTlsOptions } from "./broker.ts";
export { DEFAULT_BROKER_LIMITS } from "./limits.ts";
export type { BrokerLimits } from "./limits.ts";
export type { UnroutedOptions } from "./node/node-store.ts";
export type { PublishHook, PublishInfo } from "./node/publish.ts";
export { startBroker } from "./start-broker.ts";
