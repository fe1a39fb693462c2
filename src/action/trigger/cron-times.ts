import { messageOf, XqbusError } from "../../errors.ts";
import { optionalPackage } from "../../optional-package.ts";

/** The times of a schedule; ms since 1970. */
export interface CronTimes {
  /** The first one after a time; undefined: there is none any more. */
  after(time: number): number | undefined;
  /** Those from a time to another one, both included, the earliest first; of more than `most` the last ones. */
  between(from: number, to: number, most: number): readonly number[];
}

/**
 * The times of a schedule. A time that a change to summer time leaves out is the one after it; one that is there twice counts once.
 *
 * @param cron five fields, or six with seconds before them
 * @param timeZone IANA name
 * @throws XqbusError `xqbus:illegal-argument`, `xqbus:missing-package`
 */
export async function cronTimes(cron: string, timeZone: string): Promise<CronTimes> {
  const { Cron } = await optionalPackage("croner", "A schedule", () => import("croner"));
  try {
    if (typeof cron !== "string" || cron.length > MAX_LENGTH)
      throw new Error("it is no text of at most 200 characters");
    new Intl.DateTimeFormat("en", { timeZone });
    const job = new Cron(cron, { timezone: timeZone, paused: true });
    job.nextRun(new Date(0));
    return {
      after: (time) => job.nextRun(new Date(time))?.getTime(),
      between: (from, to, most) => {
        const found: number[] = [];
        // Times are whole seconds, and those before the next one are wanted.
        let before = new Date((Math.floor(to / 1000) + 1) * 1000);
        while (found.length < most) {
          const [run] = job.previousRuns(1, before);
          if (run === undefined || run.getTime() < from) break;
          found.push(run.getTime());
          before = run;
        }
        return found.reverse();
      },
    };
  } catch (cause) {
    const message = `the schedule "${String(cron).slice(0, 60)}" in "${timeZone}" is not understood (${messageOf(cause)}); expected such as "0 3 * * 1-5" and Europe/Paris`;
    throw new XqbusError("xqbus:illegal-argument", message, { cause });
  }
}

const MAX_LENGTH = 200;
