/** Replays: events of the archive, or events that nobody wanted, once more to an address or to one subscription. */
export { prepareReplay } from "./prepare-replay.ts";
export type { ReplayGoal, ReplayOrigin } from "./prepare-replay.ts";
