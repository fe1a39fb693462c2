/**
 * A unit test of code that listens and answers, on a bus without a port. With vitest it is the same, but for the imports.
 *
 *     npx tsx --test examples/unit-test.ts
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AMQPEventConsumer, EventMaker, EventPublisher } from "xqbus";
import { createTestBus } from "xqbus/testing";

const e = new EventMaker();
const F = 'declare namespace f = "http://www.gonicus.de/Events"; ';

/** The code under test: whoever calls a busy phone is called back. */
async function startCallBack(url: string): Promise<{ stop(): Promise<void> }> {
  const publisher = await EventPublisher.open(url);
  const consumer = await AMQPEventConsumer.open(url, {
    xquery: `${F} //f:PhoneStatus[f:Status = "busy"]`,
    callback: async (event) => {
      const [caller, receiver] = [event.get("CallerId") ?? "", event.get("ReceiverId") ?? ""];
      await publisher.sendEvent(
        e.Event(e.PhoneStatus({ CallerId: receiver, ReceiverId: caller, Status: "calling back" })),
      );
    },
  });
  return {
    stop: async () => {
      await consumer.close();
      await publisher.close();
    },
  };
}

await test("a busy phone calls back", async () => {
  await using bus = createTestBus();
  const service = await startCallBack(bus.url);
  await bus.send(e.Event(e.PhoneStatus({ CallerId: "1", ReceiverId: "2", Status: "busy" })));
  const answer = await bus.expectEvent(`${F} //f:Status = "calling back"`);
  assert.equal(answer.get("ReceiverId"), "1");
  await service.stop();
});

await test("a free phone does not", async () => {
  await using bus = createTestBus();
  const service = await startCallBack(bus.url);
  await bus.send(e.Event(e.PhoneStatus({ CallerId: "1", ReceiverId: "2", Status: "free" })));
  await bus.expectNoEvent(`${F} //f:Status = "calling back"`);
  await service.stop();
});
