import { notifierTypes, openListeners } from "../../listener/index.ts";
import { DaemonDeadLetters } from "../dead-letters/index.ts";
import { startHttp } from "../http/index.ts";
import type { DaemonModules } from "./daemon-modules.ts";

/** The parts of a daemon as they are, and not as tests have them. */
export const daemonModules: DaemonModules = {
  openListeners: (setup) => openListeners({ ...setup, notifierTypes }),
  openDeadLetters: async (places) => new DaemonDeadLetters(places),
  startHttp,
};
