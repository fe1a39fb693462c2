import { isIPv6 } from "node:net";
import type { Clock } from "../clock.ts";

/** Addresses and users that are remembered; beyond, those whose last failure is oldest are forgotten. */
const MAX_ENTRIES = 10_000;
const MINUTE_MS = 60_000;
/** One address may be that of many users. */
const ADDRESS_FACTOR = 10;
/** UTF-16 code units of a name that count; the rest makes no difference. */
const MAX_NAME_LENGTH = 255;

interface Failures {
  /** Goes down by the limit in a minute. */
  readonly level: number;
  readonly since: number;
}

/**
 * Slows down who guesses passwords: after so many failed logins in a minute of one user name from one address, or ten times as
 * many from one address, further ones are refused until a part of the minute has passed.
 */
export class LoginThrottle {
  readonly #perMinute: number;
  readonly #clock: Clock;
  readonly #failures = new Map<string, Failures>();

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
  }

  /** @param user undefined: whoever it is */
  isBlocked(address: string, user?: string): boolean {
    return this.#limitsOf(address, user).some(([key, limit]) => this.#levelOf(key, limit) > limit - 1);
  }

  failed(address: string, user?: string): void {
    for (const [key, limit] of this.#limitsOf(address, user)) {
      const level = this.#levelOf(key, limit) + 1;
      this.#failures.delete(key);
      this.#failures.set(key, { level, since: this.#clock.now() });
    }
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= MAX_ENTRIES) return;
      this.#failures.delete(key);
    }
  }

  #levelOf(key: string, limit: number): number {
    const found = this.#failures.get(key);
    if (found === undefined) return 0;
    const level = found.level - ((this.#clock.now() - found.since) / MINUTE_MS) * limit;
    if (level > 0) return level;
    this.#failures.delete(key);
    return 0;
  }

  #limitsOf(address: string, user: string | undefined): readonly (readonly [key: string, limit: number])[] {
    const network = networkOf(address);
    const whole = [network, this.#perMinute * ADDRESS_FACTOR] as const;
    return user === undefined
      ? [whole]
      : [whole, [`${network} ${user.slice(0, MAX_NAME_LENGTH)}`, this.#perMinute] as const];
  }
}

/** An owner of IPv6 addresses has at least 2^64 of them. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes(".")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter(Boolean);
  const rest = tail === undefined ? [] : tail.split(":").filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => "0");
  return [...groups, ...(tail === undefined ? [] : zeros), ...rest].slice(0, 4).join(":");
}
