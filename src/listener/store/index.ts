export { DeliveryRecords } from "./delivery-records.ts";
export type { ListenerNames } from "./delivery-records.ts";
export { forgetListener, forgetOld, makeRoom } from "./forget-rows.ts";
export type { ForgottenCounts, Horizon } from "./forget-rows.ts";
export { checksumOf, ListenerStore } from "./listener-store.ts";
export type { ListenerStoreOptions } from "./listener-store.ts";
export type { Arrival, DeliveryOutcome, NewDelivery } from "./store-requests.ts";
export type { EventRow, WaitingRow } from "./rows.ts";
export { LISTENER_TABLES } from "./shared-rows.ts";
