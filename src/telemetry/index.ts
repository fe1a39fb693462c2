/** Traces: OpenTelemetry spans where the process has an SDK, nothing where it has none. */
export { activeTraceparent, inSpan, isTracing, startSpan } from "./span.ts";
export type { OpenSpan, SpanAttributes, SpanOptions } from "./span.ts";
export { messagingAttributes } from "./messaging.ts";
export type { TracedMessage } from "./messaging.ts";
export { isTraceparent } from "./traceparent.ts";
