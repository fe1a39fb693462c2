import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { XqbusError } from "../../src/errors.ts";
import { activeTraceparent, inSpan, isTracing, startSpan } from "../../src/telemetry/index.ts";
import { RecordedSpans } from "./recorded-spans.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

describe("without an SDK", () => {
  it("there are no spans, and work runs as it is", async () => {
    expect(isTracing()).toBe(false);
    expect(startSpan({ name: "a", kind: "internal" })).toBeUndefined();
    expect(await inSpan({ name: "a", kind: "internal" }, async (span) => [await Promise.resolve(1), span])).toEqual([
      1,
      undefined,
    ]);
    expect(activeTraceparent()).toBeUndefined();
  });
});

describe("a span", () => {
  it("has name, kind, attributes, times, and its trace context", async () => {
    await using recorded = new RecordedSpans();
    expect(isTracing()).toBe(true);
    const span = startSpan({ name: "a", kind: "producer", attributes: { x: 1, y: undefined }, startedAt: 1_000 });
    span?.set({ z: "2" });
    span?.end(undefined, 2_500);
    span?.end(new Error("too late"));
    const [one] = recorded.spans;
    expect(one).toMatchObject({
      name: "a",
      kind: SpanKind.PRODUCER,
      attributes: { x: 1, z: "2" },
      startTime: [1, 0],
      endTime: [2, 500_000_000],
      status: { code: SpanStatusCode.UNSET },
      instrumentationScope: { name: "xqbus" },
    });
    expect(span?.traceparent).toBe(`00-${one?.spanContext().traceId}-${one?.spanContext().spanId}-01`);
  });

  it.each([
    [`00-${TRACE}-${PARENT}-01`, true],
    [`00-${TRACE}-${PARENT}-09`, true],
    [`01-${TRACE}-${PARENT}-01-what-comes-later`, true],
    [`00-${TRACE}-${PARENT}-01-more`, false],
    [`ff-${TRACE}-${PARENT}-01`, false],
    [`00-${"0".repeat(32)}-${PARENT}-01`, false],
    [`00-${TRACE}-${"0".repeat(16)}-01`, false],
    [`00-${TRACE.toUpperCase()}-${PARENT}-01`, false],
    [`00-${TRACE}-${PARENT}`, false],
    ["", false],
    ["x".repeat(100_000), false],
  ])("continues %s: %s", async (traceparent, continues) => {
    await using recorded = new RecordedSpans();
    startSpan({ name: "a", kind: "internal", traceparent })?.end();
    const { parentSpanContext } = recorded.named("a");
    expect(parentSpanContext?.spanId).toBe(continues ? PARENT : undefined);
    expect(recorded.named("a").spanContext().traceId === TRACE).toBe(continues);
  });

  it("is the parent of what runs in it", async () => {
    await using recorded = new RecordedSpans();
    await inSpan({ name: "outer", kind: "internal" }, async (outer) => {
      expect(activeTraceparent()).toBe(outer?.traceparent);
      await inSpan({ name: "inner", kind: "client" }, () => Promise.resolve());
    });
    expect(activeTraceparent()).toBeUndefined();
    expect(recorded.named("inner").parentSpanContext?.spanId).toBe(recorded.named("outer").spanContext().spanId);
  });

  it("tells of a failure by its code, and no data", async () => {
    await using recorded = new RecordedSpans();
    const failing = (name: string, error: unknown): Promise<unknown> =>
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      inSpan({ name, kind: "internal" }, () => Promise.reject(error)).catch((reason: unknown) => reason);
    const error = new XqbusError("xqbus:timeout", "the secret is 42");
    expect(await failing("a", error)).toBe(error);
    await failing("b", new TypeError("the secret is 42"));
    await failing("c", "the secret is 42");
    expect(recorded.spans.map(({ status, attributes }) => [status.code, attributes["error.type"]])).toEqual([
      [SpanStatusCode.ERROR, "xqbus:timeout"],
      [SpanStatusCode.ERROR, "TypeError"],
      [SpanStatusCode.ERROR, "error"],
    ]);
    expect(
      JSON.stringify(recorded.spans.map(({ status, attributes, events }) => [status, attributes, events])),
    ).not.toContain("42");
    expect(trace.getSpan(context.active())).toBeUndefined();
  });
});
