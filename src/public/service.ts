/** `xqbus/service`: calling and offering methods over the bus. */
export type * from "../service/index.ts";
export { AMQPServiceProxy, serveMethods, ServiceError } from "../service/index.ts";
