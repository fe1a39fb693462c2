import type { Clock } from "../clock.ts";
import { XqbusError } from "../errors.ts";

/**
 * The answer of a call, if it comes in time; the call itself is not stopped.
 *
 * @param limit what sets the time, for the message
 * @throws XqbusError `xqbus:timeout`, and whatever the call throws
 */
export async function withinTime<T>(
  call: () => T | Promise<T>,
  clock: Clock,
  timeoutMs: number,
  limit: string,
): Promise<T> {
  const answer = call();
  if (!(answer instanceof Promise)) return answer;
  let cancel: () => void = () => undefined;
  const timeout = new Promise<never>((_, reject) => {
    cancel = clock.at(clock.now() + timeoutMs, () =>
      reject(new XqbusError("xqbus:timeout", `no answer within ${timeoutMs} ms (${limit})`)),
    );
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    cancel();
  }
}
