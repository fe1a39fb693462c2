import { describe, expect, it } from "vitest";
import { RequestReceiver } from "../../src/amqp/index.ts";
import { ScriptedBroker } from "./scripted-broker.ts";

describe("a receiver of requests", () => {
  it("takes what was on its way when it ends, where the broker never says how it sees a link", async () => {
    const broker = await ScriptedBroker.start();
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const bodies: unknown[] = [];
    const receiver = await RequestReceiver.open(
      broker.url(),
      "core",
      async ({ body }) => {
        bodies.push(String(body));
        begin();
        await ended;
        return undefined;
      },
      { closeTimeoutMs: 3_600_000 },
    );
    broker.publish({ body: "one" });
    await begun;
    broker.publish({ body: "two" });
    const closing = receiver.close();
    await expect.poll(() => bodies, { timeout: 20_000 }).toEqual(["one", "two"]);
    end();
    await closing;
    expect(receiver.counts).toMatchObject({ received: 2 });
    await broker.close();
  });
});
