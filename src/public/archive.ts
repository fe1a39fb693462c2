/** `xqbus/archive`: the memory of all events. Not part of the entry `xqbus`: it needs packages that are optional. */
export type * from "../archive/index.ts";
export {
  Archive,
  ArchiveService,
  backtest,
  checkArchive,
  replay,
  REPLAYED_PROPERTY,
  replayToBus,
} from "../archive/index.ts";
