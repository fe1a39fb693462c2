export { AMQPEventConsumer } from "./consumer.ts";
export type { ConsumerCounts } from "./consumer-counts.ts";
export type { ConsumerOptions, EventCallback } from "./consumer-options.ts";
export type { DeadLetterListener } from "./dead-letter-listener.ts";
export type { WaitLimits } from "./deadline.ts";
export {
  AbortedError,
  AuthenticationError,
  CertificateError,
  NotConnectedError,
  RefusedError,
  TimeoutError,
} from "./errors.ts";
export type { EventDelivery } from "./event-delivery.ts";
export type { MessageProperties } from "./message.ts";
export type { OrderBy } from "./order-by.ts";
export type { ConnectOptions, Pem, TlsOptions } from "./options.ts";
export type { BackoffOptions } from "./backoff.ts";
export type { ConnectionEvents, ConnectionStatus, Stall } from "./connection-events.ts";
export { changeJournal, readJournal } from "./journal/index.ts";
export type {
  JournalContents,
  JournalControl,
  JournalCounts,
  JournalOptions,
  RefusedEvent,
  RefusedOptions,
} from "./journal/index.ts";
export type { BrokerFilter, FilterPlacement, PlacementMode } from "./placement/index.ts";
export { EventPublisher } from "./publisher.ts";
export type { CloseOptions, PublisherOptions, RefusalOptions, SendOptions } from "./publisher-options.ts";
export type { ReconnectOptions } from "./reconnect-options.ts";
export type { SaslMechanismName } from "./sasl.ts";
export type { SendEventsOptions, SendProgress, SendSummary } from "./send-events.ts";
export { busUrlOfEnvironment, parseBusUrl, parseBusUrls, urlsOfDomain } from "./url.ts";
export type { BusUrl } from "./url.ts";
export { addInProcessHost, newInProcessHost } from "./in-process-hosts.ts";
export { assertServiceName, RequestReceiver, RequestSender } from "./requests/index.ts";
export type {
  IncomingRequest,
  ReceivedCounts,
  RequestCounts,
  RequestHandler,
  RequestLimits,
  RequestReceiverOptions,
  RequestSenderOptions,
} from "./requests/index.ts";
export { checkEvent, readEvent } from "./check-event.ts";
export { Deadline } from "./deadline.ts";
export { defaultCatalog } from "./default-catalog.ts";
