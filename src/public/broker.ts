/** `xqbus/broker`: the embedded broker, and what joins it with a catalog. */
export type * from "../broker/index.ts";
export type { DoorOptions } from "../daemon/index.ts";
export {
  DEFAULT_BROKER_LIMITS,
  checkAccess,
  checkStore,
  hashPassword,
  salvageStore,
  startBroker,
} from "../broker/index.ts";
export { validateAtTheDoor } from "../daemon/index.ts";
