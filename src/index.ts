/** xqbus: typed XML events over AMQP 1.0. Each group is also an entry of its own, `xqbus/schema` … */
export { ERROR_CODES, XqbusError } from "./errors.ts";
export type { XqbusErrorCode } from "./errors.ts";
export * from "./public/xml.ts";
export * from "./public/schema.ts";
export * from "./public/event.ts";
export * from "./public/filter.ts";
export * from "./public/amqp.ts";
export * from "./public/subscription.ts";
export * from "./public/broker.ts";
export * from "./public/service.ts";
