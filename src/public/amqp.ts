/** `xqbus/amqp`: sending and receiving events. */
export type * from "../amqp/index.ts";
export {
  AMQPEventConsumer,
  AbortedError,
  AuthenticationError,
  CertificateError,
  EventPublisher,
  NotConnectedError,
  RefusedError,
  TimeoutError,
  busUrlOfEnvironment,
  parseBusUrl,
  parseBusUrls,
} from "../amqp/index.ts";
