import { context, isSpanContextValid, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Context, Span, Tracer, TracerProvider } from "@opentelemetry/api";
import { XqbusError } from "../errors.ts";
import { readTraceparent, writeTraceparent } from "./traceparent.ts";

/** Who traces: the instrumentation scope of all spans. */
const SCOPE = "xqbus";

/** Whether an OpenTelemetry SDK is registered in this process. Without one there are no spans, and asking costs next to nothing. */
export function isTracing(): boolean {
  return registeredTracer() !== undefined;
}

/** What a span is called, and what is known when it begins. */
export interface SpanOptions {
  /** What is done and to what: `send org.clacks`. Of these there should be few. */
  readonly name: string;
  readonly kind: "internal" | "producer" | "consumer" | "client" | "server";
  /** W3C trace context of the span that this one continues; default, and for one that is none: the active span of this process. */
  readonly traceparent?: string | undefined;
  /** By the names of OpenTelemetry's semantic conventions where they have one. */
  readonly attributes?: SpanAttributes;
  /** Ms since 1970; default: now. */
  readonly startedAt?: number;
}

/** Facts on a span; `undefined` leaves one out. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A span that has not ended. */
export interface OpenSpan {
  /** Its W3C trace context, for whoever continues it. */
  readonly traceparent: string;
  set(attributes: SpanAttributes): void;
  /** Runs work with this span as the active one. */
  run<T>(work: () => T): T;
  /** The first call counts. @param error why what it stands for failed: its code is kept, and not its message, which may have data in it */
  end(error?: unknown, endedAt?: number): void;
}

/** Begins a span; undefined where no SDK is registered. */
export function startSpan(options: SpanOptions): OpenSpan | undefined {
  const tracer = registeredTracer();
  if (tracer === undefined) return undefined;
  const { name, kind, traceparent, attributes = {}, startedAt } = options;
  const parent = traceparent === undefined ? context.active() : continued(traceparent);
  const start = {
    kind: KINDS[kind],
    attributes,
    ...(startedAt === undefined ? {} : { startTime: new Date(startedAt) }),
  };
  return new SdkSpan(tracer.startSpan(name, start, parent), parent);
}

/** Runs work in a span that ends with it; without an SDK it just runs. */
export async function inSpan<T>(options: SpanOptions, work: (span: OpenSpan | undefined) => Promise<T>): Promise<T> {
  const span = startSpan(options);
  if (span === undefined) return work(undefined);
  try {
    return await span.run(() => work(span));
  } catch (error) {
    span.end(error);
    throw error;
  } finally {
    span.end();
  }
}

/** The W3C trace context of the active span; undefined where there is none. */
export function activeTraceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span !== undefined && isSpanContextValid(span) ? writeTraceparent(span) : undefined;
}

class SdkSpan implements OpenSpan {
  readonly traceparent: string;
  readonly #span: Span;
  readonly #parent: Context;
  #isEnded = false;

  constructor(span: Span, parent: Context) {
    this.#span = span;
    this.#parent = parent;
    this.traceparent = writeTraceparent(span.spanContext());
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes(attributes);
  }

  run<T>(work: () => T): T {
    return context.with(trace.setSpan(this.#parent, this.#span), work);
  }

  end(error?: unknown, endedAt?: number): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (error !== undefined) {
      const code = error instanceof XqbusError ? error.code : error instanceof Error ? error.name : "error";
      this.#span.setAttribute("error.type", code).setStatus({ code: SpanStatusCode.ERROR, message: code });
    }
    this.#span.end(endedAt === undefined ? undefined : new Date(endedAt));
  }
}

const KINDS: Readonly<Record<SpanOptions["kind"], SpanKind>> = {
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
};

function continued(traceparent: string): Context {
  const span = readTraceparent(traceparent);
  return isSpanContextValid(span) ? trace.setSpanContext(context.active(), span) : context.active();
}

/** A provider without SDK has nobody behind it that would make tracers. */
interface ProxyProvider extends TracerProvider {
  getDelegateTracer(name: string): Tracer | undefined;
}

function registeredTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return "getDelegateTracer" in provider
    ? (provider as ProxyProvider).getDelegateTracer(SCOPE)
    : provider.getTracer(SCOPE);
}
