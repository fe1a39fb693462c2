export { EventClient, getEventClient } from "./event-client.ts";
export type { EventClientOptions } from "./event-client.ts";
export { listenMicroserviceEvents } from "./listen-microservice-events.ts";
export type { LineLogger, MicroserviceEventHandler, MicroserviceListenOptions } from "./listen-microservice-events.ts";
export type { MicroserviceEventFields, ReceivedEventFields } from "./microservice-event.ts";
export type { MicroserviceOptions, MicroserviceSettings } from "./microservice-settings.ts";
export { ResourceNotFoundError, serveResource } from "./remote-resource.ts";
export type { RemoteResource, ResourceHandler, ServeResourceOptions } from "./remote-resource.ts";
