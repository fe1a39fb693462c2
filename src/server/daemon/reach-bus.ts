import { setTimeout as sleep } from "node:timers/promises";
import { NotConnectedError, TimeoutError } from "../../amqp/index.ts";
import type { EventPublisher } from "../../amqp/index.ts";
import type { XqbusError } from "../../errors.ts";
import type { Log } from "../log/index.ts";
import type { Closers } from "./closers.ts";

/** What is done about the bus. */
export interface ReachOptions {
  /** Begun when the bus is there; what it throws about a connection is tried again. */
  readonly then: () => Promise<void>;
  readonly closers: Pick<Closers, "add">;
  readonly log: Pick<Log, "write">;
  /** Ms to the second attempt; each one that fails doubles it. Default 1,000. */
  readonly firstPauseMs?: number;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5000;

/**
 * Connects a publisher. Resolves when it is connected, or the broker is away: it is tried again behind the back then, until it is there.
 *
 * @throws XqbusError what somebody has to change first: AuthenticationError, CertificateError, RefusedError; of the first attempt only,
 * because brokers also say such things while they start
 */
export async function reachBus(
  publisher: Pick<EventPublisher, "connect">,
  { then, closers, log, firstPauseMs = FIRST_PAUSE_MS }: ReachOptions,
): Promise<void> {
  const end = new AbortController();
  const attempt = async (): Promise<void> => {
    await publisher.connect({ signal: end.signal });
    await then();
  };
  try {
    await attempt();
  } catch (error) {
    if (!isAway(error)) throw error;
    const trying = repeat(attempt, error, { log, firstPauseMs, signal: end.signal });
    closers.add("the way to the broker", () => {
      end.abort();
      return trying;
    });
  }
}

function isAway(error: unknown): error is XqbusError {
  return error instanceof NotConnectedError || error instanceof TimeoutError;
}

/** Resolves when an attempt has succeeded, or with the signal. */
async function repeat(
  attempt: () => Promise<void>,
  first: XqbusError,
  {
    log,
    firstPauseMs,
    signal,
  }: { readonly log: Pick<Log, "write">; readonly firstPauseMs: number; readonly signal: AbortSignal },
): Promise<void> {
  let told: string | undefined;
  let error = first;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const { message, code } = error;
    if (message !== told) log.write("error", `the daemon works without a bus, and tries again: ${message}`, { code });
    told = message;
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await attempt();
      return;
    } catch (thrown) {
      error = thrown as XqbusError;
    }
    if (signal.aborted) return;
  }
}
