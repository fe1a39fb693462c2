import { afterEach, describe, expect, it } from "vitest";
import { startBroker } from "../../../src/broker/index.ts";
import type { Broker, BrokerOptions } from "../../../src/broker/index.ts";
import { RheaClient } from "../rhea-client.ts";

const TOPIC = "org.clacks";
const JOBS = { address: "jobs.small", capabilities: ["queue"] };
const OTHERS = { address: "others", capabilities: ["queue"] };

let broker: Broker | undefined;

afterEach(() => broker?.close());

async function start(options: BrokerOptions): Promise<RheaClient> {
  broker = await startBroker(options);
  return RheaClient.connect(broker.url());
}

function addresses(): readonly (readonly [string, number])[] {
  return (broker?.management.queues() ?? []).map(({ address, messages }) => [address, messages]);
}

describe("A policy of queues", () => {
  it("makes the oldest messages dead letters where there is no room, and leaves other queues alone", async () => {
    const client = await start({
      maxQueueMessages: 4,
      queuePolicies: [{ address: "jobs.*", maxMessages: 2, whenFull: "drop-oldest" }, { address: "others" }],
    });
    const [jobs, others] = [await client.sender(JOBS), await client.sender(OTHERS)];
    for (const body of ["1", "2", "3"]) expect(await jobs.send(body)).toEqual({ outcome: "accepted" });
    for (const body of ["1", "2", "3"]) expect(await others.send(body)).toEqual({ outcome: "accepted" });
    const dead = await client.receiver("jobs.small.dead-letter");
    dead.credit(10);
    const letter = await dead.next();
    expect(letter.body).toBe("1");
    expect(letter.message.message_annotations).toMatchObject({
      "x-opt-dead-letter-reason": "dropped-oldest",
      "x-opt-dead-letter-origin": "jobs.small",
    });
    expect(addresses()).toEqual([
      ["jobs.small", 2],
      ["others", 3],
      ["jobs.small.dead-letter", 1],
    ]);
  });

  it("is that of subscriptions to a topic as well: a full one does not hold up the others", async () => {
    const client = await start({ queuePolicies: [{ address: TOPIC, maxMessages: 1, whenFull: "drop-oldest" }] });
    const slow = await client.receiver(TOPIC);
    const sender = await client.sender(TOPIC);
    for (const body of ["1", "2", "3"]) expect(await sender.send(body)).toEqual({ outcome: "accepted" });
    slow.credit(10);
    expect((await slow.next()).body).toBe("3");
    expect(broker?.counts.dropped).toBe(2);
  });

  it("limits attempts", async () => {
    const client = await start({ queuePolicies: [{ maxDeliveryAttempts: 1 }] });
    await (await client.sender(JOBS)).send("1");
    const receiver = await client.receiver(JOBS);
    receiver.credit(1);
    (await receiver.next()).delivery.modified({ delivery_failed: true, undeliverable_here: false });
    await client.settle();
    expect(addresses()).toEqual([
      ["jobs.small", 0],
      ["jobs.small.dead-letter", 1],
    ]);
  });

  it.each<[unknown, string]>([
    [{}, "the queue policies are no list; expected an array of policies"],
    [[1], "queue policy 1: it is no object"],
    [
      [{}, { max: 1 }],
      'queue policy 2: unknown field "max"; expected address, whenFull, maxMessages, maxBytes, maxDeliveryAttempts, maxAgeMs',
    ],
    [[{ address: "" }], 'queue policy 1: address is ""; expected a pattern such as org.#'],
    [[{ whenFull: "drop" }], 'queue policy 1: whenFull is "drop"; expected reject or drop-oldest'],
    [[{ maxBytes: 0.5 }], "queue policy 1: maxBytes is 0.5; expected a whole number, at least 1"],
  ])("such as %j is refused with the reason", async (queuePolicies, message) => {
    await expect(startBroker({ queuePolicies } as BrokerOptions)).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
      message,
    });
  });
});

describe("A message that is given up", () => {
  it("becomes a dead letter although all memory is used up", async () => {
    const client = await start({ maxTotalBytes: 20_000 });
    const sender = await client.sender(JOBS);
    const answers: unknown[] = [];
    for (let i = 0; i < 20; i++) answers.push((await sender.send("x".repeat(1500))).outcome);
    expect(answers).toContain("rejected");
    const receiver = await client.receiver(JOBS);
    receiver.credit(1);
    (await receiver.next()).delivery.reject();
    await client.settle();
    expect(broker?.counts).toMatchObject({ deadLettered: 1, dropped: 0 });
  });

  it("is counted when nobody wanted it and there is no memory to keep it", async () => {
    const client = await start({ unrouted: true, maxTotalBytes: 1000 });
    expect(await (await client.sender(TOPIC)).send("x".repeat(850))).toEqual({ outcome: "accepted" });
    expect(broker?.counts).toMatchObject({ unrouted: 1, dropped: 1 });
    expect(addresses()).toEqual([]);
  });
});
