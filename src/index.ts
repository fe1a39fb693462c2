/** xqbus: typed XML events over AMQP 1.0. Each group is also a subpath export of its folder's name. */
export { ERROR_CODES, XqbusError } from "./errors.ts";
export type { XqbusErrorCode } from "./errors.ts";
export * from "./xml/index.ts";
export * from "./schema/index.ts";
export * from "./event/index.ts";
export * from "./filter/index.ts";
export * from "./amqp/index.ts";
export * from "./broker/index.ts";
export * from "./service/index.ts";
