import { afterEach, expect, it } from "vitest";
import rhea from "rhea";
import type { RepeatedMessage, UnroutedMessage } from "../../../src/broker/index.ts";
import { describeWith, SQLITE } from "../../helpers/requirements.ts";
import { kept, StoredBroker, TOPIC } from "../store/store-harness.ts";

const ONLY_A = { q: rhea.types.wrap_described("/a", 0x468c00000005) };

describeWith([SQLITE], "Messages that are put once more", () => {
  let stored: StoredBroker;
  const start = async (limits: object = {}): Promise<void> => {
    stored = new StoredBroker();
    await stored.start(limits);
  };
  afterEach(() => stored.remove());

  const target = (name: string) => {
    const found = stored.broker.management.named().find((each) => each.name.name === name);
    if (found === undefined) throw new Error(`no subscription ${name}`);
    return found.target;
  };
  const unrouted = async (): Promise<readonly UnroutedMessage[]> => {
    const found: UnroutedMessage[] = [];
    for await (const message of stored.broker.management.unrouted(TOPIC)) found.push(message);
    return found;
  };
  const texts = async () => (await unrouted()).map(({ body }) => Buffer.from(body).toString());
  const subscribe = async (name: string, filter?: object): Promise<void> => {
    const receiver = await stored.client.receiver(kept(filter), { name });
    receiver.link.detach();
    await stored.client.settle();
  };
  const received = async (name: string, count: number) => {
    const receiver = await stored.client.receiver(kept(name === "a" ? ONLY_A : undefined), { name });
    receiver.credit(count + 1);
    await stored.client.settle();
    return receiver.waiting.map(({ message }) => message);
  };

  it("reach one subscription only, with all that filters may ask of them, and survive a restart there", async () => {
    await start();
    for (const name of ["all", "a"]) await subscribe(name, name === "a" ? ONLY_A : undefined);
    const time = new Date(1_700_000_000_000);
    const properties = { text: "t", whole: 7n, real: 0.5, flag: true, at: time, bytes: Buffer.from("b"), none: null };
    const message: RepeatedMessage = {
      body: Buffer.from("<a/>"),
      message: {
        ...{ id: "m", subject: "k.e.y", userId: "bob", correlationId: "c", contentType: "application/xml" },
        ...{ creationTime: time, applicationProperties: new Map(Object.entries(properties)) },
      },
      groupId: "g",
    };
    const other = { ...message, body: Buffer.from("<b/>") };
    expect([target("a").wants(message), target("a").wants(other)]).toEqual([true, false]);
    expect([await target("a").put(message), await target("a").put(other)]).toEqual([true, false]);
    await stored.restart();
    expect(await received("all", 0)).toEqual([]);
    const [got, ...more] = await received("a", 1);
    expect(more).toEqual([]);
    expect(got).toMatchObject({
      ...{ durable: true, message_id: "m", subject: "k.e.y", correlation_id: "c", group_id: "g" },
      ...{ content_type: "application/xml", creation_time: time, user_id: Buffer.from("bob") },
      application_properties: { text: "t", whole: 7, real: 0.5, flag: true, at: time, bytes: Buffer.from("b") },
    });
  });

  it("leave the unrouted ones in one step with their mark; what is not wanted stays", async () => {
    await start();
    await stored.publish(
      TOPIC,
      ["<a/>", { subject: "x", ttl: 1 }],
      ["<b/>"],
      ["<a/>", { application_properties: { p: "q" } }],
    );
    await subscribe("a", ONLY_A);
    const messages = await unrouted();
    expect(messages.map((message) => message.isFor(target("a")))).toEqual([true, false, true]);
    const moved: boolean[] = [];
    for (const message of messages) moved.push(await message.moveTo(target("a"), { mark: "now" }));
    expect(moved).toEqual([true, false, true]);
    // It is there no more.
    expect(await messages[0]?.moveTo(target("a"))).toBe(false);
    expect(await texts()).toEqual(["<b/>"]);
    await stored.restart();
    expect(await texts()).toEqual(["<b/>"]);
    expect((await received("a", 2)).map(({ subject, application_properties: own }) => [subject, own])).toEqual([
      ["x", { mark: "now" }],
      [undefined, { p: "q", mark: "now" }],
    ]);
  });

  it("stay where they are when there is no room, and when the subscription is gone", async () => {
    await start({ maxQueueMessages: 2 });
    await stored.publish(TOPIC, ["<b/>"], ["<b/>"]);
    await subscribe("all");
    await stored.publish(TOPIC, ["<c/>"]);
    const [first, second] = await unrouted();
    const all = target("all");
    expect(await first?.moveTo(all)).toBe(true);
    await expect(second?.moveTo(all)).rejects.toMatchObject({ code: "amqp:resource-limit-exceeded" });
    expect(await texts()).toEqual(["<b/>"]);
    const receiver = await stored.client.receiver(kept(), { name: "all" });
    await receiver.close();
    await expect(second?.moveTo(all)).rejects.toMatchObject({ code: "amqp:not-found" });
    expect(await texts()).toEqual(["<b/>"]);
  });
});
