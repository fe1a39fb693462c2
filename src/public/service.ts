/** `xqbus/service`: the service proxy. */
export type * from "../service/index.ts";
export { AMQPServiceProxy } from "../service/index.ts";
