import { createHash } from "node:crypto";
import { systemClock, type Clock } from "../clock.ts";
import { assertInteger } from "../assert-option.ts";
import { MAX_DURATION_MS } from "./duration.ts";
import type { HandledIds } from "./handled-ids.ts";

/** Bounds of a {@link MemoryHandledIds}. */
export interface HandledIdsOptions {
  /** Ids that are remembered, 1 to 10,000,000; the oldest is forgotten first. Default 10,000, which are some 2 MB. */
  readonly maxCount?: number;
  /** How long an id is remembered, in ms. Default 1 day. */
  readonly maxAgeMs?: number;
  readonly clock?: Clock;
}

/** Longer ids are remembered by their digest, so that a sender cannot choose how much memory they take. */
const MAX_ID_CHARACTERS = 128;

/** A window of event ids in memory: it knows nothing any more when the process has ended. */
export class MemoryHandledIds implements HandledIds {
  /** When each id was handled, the oldest first. */
  readonly #times: Map<string, number> = new Map();
  readonly #maxCount: number;
  readonly #maxAgeMs: number;
  readonly #clock: Clock;

  /** @throws XqbusError `xqbus:illegal-argument` */
  constructor(options: HandledIdsOptions = {}) {
    const { maxCount = 10_000, maxAgeMs = 24 * 60 * 60 * 1000 } = options;
    assertInteger(maxCount, "maxCount", 1, 10_000_000);
    assertInteger(maxAgeMs, "maxAgeMs", 1, MAX_DURATION_MS);
    this.#maxCount = maxCount;
    this.#maxAgeMs = maxAgeMs;
    this.#clock = options.clock ?? systemClock({ keepsProcessAlive: false });
  }

  /** Ids that are remembered, those that are too old and not yet forgotten included. */
  get size(): number {
    return this.#times.size;
  }

  has(id: string): boolean {
    const time = this.#times.get(shortId(id));
    return time !== undefined && this.#clock.now() - time <= this.#maxAgeMs;
  }

  add(id: string): void {
    const now = this.#clock.now();
    const short = shortId(id);
    this.#times.delete(short);
    this.#times.set(short, now);
    for (const [oldest, time] of this.#times) {
      if (this.#times.size <= this.#maxCount && now - time <= this.#maxAgeMs) break;
      this.#times.delete(oldest);
    }
  }
}

function shortId(id: string): string {
  return id.length <= MAX_ID_CHARACTERS ? id : createHash("sha256").update(id).digest("base64");
}
