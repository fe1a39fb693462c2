import { messageOf, XqbusError } from "../../errors.ts";
import { optionalPackage } from "../../optional-package.ts";

/** Gives the first time after another; ms since 1970; undefined: there is none any more. */
export type CronTimes = (after: number) => number | undefined;

/**
 * The times of a schedule. A time that a change to summer time leaves out is the one after it; one that is there twice counts once.
 *
 * @param cron five fields, or six with seconds before them
 * @param timeZone IANA name
 * @throws XqbusError `xqbus:illegal-argument`, `xqbus:missing-package`
 */
export async function cronTimes(cron: string, timeZone: string): Promise<CronTimes> {
  const { Cron } = await optionalPackage("croner", "A schedule", () => import("croner"));
  const times: CronTimes = (after) => {
    const job = new Cron(cron, { timezone: timeZone, paused: true });
    return job.nextRun(new Date(after))?.getTime();
  };
  try {
    if (typeof cron !== "string" || cron.length > MAX_LENGTH)
      throw new Error("it is no text of at most 200 characters");
    new Intl.DateTimeFormat("en", { timeZone });
    times(0);
    return times;
  } catch (cause) {
    const message = `the schedule "${String(cron).slice(0, 60)}" in "${timeZone}" is not understood (${messageOf(cause)}); expected such as "0 3 * * 1-5" and Europe/Paris`;
    throw new XqbusError("xqbus:illegal-argument", message, { cause });
  }
}

const MAX_LENGTH = 200;
