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
export { deliveryCountOf, propertiesOfBeginning } from "./message.ts";
export type { MessageProperties } from "./message.ts";
export { newMessageId } from "./message-id.ts";
export { EventLabels, promotedFields, routingKeysOf } from "./message-labels.ts";
export type { MessageLabels } from "./message-labels.ts";
export type { OrderBy, StatedOrder } from "./order-by.ts";
export { statedKey } from "./order-key.ts";
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
export { RepeatedDeliveries } from "./repeated-deliveries.ts";
export type { RepeatedDelivery } from "./repeated-deliveries.ts";
export type { EndedSubscription, RouterMode } from "./router-mode.ts";
export type { BrokerFilter, FilterPlacement, PlacementMode } from "./placement/index.ts";
export { assertExchangeName, ExchangeSender } from "./exchange/index.ts";
export type { ExchangeMessage } from "./exchange/index.ts";
export { EventPublisher } from "./publisher.ts";
export type {
  CloseOptions,
  PublisherOptions,
  RefusalOptions,
  OriginalMessage,
  SendOptions,
} from "./publisher-options.ts";
export type { ReconnectOptions } from "./reconnect-options.ts";
export type { SaslMechanismName } from "./sasl.ts";
export type { SendEventsOptions, SendProgress, SendSummary } from "./send-events.ts";
export { busUrlOfEnvironment, parseBusUrl, parseBusUrls, urlsOfDomain } from "./url.ts";
export type { BusUrl } from "./url.ts";
export { withoutPasswords } from "./without-passwords.ts";
export { addInProcessHost, newInProcessHost } from "./in-process-hosts.ts";
export {
  assertServiceName,
  callMethod,
  HARMLESS_EXPIRES_MS,
  encodeError,
  encodeRequest,
  encodeResult,
  readRequest,
  readResponse,
  RequestReceiver,
  RequestSender,
  RPC,
} from "./requests/index.ts";
export type { RpcError, RpcId, RpcParams, RpcRequest } from "./requests/index.ts";
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
export { ROUTER_SERVICE, routerQueue } from "./subscription.ts";
export { brokerTraits, MessageSource, purgeQueue, QueueSender, readRelayed } from "./relay/index.ts";
export type { BrokerTraits, MessageSourceOptions, QueueSenderOptions, RelayedMessage } from "./relay/index.ts";
export type { IncomingDelivery } from "./incoming-delivery.ts";
