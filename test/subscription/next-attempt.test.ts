import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { XqbusError } from "../../src/errors.ts";
import { nextAttempt, PermanentError, retryPolicy, RetryLater } from "../../src/subscription/index.ts";
import { thrownBy } from "./thrown-by.ts";

const FAILED = { attempts: 1, firstAt: 1000, now: 5000, error: new Error("no"), random: 0.5 };

describe("the next attempt", () => {
  it.each<[string, Partial<typeof FAILED>, object]>([
    ["5x exponential 1s..5m", {}, { kind: "retry", at: 6000 }],
    ["5x exponential 1s..5m", { attempts: 2 }, { kind: "retry", at: 7000 }],
    ["5x exponential 1s..5m", { attempts: 4 }, { kind: "retry", at: 13_000 }],
    ["5x exponential 1s..5m", { attempts: 5 }, { kind: "give-up", reason: "attempts" }],
    ["forever exponential 1s..5m", { attempts: 1_000_000 }, { kind: "retry", at: 305_000 }],
    ["exponential 1s..5m jitter 0.2", { random: 0 }, { kind: "retry", at: 5800 }],
    ["exponential 1s..5m jitter 0.2", { random: 0.999 }, { kind: "retry", at: 6200 }],
    ["exponential 1s..5m jitter 0", { random: 0 }, { kind: "retry", at: 6000 }],
    ["schedule 0,5s", {}, { kind: "retry", at: 5000 }],
    ["schedule 0,5s", { attempts: 2 }, { kind: "retry", at: 10_000 }],
    ["schedule 0,5s", { attempts: 3 }, { kind: "give-up", reason: "attempts" }],
    ["9x schedule 0,5s", { attempts: 7 }, { kind: "retry", at: 10_000 }],
    ["schedule 1s max-age 5s", {}, { kind: "retry", at: 6000 }],
    ["schedule 1s max-age 4999ms", {}, { kind: "give-up", reason: "age" }],
    ["1x", {}, { kind: "give-up", reason: "attempts" }],
    ["forever", { error: new PermanentError("never") }, { kind: "give-up", reason: "permanent" }],
    [
      "forever permanent xqbus:timeout",
      { error: new XqbusError("xqbus:timeout", "") },
      { kind: "give-up", reason: "permanent" },
    ],
    ["forever permanent xqbus:timeout", { error: new XqbusError("xqbus:aborted", "") }, { kind: "retry", at: 6000 }],
    ["schedule 1s", { error: new RetryLater(60_000) }, { kind: "retry", at: 65_000 }],
    ["schedule 1s", { attempts: 2, error: new RetryLater(60_000) }, { kind: "give-up", reason: "attempts" }],
    [
      "2x schedule 1s max-age 1m",
      { attempts: 1_000_000, error: new RetryLater(60_000, "", { isEndless: true }) },
      { kind: "retry", at: 65_000 },
    ],
    ["schedule 1s max-age 1m", { error: new RetryLater(60_000) }, { kind: "give-up", reason: "age" }],
  ])("by %j after %j is %j", (policy, state, expected) => {
    expect(nextAttempt(retryPolicy(policy), { ...FAILED, ...state })).toEqual(expected);
  });

  it("is within the jitter of the policy, never in the past and never too late", () => {
    const share = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(share, share, fc.integer({ min: 1, max: 60 }), (jitter, random, attempts) => {
        const policy = retryPolicy({ attempts: Infinity, jitter, maxAgeMs: 400_000 });
        const next = nextAttempt(policy, { ...FAILED, attempts, random });
        const delay = Math.min(300_000, 1000 * 2 ** (attempts - 1));
        if (next.kind === "give-up") {
          expect(delay * (1 + jitter)).toBeGreaterThan(395_999);
          return;
        }
        expect(next.at).toBeLessThanOrEqual(401_000);
        expect(Math.abs(next.at - 5000 - delay)).toBeLessThanOrEqual(delay * jitter + 1);
      }),
    );
  });

  it("takes no delay that is none", () => {
    expect(thrownBy(() => new RetryLater(-1))).toBe(
      "xqbus:illegal-argument: RetryLater afterMs must be a whole number from 0 to 315360000000, got -1",
    );
  });
});
