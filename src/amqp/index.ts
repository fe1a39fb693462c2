export { AMQPEventConsumer } from "./consumer.ts";
export type { ConsumerCounts } from "./consumer-counts.ts";
export type { ConsumerOptions, EventCallback } from "./consumer-options.ts";
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
export type { ConnectOptions, Pem, TlsOptions } from "./options.ts";
export { EventPublisher } from "./publisher.ts";
export type { PublisherOptions } from "./publisher.ts";
export { parseBusUrl } from "./url.ts";
export type { BusUrl } from "./url.ts";
export { addInProcessHost, newInProcessHost } from "./in-process-hosts.ts";
