export type { AccessOptions, MechanismName } from "./access/access-options.ts";
export type { AccessAction, AccessQuestion, AccessRule } from "./access/access-rule.ts";
export { assertRules } from "./access/access-rule.ts";
export { checkAccess } from "./access/access-rules.ts";
export type { AccessAnswer } from "./access/access-rules.ts";
export type { Users } from "./access/credentials.ts";
export { assertPasswordHash, hashPassword } from "./access/password-hash.ts";
export type { HashOptions, PasswordHash } from "./access/password-hash.ts";
export { assertUserName } from "./access/user-name.ts";
export type {
  BrokerManagement,
  BrokerRates,
  CountOption,
  ManagedConnection,
  NamedSubscription,
  QueueInfo,
  QueueState,
  SubscriptionInfo,
} from "./node/management.ts";
export type { Broker, BrokerCounts, BrokerOptions, BrokerTlsOptions, InProcessAccess } from "./broker.ts";
export type { BrokerDeadLetter } from "./node/dead-letters/dead-letters.ts";
export type { SubscriptionName } from "./node/dead-letters/subscription-name.ts";
export type { RepeatedMessage } from "./node/replay/repeated-message.ts";
export type { ReplayTarget } from "./node/replay/replay-target.ts";
export type { UnroutedMessage } from "./node/replay/unrouted.ts";
export type { BrokerLog, BrokerLogRecord } from "./client-log.ts";
export { DEFAULT_BROKER_LIMITS } from "./limits.ts";
export type { BrokerLimits } from "./limits.ts";
export type { UnroutedOptions } from "./node/node-store.ts";
export { assertQueuePolicies } from "./node/queue-policies.ts";
export type { QueuePolicy } from "./node/queue-policies.ts";
export type { PublishedMessage, PublishHook, PublishVerdict } from "./node/publish.ts";
export { startBroker } from "./start-broker.ts";
export type { Clock } from "./clock.ts";
export type { AcceptedMessage } from "./in-process/accepted-message.ts";
export { createMemoryBroker } from "./in-process/memory-broker.ts";
export type { MemoryBroker, MemoryBrokerOptions } from "./in-process/memory-broker.ts";
export type { BrokerStoreOptions } from "./store/store-options.ts";
export { StoppedStore } from "./stopped-store.ts";
export type { StoppedQueue, StoppedSubscription } from "./stopped-store.ts";
export type { WalkedPlace } from "./store/store-walk.ts";
export { checkStore } from "./store/check-store.ts";
export type { CheckedQueue, StoreCheck } from "./store/check-store.ts";
export { salvageStore } from "./store/salvage-store.ts";
export type { Salvage, SalvagedQueue } from "./store/salvage-store.ts";
export type { ConnectionInfo, LinkInfo } from "./protocol/connection-info.ts";
