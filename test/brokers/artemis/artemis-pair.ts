import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loginProblem } from "../readiness.ts";
import { ADMIN, type BrokerOptions, type RunningBroker } from "../running-broker.ts";
import { startArtemis } from "./artemis.ts";

/** Two brokers with one store, of which one works and the other one takes over when it ends. */
export interface ArtemisPair {
  /** Both, with a comma between. */
  readonly url: string;
  /** Of the one that works now. */
  readonly workingUrl: string;
  /** Kills the one that works, waits until the other one takes logins, and starts the killed one again, which waits from then on. */
  failOver(): Promise<void>;
  stop(): Promise<void>;
}

const TAKE_OVER_MS = 120_000;
const POLL_MS = 100;

export async function startArtemisPair(options: Pick<BrokerOptions, "deliveryAttempts"> = {}): Promise<ArtemisPair> {
  const sharedStore = await mkdtemp(join(tmpdir(), "xqbus-artemis-pair-"));
  const first = await startArtemis({ ...options, sharedStore });
  let working = first;
  await takesLogins(first);
  let waiting = await startArtemis({ ...options, sharedStore });
  return {
    url: `${first.url},${waiting.url}`,
    get workingUrl() {
      return working.url;
    },
    failOver: async () => {
      await working.kill();
      await takesLogins(waiting);
      [working, waiting] = [waiting, working];
      await waiting.restart();
    },
    stop: async () => {
      await waiting.stop();
      await working.stop();
      await rm(sharedStore, { recursive: true, force: true });
    },
  };
}

async function takesLogins({ url, directory }: RunningBroker): Promise<void> {
  const end = performance.now() + TAKE_OVER_MS;
  const endpoint = { port: Number(new URL(url).port), secure: false };
  for (;;) {
    const problem = await loginProblem(endpoint, ADMIN);
    if (problem === undefined) return;
    if (performance.now() > end) throw new Error(`no login within ${TAKE_OVER_MS} ms: ${problem}; see ${directory}`);
    await sleep(POLL_MS);
  }
}
