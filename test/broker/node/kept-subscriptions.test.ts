import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import rhea from "rhea";
import { createTestBus } from "../../../src/testing/index.ts";
import type { TestBus } from "../../../src/testing/index.ts";
import { connectToBus } from "../in-process-client.ts";
import type { RheaClient, TestReceiver } from "../rhea-client.ts";

const TOPIC = "org.clacks";
const { types } = rhea;

let bus: TestBus;
let client: RheaClient;

beforeEach(async () => {
  bus = createTestBus();
  client = await connectToBus(bus.url, { container_id: "desk" });
});

afterEach(async () => {
  await bus.close();
});

function kept(): readonly string[] {
  return bus.broker.management.subscriptions().map(({ name }) => name.replace(/ on .*/, ""));
}

/** Ends the link as clients do that come back. */
async function detach(receiver: TestReceiver): Promise<void> {
  receiver.link.detach();
  await bus.settle();
}

function source(expiryPolicy: string | undefined, timeout: number): object {
  return { address: TOPIC, ...(expiryPolicy === undefined ? {} : { expiry_policy: expiryPolicy }), timeout };
}

const MINUTE = 60_000;

describe("A subscription with a time-out", () => {
  it.each([
    ["link-detach", 60, "the link"],
    ["session-end", 60, "the session"],
    ["connection-close", 60, "the connection"],
    ["connection-close", 0, "the connection"],
  ])("that is kept with %s and %d s ends so long after %s", async (policy, seconds, end) => {
    const session = (client.connection as unknown as { create_session(): typeof client.connection }).create_session();
    (session as unknown as { begin(): void }).begin();
    const link = session.open_receiver({ source: source(policy, seconds), name: "alarms", credit_window: 0 } as never);
    await once(link, "receiver_open");
    expect(link.source).toMatchObject({ expiry_policy: policy, timeout: seconds === 0 ? null : seconds });
    link.detach();
    await bus.settle();
    if (end !== "the link") {
      await bus.advanceTime(100 * MINUTE);
      expect(kept()).toHaveLength(1);
      (session as unknown as { close(): void }).close();
      await bus.settle();
    }
    if (end === "the connection") {
      await bus.advanceTime(100 * MINUTE);
      expect(kept()).toHaveLength(1);
      client.kill();
      await bus.settle();
    }
    if (seconds > 0) {
      await bus.advanceTime(seconds * 1000 - 1);
      expect(kept()).toHaveLength(1);
      await bus.advanceTime(1);
    }
    expect(kept()).toEqual([]);
    expect(bus.broker.counts.queuedBytes).toBe(0);
  });

  it("keeps what is sent meanwhile, and begins anew when it was attached again", async () => {
    const options = { name: "alarms" };
    await detach(await client.receiver(source("link-detach", 60), options));
    const sender = await client.sender(TOPIC);
    await bus.advanceTime(MINUTE / 2);
    await sender.send("missed");
    const again = await client.receiver(source("link-detach", 60), options);
    await bus.advanceTime(10 * MINUTE);
    again.credit(1);
    expect((await again.next()).body).toBe("missed");
    await detach(again);
    await bus.advanceTime(MINUTE - 1);
    expect(kept()).toHaveLength(1);
    await bus.advanceTime(1);
    expect(kept()).toEqual([]);
  });

  it("is another one than that of its name that is kept for ever", async () => {
    for (const policy of ["link-detach", "never"]) {
      await detach(await client.receiver(source(policy, 60), { name: "alarms" }));
    }
    expect(kept()).toHaveLength(2);
    await bus.advanceTime(1000 * MINUTE);
    expect(kept()).toHaveLength(1);
  });

  it("ends at once when its link is closed", async () => {
    await (await client.receiver(source("link-detach", 60), { name: "alarms" })).close();
    expect(kept()).toEqual([]);
  });

  it.each([undefined, "session-end", "link-detach"])("of 0 s is not kept with %s", async (policy) => {
    await detach(await client.receiver(source(policy, 0), { name: "alarms" }));
    expect(kept()).toEqual([]);
  });
});

describe("A link without source", () => {
  const durable = { address: TOPIC, durable: 2, expiry_policy: "never" };

  it("has the kept subscription of its name, and ends it by closing", async () => {
    const filter = { f: types.wrap_described("a > 1", "apache.org:selector-filter:string") };
    await detach(await client.receiver({ ...durable, filter }, { name: "alarms" }));
    const sender = await client.sender(TOPIC);
    for (const a of [1, 2]) await sender.send(a, { application_properties: { a: types.wrap_int(a) } });
    const again = await client.receiver(undefined, { name: "alarms", source: undefined });
    expect(again.link.source).toMatchObject({
      ...{ address: TOPIC, durable: 2, expiry_policy: "never", capabilities: ["topic"] },
      filter: { f: { value: "a > 1" } },
    });
    again.credit(2);
    expect((await again.next()).body).toBe(2);
    expect(kept()).toHaveLength(1);
    await again.close();
    expect(kept()).toEqual([]);
  });

  it.each([
    ["of one container", ["shared"], "team", "team", undefined],
    ["of one container, by a link with a number", ["shared"], "team|2", "team", ["shared"]],
    ["of all containers", ["shared", "global"], "team|global", "team|global", ["shared", "global"]],
    ["of all containers, without a hint", ["shared", "global"], "team|global", "team", undefined],
  ])("has a shared subscription %s", async (_name, capabilities, first, second, hint) => {
    await detach(await client.receiver({ ...durable, capabilities }, { name: first }));
    const desired = hint === undefined ? {} : { desired_capabilities: hint };
    const again = await client.receiver(undefined, { name: second, source: undefined, ...desired });
    expect(again.link.source.capabilities).toEqual(["topic", ...capabilities]);
    await again.close();
    expect(kept()).toEqual([]);
  });

  it.each([
    ["another name", "others", "desk"],
    ["another container", "alarms", "other desk"],
  ])("is refused for %s", async (_name, name, container) => {
    await detach(await client.receiver(durable, { name: "alarms" }));
    const other = await connectToBus(bus.url, { container_id: container });
    await expect(other.receiver(undefined, { name, source: undefined })).rejects.toMatchObject({
      condition: "amqp:not-found",
      message: `the attach has no source, and no subscription "${name}" is kept`,
    });
    expect(kept()).toHaveLength(1);
  });

  it("does not find what is not kept", async () => {
    await client.receiver(TOPIC, { name: "alarms" });
    const other = await connectToBus(bus.url, { container_id: "desk" });
    await expect(other.receiver(undefined, { name: "alarms", source: undefined })).rejects.toMatchObject({
      condition: "amqp:not-found",
    });
  });
});
