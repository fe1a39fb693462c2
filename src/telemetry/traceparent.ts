import { INVALID_SPAN_CONTEXT, isSpanContextValid, TraceFlags } from "@opentelemetry/api";
import type { SpanContext } from "@opentelemetry/api";

/** Version, trace id, span id, flags (W3C Trace Context, section 3.2.2); a later version may have more behind them. */
const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/** One without anything behind it, of a version that there is, with ids that are not all zero. */
const STRICT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** Whether a value from outside is a `traceparent` that is worth handing on. */
export function isTraceparent(value: unknown): value is string {
  return typeof value === "string" && STRICT.test(value);
}

/** The span that a `traceparent` stands for; an invalid one when it is none. */
export function readTraceparent(text: string): SpanContext {
  const [, version, traceId = "", spanId = "", flags = "", more] = TRACEPARENT.exec(text.slice(0, 512)) ?? [];
  const isKnown = version !== undefined && version !== "ff" && (version !== "00" || more === undefined);
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const span: SpanContext = { traceId, spanId, traceFlags, isRemote: true };
  return isKnown && isSpanContextValid(span) ? span : INVALID_SPAN_CONTEXT;
}

/** The `traceparent` of a span. */
export function writeTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}
