import { context, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";

/** An SDK that keeps the spans that have ended, until it is disposed of. */
export class RecordedSpans implements AsyncDisposable {
  readonly #exporter: InMemorySpanExporter = new InMemorySpanExporter();
  readonly #provider: NodeTracerProvider = new NodeTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(this.#exporter)],
  });

  constructor() {
    this.#provider.register();
  }

  get spans(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  named(name: string): ReadableSpan {
    const span = this.spans.find((each) => each.name === name);
    if (span === undefined)
      throw new Error(`no span ${name}; there are ${this.spans.map((each) => each.name).join(", ")}`);
    return span;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#provider.shutdown();
    trace.disable();
    context.disable();
  }
}
