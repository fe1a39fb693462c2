/** `xqbus/service`: calling and offering methods over the bus, and the events of microservices. */
export type * from "../service/index.ts";
export {
  AMQPServiceProxy,
  EventClient,
  ResourceNotFoundError,
  ServiceError,
  announceClient,
  getEventClient,
  listenMicroserviceEvents,
  serveMethods,
  serveResource,
} from "../service/index.ts";
