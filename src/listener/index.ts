export type { AttemptRow, DeliveryQuery, DeliveryRecord, DeliveryState } from "./delivery-record.ts";
export { EventTypes } from "./event-types.ts";
export type { ResolvedTypes } from "./event-types.ts";
export type { KeptCounts, Listener, ListenerCounts, ListenerInput, ListenerState } from "./listener.ts";
export { listenerFull } from "./listener-full.ts";
export { unknownId } from "./object-id.ts";
export type { EventTrace, ListenerChangeOptions, Listeners, ListenerTest } from "./listeners.ts";
export type { Notification, Notifier, NotifierContext, NotifierField, NotifierType, NotifyResult } from "./notifier.ts";
export type {
  ActionStart,
  ActionStarter,
  EmailSettings,
  MessagingSettings,
  NetworkSettings,
  NotifierSettings,
} from "./notifier-settings.ts";
export { NotifyError } from "./notify-error.ts";
export type { NotifyFailure } from "./notify-error.ts";
export { notificationDocument } from "./notification-document.ts";
export type { DocumentOptions, NotificationDocument } from "./notification-document.ts";
export { traceArrival, traceAttempt } from "./trace-deliveries.ts";
export type { TracedArrival } from "./trace-deliveries.ts";
export { notifierTypes, verifyMailServer } from "./notifiers/index.ts";
export type { ListenerLogRecord } from "./listener-log.ts";
export type { ArrivalReport, AttemptReport, AttemptTracer } from "./listener-reports.ts";
export type { ListenersOptions } from "./listeners-options.ts";
export { openListeners } from "./open-listeners.ts";
export type { ListenersHealth, RunningListeners } from "./running-listeners.ts";
export { LISTENER_TABLES } from "./store/index.ts";
