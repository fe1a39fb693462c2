/** Levels of a log, the least important first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a record tells besides its sentence: names and numbers, never bodies of events. */
export type LogDetails = Readonly<Record<string, unknown>>;

/**
 * Where the parts of a daemon tell what happens. Never fails and never blocks for long.
 *
 * Records have no bodies of events and no secrets, whatever they are given: see {@link safeDetails}.
 */
export interface Log {
  /** @param message one sentence */
  write(level: LogLevel, message: string, details?: LogDetails): void;
  /** The same log; its records name the part that tells them: `broker`, `http`. */
  part(name: string): Log;
}
