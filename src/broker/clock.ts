import { systemClock, type Clock } from "../clock.ts";

export type { Clock };

/** The time of this machine. Its timers do not keep the process alive: the broker's sockets do. */
export const SYSTEM_CLOCK: Clock = systemClock({ keepsProcessAlive: false });
