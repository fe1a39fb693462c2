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
  parseBusUrl,
} from "../amqp/index.ts";
