import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ok, warn } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** What a clock may differ without being wrong. */
const TOLERANCE_MS = 60_000;
const LOOK_MS = 100;

/** The clocks of this machine: whether time was set back since the folder was written, and whether they go alike. */
export async function checkClock(folder: string | undefined, now: () => number = Date.now): Promise<Finding> {
  const latest = await latestChange(folder);
  const aheadMs = latest - now();
  if (aheadMs > TOLERANCE_MS) {
    const detail = `the folder has files that were written in the future, ${Math.round(aheadMs / 1000)} s from now`;
    return warn("clock", detail, "set the clock right (timedatectl); retries and retention go by it");
  }
  const [time, steady] = [now(), performance.now()];
  await sleep(LOOK_MS);
  const driftMs = Math.abs(now() - time - (performance.now() - steady));
  if (driftMs > LOOK_MS) {
    return warn(
      "clock",
      `the clock jumped by ${Math.round(driftMs)} ms while it was looked at`,
      "look at the time service of this machine",
    );
  }
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return ok("clock", `${new Date(now()).toISOString()} (time zone ${timeZone})`);
}

async function latestChange(folder: string | undefined): Promise<number> {
  if (folder === undefined) return 0;
  const names = await readdir(folder).catch(() => []);
  const times = names.map((name) =>
    stat(join(folder, name)).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    ),
  );
  return Math.max(0, ...(await Promise.all(times)));
}
