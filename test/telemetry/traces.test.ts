import { SpanKind } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { Event } from "../../src/event/index.ts";
import { traceArrival, traceAttempt } from "../../src/listener/index.ts";
import type { Notification } from "../../src/listener/index.ts";
import { activeTraceparent, inSpan } from "../../src/telemetry/index.ts";
import { createTestBus } from "../../src/testing/index.ts";
import { RecordedSpans } from "./recorded-spans.ts";

const XML =
  '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><CallerId>1</CallerId><ReceiverId>2</ReceiverId>' +
  "<Status>busy</Status></PhoneStatus></Event>";
const GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

describe("an event on the bus", () => {
  it("is one trace from who sends it to who handles it", async () => {
    await using recorded = new RecordedSpans();
    await using bus = createTestBus();
    let traceparent: unknown;
    await bus.consumer({
      callback: async (_event, delivery) => {
        traceparent = delivery.properties.applicationProperties["traceparent"];
        await inSpan({ name: "work", kind: "internal" }, () => Promise.resolve());
      },
    });
    const publisher = await bus.publisher();
    await inSpan({ name: "request", kind: "server" }, () => publisher.sendEvent(XML, { messageId: "m-1" }));
    await bus.settle();

    const chain = ["request", "send org.clacks", "process org.clacks", "work"].map((name) => recorded.named(name));
    for (const [index, span] of chain.entries()) {
      expect(span.parentSpanContext?.spanId).toBe(chain[index - 1]?.spanContext().spanId);
      expect(span.spanContext().traceId).toBe(chain[0]?.spanContext().traceId);
    }
    const [, send, process] = chain;
    expect(traceparent).toBe(`00-${send?.spanContext().traceId}-${send?.spanContext().spanId}-01`);
    expect(send).toMatchObject({
      kind: SpanKind.PRODUCER,
      attributes: {
        "messaging.system": "amqp",
        "messaging.operation.type": "send",
        "messaging.destination.name": "org.clacks",
        "messaging.message.id": "m-1",
        "messaging.message.body.size": XML.length,
        "xqbus.message.subject": "org.clacks.event.PhoneStatus",
      },
    });
    expect(process).toMatchObject({
      kind: SpanKind.CONSUMER,
      attributes: {
        "messaging.operation.type": "process",
        "messaging.message.id": "m-1",
        "xqbus.event.type": "PhoneStatus",
      },
    });
  });

  it("continues the trace context that its sender gave", async () => {
    await using recorded = new RecordedSpans();
    await using bus = createTestBus();
    const publisher = await bus.publisher({ traceparent: () => GIVEN });
    await publisher.sendEvent(XML);
    expect(recorded.named("send org.clacks").parentSpanContext?.spanId).toBe("00f067aa0ba902b7");
  });

  it("has a span that tells why it was not sent", async () => {
    await using recorded = new RecordedSpans();
    await using bus = createTestBus();
    const publisher = await bus.publisher();
    await expect(publisher.sendEvent("<Event/>")).rejects.toThrow();
    expect(recorded.named("send org.clacks").attributes["error.type"]).toBe("xqbus:invalid-event");
  });

  it("has a span that tells why it was not handled", async () => {
    await using recorded = new RecordedSpans();
    await using bus = createTestBus();
    await bus.consumer({
      callback: () => Promise.reject(new RangeError("no")),
      maxDeliveries: 1,
      onError: () => undefined,
    });
    await bus.send(XML);
    await bus.settle();
    expect(recorded.named("process org.clacks").attributes["error.type"]).toBe("RangeError");
  });

  it("carries what its sender gave, and nothing else, without an SDK", async () => {
    await using bus = createTestBus();
    const seen: unknown[] = [];
    await bus.consumer({
      callback: (_event, { properties }) => void seen.push(properties.applicationProperties["traceparent"]),
    });
    const publisher = await bus.publisher();
    await publisher.sendEvent(XML);
    await publisher.sendEvent(XML, { traceparent: GIVEN });
    await bus.settle();
    expect(seen).toEqual([undefined, GIVEN]);
  });
});

describe("an event on its way to listeners", () => {
  const notification: Notification = {
    ...{ delivery: "d-1", listener: "l-1", attempt: 2, id: "m-1", type: "PhoneStatus", subject: "s", time: 0 },
    ...{ traceparent: GIVEN, event: Event.parse(XML), isTest: false },
  };

  it("is matched, delivered and told of in the trace of its sender", async () => {
    await using recorded = new RecordedSpans();
    traceArrival({
      ...{ eventId: "m-1", eventType: "PhoneStatus", traceparent: GIVEN },
      acceptedAt: 1_000,
      matchedAt: 1_002,
      listeners: ["l-1"],
    });
    let told: Notification | undefined;
    const result = await traceAttempt(notification, { notifier: "http" }, (traced) => {
      told = traced;
      expect(activeTraceparent()).toBe(traced.traceparent);
      return Promise.resolve({ status: 200 });
    });
    expect(result).toEqual({ status: 200 });
    const [match, deliver, notify] = ["match listeners", "deliver http", "notify http"].map((name) =>
      recorded.named(name),
    );
    expect(match).toMatchObject({
      startTime: [1, 0],
      endTime: [1, 2_000_000],
      attributes: { "xqbus.listener.count": 1 },
    });
    expect([match, deliver].map((span) => span?.parentSpanContext?.spanId)).toEqual([
      "00f067aa0ba902b7",
      "00f067aa0ba902b7",
    ]);
    expect(notify?.parentSpanContext?.spanId).toBe(deliver?.spanContext().spanId);
    expect(told).toEqual({
      ...notification,
      traceparent: `00-${notify?.spanContext().traceId}-${notify?.spanContext().spanId}-01`,
    });
    expect(deliver?.attributes).toMatchObject({
      "xqbus.delivery.id": "d-1",
      "xqbus.delivery.attempt": 2,
      "xqbus.listener.id": "l-1",
    });
  });

  it("is told of as it is without an SDK", async () => {
    traceArrival({ eventId: "", eventType: "", traceparent: undefined, acceptedAt: 0, matchedAt: 0, listeners: [] });
    let told: Notification | undefined;
    await traceAttempt(notification, { notifier: "http" }, (traced) =>
      Promise.resolve({ status: (told = traced).attempt }),
    );
    expect(told).toBe(notification);
  });
});
