/** `xqbus/producer`: changes of databases as events. Not part of the entry `xqbus`: it needs packages that are optional. */
export type * from "../producer/index.ts";
export {
  installProducer,
  openRelay,
  outbox,
  producerState,
  retryParked,
  uninstallProducer,
} from "../producer/index.ts";
export { openDatabase } from "../database/index.ts";
