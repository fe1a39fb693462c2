import type { ListenersOptions, RunningListeners } from "../../listener/index.ts";
import type { DeadLetterPlaces, DeadLetters } from "../dead-letters/index.ts";
import type { HttpOptions, HttpServer } from "../http/index.ts";
import type { DaemonParts } from "../parts.ts";

/** The parts of a daemon that stand on their own; tests put others in their place. */
export interface DaemonModules {
  openListeners(options: Omit<ListenersOptions, "notifierTypes">): Promise<RunningListeners>;
  openDeadLetters(places: DeadLetterPlaces): Promise<DeadLetters>;
  startHttp(parts: DaemonParts, options: HttpOptions): Promise<HttpServer>;
}
