export { AMQPServiceProxy } from "./amqp-service-proxy.ts";
export type { CallOptions, ServiceProxyBase, ServiceProxyOptions } from "./amqp-service-proxy.ts";
export type { RpcParams } from "../amqp/index.ts";
export type { CallCounts } from "./method-host.ts";
export type { EventRight, ServiceEventsOptions } from "./send-event-method.ts";
export { serveMethods } from "./serve-methods.ts";
export type { MethodService, ServeOptions, ServiceCounts } from "./serve-methods.ts";
export { ServiceError, serviceErrorOf } from "./service-error.ts";
export type { ServiceErrorDetails } from "./service-error.ts";
export type { CallContext, RemoteMethods, ServiceMethod, ServiceMethods } from "./service-methods.ts";
export {
  EventClient,
  getEventClient,
  listenMicroserviceEvents,
  ResourceNotFoundError,
  serveResource,
} from "./microservice/index.ts";
export type {
  EventClientOptions,
  LineLogger,
  MicroserviceEventFields,
  MicroserviceEventHandler,
  MicroserviceListenOptions,
  MicroserviceOptions,
  MicroserviceSettings,
  ReceivedEventFields,
  RemoteResource,
  ResourceHandler,
  ServeResourceOptions,
} from "./microservice/index.ts";
export { announceClient } from "./presence/index.ts";
export type { AnnouncedMethod, AnnounceOptions, ClientPresence, NetworkDevice } from "./presence/index.ts";
