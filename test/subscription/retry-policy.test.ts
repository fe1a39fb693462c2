import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatRetryPolicy, retryPolicy, type RetryPolicyOptions } from "../../src/subscription/index.ts";
import { thrownBy } from "./thrown-by.ts";

const DEFAULT_BACKOFF = { kind: "exponential", fromMs: 1000, toMs: 300_000, factor: 2 };
const DEFAULTS = { attempts: 5, backoff: DEFAULT_BACKOFF, jitter: 0.2, maxAgeMs: Infinity, permanent: [] };

const option = {
  backoff: fc.oneof(
    fc
      .tuple(
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 0, max: 1e9 }),
        fc.double({ min: 1, max: 100, noNaN: true }),
      )
      .map(([fromMs, more, factor]) => ({ kind: "exponential" as const, fromMs, toMs: fromMs + more, factor })),
    fc
      .array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 10 })
      .map((delaysMs) => ({ kind: "schedule" as const, delaysMs })),
  ),
  attempts: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 1e6 })),
  jitter: fc.double({ min: 1e-9, max: 1, noNaN: true }),
  maxAgeMs: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 1e11 })),
  permanent: fc.array(fc.constantFrom("xqbus:invalid-event", "amqp:not-found", "E_1", "cvc-complex-type.2.4"), {
    maxLength: 3,
  }),
};

describe("a retry policy", () => {
  it.each<[string | RetryPolicyOptions, object]>([
    [{}, DEFAULTS],
    ["5x", DEFAULTS],
    ["exponential 1s..5m", DEFAULTS],
    ["5x exponential 1s..5m jitter 0.2 max-age 1d", { ...DEFAULTS, maxAgeMs: 86_400_000 }],
    [" max-age  1.5h\n 3x ", { ...DEFAULTS, attempts: 3, maxAgeMs: 5_400_000 }],
    [
      "forever exponential 500ms..1h factor 1.5 jitter 0",
      {
        ...DEFAULTS,
        attempts: Infinity,
        jitter: 0,
        backoff: { ...DEFAULT_BACKOFF, fromMs: 500, toMs: 3_600_000, factor: 1.5 },
      },
    ],
    [
      "schedule 0,5s,5m,30m,2h",
      {
        ...DEFAULTS,
        attempts: 6,
        backoff: { kind: "schedule", delaysMs: [0, 5000, 300_000, 1_800_000, 7_200_000] },
      },
    ],
    [
      "9x schedule 10s permanent xqbus:invalid-event,amqp:not-found",
      {
        ...DEFAULTS,
        attempts: 9,
        backoff: { kind: "schedule", delaysMs: [10_000] },
        permanent: ["xqbus:invalid-event", "amqp:not-found"],
      },
    ],
    [
      { backoff: { kind: "exponential", fromMs: 1, toMs: 2 } },
      { ...DEFAULTS, backoff: { ...DEFAULT_BACKOFF, fromMs: 1, toMs: 2 } },
    ],
  ])("is read: %j", (given, expected) => {
    expect(retryPolicy(given)).toEqual(expected);
  });

  it.each<[unknown, string]>([
    ["", 'retry: an empty text; expected such as "5x exponential 1s..5m"'],
    [
      "5 times",
      'retry: "5" is not understood; expected 5x or forever, exponential 1s..5m or schedule 5s,5m, factor 2 behind exponential, jitter 0.2, max-age 1d, permanent CODE,CODE',
    ],
    ["5x forever", 'retry: the number of attempts is there twice in "5x forever"'],
    ["exponential 1s..2s schedule 1s", 'retry: the back-off is there twice in "exponential 1s..2s schedule 1s"'],
    ["0x", "retry attempts must be a whole number from 1 to 1000000, or Infinity, got 0"],
    ["5x jitter", 'retry: "jitter" has no value in "5x jitter"'],
    ["jitter 2", "retry jitter must be a number from 0 to 1, got 2"],
    ["jitter x", 'retry jitter: "x" is no number; expected such as 0.2'],
    ["exponential 1s", 'retry exponential: "1s" is no range of durations; expected such as 1s..5m'],
    ["exponential 5m..1s", "retry backoff toMs must be a whole number from 300000 to 315360000000, got 1000"],
    ["exponential 0..1s", "retry backoff fromMs must be a whole number from 1 to 315360000000, got 0"],
    ["exponential 1s..1m factor 0.5", "retry backoff factor must be a number from 1 to 100, got 0.5"],
    ["exponential 1s..1m factor", 'retry factor: "" is no number; expected such as 0.2'],
    ["schedule 1s,,2s", 'retry schedule: "" is no duration; expected 500ms, 1.5s, 5m, 2h or 1d, at most 3650d'],
    ["max-age 9999d", 'retry max-age: "9999d" is no duration; expected 500ms, 1.5s, 5m, 2h or 1d, at most 3650d'],
    [
      "permanent a b",
      'retry: "b" is not understood; expected 5x or forever, exponential 1s..5m or schedule 5s,5m, factor 2 behind exponential, jitter 0.2, max-age 1d, permanent CODE,CODE',
    ],
    ["permanent ,", 'retry permanent: "" is no error code; expected such as xqbus:invalid-event'],
    ["x".repeat(100_001), "retry: a text of 100001 characters is no policy"],
    [{ tries: 3 }, 'retry has no member "tries"; its members are attempts, backoff, jitter, maxAgeMs, permanent'],
    [null, "retry must be a text or an object, got null"],
    [7, "retry must be a text or an object, got 7"],
    [{ attempts: 1.5 }, "retry attempts must be a whole number from 1 to 1000000, or Infinity, got 1.5"],
    [{ maxAgeMs: 0 }, "retry maxAgeMs must be a whole number from 1 to 315360000000, or Infinity, got 0"],
    [
      { backoff: { kind: "linear" } },
      'retry backoff must be { kind: "exponential", fromMs, toMs } or { kind: "schedule", delaysMs }, got an object',
    ],
    [
      { backoff: "exponential" },
      'retry backoff must be { kind: "exponential", fromMs, toMs } or { kind: "schedule", delaysMs }, got "exponential"',
    ],
    [
      { backoff: { kind: "schedule", delaysMs: [] } },
      "retry backoff delaysMs must be a list of 1 to 1000 delays in ms",
    ],
    [
      { backoff: { kind: "schedule", delaysMs: [-1] } },
      "a delay of retry backoff delaysMs must be a whole number from 0 to 315360000000, got -1",
    ],
    [{ permanent: "a" }, "retry permanent must be a list of at most 1000 error codes"],
  ])("that is wrong is refused with what would be right: %j", (given, message) => {
    expect(thrownBy(() => retryPolicy(given as string))).toBe(`xqbus:illegal-argument: ${message}`);
  });

  it("is written so that it is read as the same policy", () => {
    fc.assert(
      fc.property(fc.record(option), (options) => {
        const policy = retryPolicy(options);
        expect(retryPolicy(formatRetryPolicy(policy))).toEqual(policy);
      }),
    );
  });

  it("cannot be changed", () => {
    const policy = retryPolicy("schedule 1s permanent a");
    expect([policy, policy.backoff, policy.permanent].every(Object.isFrozen)).toBe(true);
  });
});
